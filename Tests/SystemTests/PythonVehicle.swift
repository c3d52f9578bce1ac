import Foundation

/// `Docs/vehicle.py` as a real process, in a virtual environment that holds what `Docs/requirements.txt` names.
final class PythonVehicle {
    private let process = Process()
    private let log: URL

    /// - Parameters:
    ///   - place: degrees, degrees, metres above sea level.
    ///   - pace: how many times faster than the wall its clock runs.
    init(secret: String, station: String, place: String, pace: Int = 1) throws {
        log = URL(filePath: secret + ".log")
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = try Self.python()
        process.arguments = [
            TidyTests.top.appending(path: "Docs/vehicle.py").path, secret, station, place, "\(pace)",
        ]
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

    var isRunning: Bool { process.isRunning }
    /// What it printed: nothing, when all is well.
    var output: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Asks it to end, upon which it says goodbye.
    func terminate() { process.terminate() }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The interpreter of the virtual environment, made at first use and kept below `.build`.
    private static func python() throws -> URL {
        let requirements = TidyTests.top.appending(path: "Docs/requirements.txt")
        let folder = TidyTests.top.appending(path: ".build/vehicle-venv")
        let stamp = folder.appending(path: "requirements.txt")
        let python = folder.appending(path: "bin/python")
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
