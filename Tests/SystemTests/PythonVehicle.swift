import Foundation

/// A program that runs beside the test and ends with it.
final class SpawnedProgram {
    private let process = Process()
    private let log: URL

    /// - Parameter log: file for what it prints.
    init(_ program: URL, _ arguments: [String], log: String) throws {
        self.log = URL(filePath: log)
        try Data().write(to: self.log)
        let output = try FileHandle(forWritingTo: self.log)
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        // Threads of the test may hold signals back, and a child inherits that.
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    /// What it printed so far.
    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Asks it to end.
    func terminate() { process.terminate() }

    /// Ends it without a chance to tidy up.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit { kill() }
}

/// `Docs/robust_vehicle.py` or `Docs/vehicle.py` as a process, in a virtual environment that holds what `Docs/requirements.txt` names.
enum PythonVehicle {
    /// - Parameters:
    ///   - place: degrees, degrees, metres above sea level.
    ///   - pace: how many times faster than the wall its clock runs.
    static func start(secret: String, station: String, place: String, pace: Int) throws -> SpawnedProgram {
        let script = TidyTests.top.appending(path: "Docs/robust_vehicle.py").path
        return try SpawnedProgram(
            python(), [script, secret, station, place, "\(pace)"], log: secret + ".log")
    }

    /// The short one, which stands at a place of its own and reads messages that `protoc` wrote into `folder`.
    static func startShort(secret: String, station: String, pace: Int, folder: String) throws
        -> SpawnedProgram
    {
        let protocolFolder = TidyTests.top.appending(path: "Proto").path
        let schemas = ["command", "mission", "session", "telemetry"].map { "keruen/v1/\($0).proto" }
        try call("/usr/bin/env", ["protoc", "-I\(protocolFolder)", "--python_out=\(folder)"] + schemas)
        let script = TidyTests.top.appending(path: "Docs/vehicle.py").path
        // `env` becomes the interpreter: what ends the one ends the other.
        return try SpawnedProgram(
            URL(filePath: "/usr/bin/env"),
            ["PYTHONPATH=\(folder)", python().path, script, secret, station, "\(pace)"], log: secret + ".log")
    }

    /// Runs `code`, which may `import robust_vehicle`, and gives back its exit status and output.
    static func run(_ code: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = try python()
        process.arguments = ["-B", "-c", code]
        process.currentDirectoryURL = TidyTests.top.appending(path: "Docs")
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    /// The interpreter of the virtual environment, made at first use and kept below `.build`.
    private static func python() throws -> URL {
        let requirements = TidyTests.top.appending(path: "Docs/requirements.txt")
        let folder = TidyTests.top.appending(path: ".build/vehicle-venv")
        let stamp = folder.appending(path: "requirements.txt")
        let python = folder.appending(path: "bin/python")
        // One test makes it, others wait.
        let lock = open(folder.path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(lock) }
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw CocoaError(.fileLocking) }
        if FileManager.default.contentsEqual(atPath: stamp.path, andPath: requirements.path) { return python }
        try? FileManager.default.removeItem(at: folder)
        try call("/usr/bin/env", ["python3", "-m", "venv", folder.path])
        try call(python.path, ["-m", "pip", "install", "--quiet", "-r", requirements.path])
        // Last, so that an installation that was interrupted is done again.
        try FileManager.default.copyItem(at: requirements, to: stamp)
        return python
    }

    private static func call(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw CocoaError(
                .executableLoad,
                userInfo: [NSLocalizedDescriptionKey: "\(program) \(arguments) failed"])
        }
    }
}
