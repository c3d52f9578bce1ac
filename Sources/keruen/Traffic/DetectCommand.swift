import ArgumentParser
import Foundation
import Traffic
import World

/// Finds all pairs of a file that will be inside a volume.
struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "detect",
        abstract: "Find every pair that will be inside a protected volume within the lookahead.",
        discussion: """
            Columns of FILE, in any order: \(StateFile.local.joined(separator: ",")) (metres and metres a second, \
            local east-north-up) or \(StateFile.geodetic.joined(separator: ",")) (degrees, metres; velocities east, \
            north, up). Ids are 64-bit integers, or texts; when any is no integer all are ordered as text. Bodies \
            keep their velocity. In degrees, bodies lie in local planes of at most 50 km; altitude stays altitude.

            Volumes, metres and seconds: cylinder:RADIUS,HALF_HEIGHT (limits excluded), and well clear \
            taumod:DTHR,ZTHR,TTHR,TCOA, tcpa:..., tep:... (limits included). Every pair is found, none is invented: \
            the result is that of comparing all pairs in double precision, for any number of threads.

            Prints a,b,t_in,t_out sorted by a then b, a before b: when the pair enters and leaves the volume, \
            seconds from now, both within the lookahead.

            Exit codes: 0 done, 64 wrong usage, 65 something wrong in FILE.

            Examples:
              keruen traffic detect states.csv --volume cylinder:50,20 --lookahead 60
              keruen traffic detect states.csv --volume taumod:1222.32,137.16,35,0 --lookahead 180 --threads 2
              keruen traffic detect - --volume cylinder:152.4,30.48 --lookahead 30 --json < states.csv
            """)

    @Argument(help: "CSV file of states; - is standard input.")
    var file: String

    @Option(help: "The volume no two may share, for example cylinder:50,20.")
    var volume: String

    @Option(help: "How far to look ahead, seconds, 0 to 3600.")
    var lookahead: Double

    @Option(help: "Threads to use, 1 to 64; the answer is the same.")
    var threads = 1

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        _ = try Self.volume(volume)
        guard lookahead >= 0, lookahead <= DetectionLimits.longestLookaheadSeconds else {
            throw ValidationError("--lookahead \(lookahead): give 0 to 3600 seconds")
        }
        guard (1...64).contains(threads) else { throw ValidationError("--threads \(threads): give 1 to 64") }
    }

    func run() throws {
        let volumes = PairVolumes(all: try Self.volume(volume))
        try orDataError {
            let states = try StateFile(path: file)
            let detector = ConflictDetector(volumes, lookaheadSeconds: lookahead, threads: threads)
            var conflicts =
                states.isGeodetic ? TileSearch(states.motions, detector).run() : find(states, detector)
            conflicts.sort { $0.a != $1.a ? $0.a < $1.a : $0.b < $1.b }
            json ? printJSON(states, conflicts) : printCSV(states, conflicts)
        }
    }

    private func find(_ states: StateFile, _ detector: ConflictDetector) -> [Conflict] {
        let table = BodyTable(capacity: states.motions.count)
        for motion in states.motions { table.append(Body(motion), .drone) }
        detector.run(table)
        return Array(detector.conflicts)
    }

    static func volume(_ text: String) throws -> ProtectedVolume {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.count == 2 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : []
        let values = numbers.compactMap { Double($0) }.filter { $0 >= 0 && $0 <= 1e6 }
        let variable: WellClear.TimeVariable?
        switch parts.first {
        case "cylinder": variable = nil
        case "taumod": variable = .modifiedTau
        case "tcpa": variable = .closestApproach
        case "tep": variable = .entryPoint
        default:
            throw ValidationError("--volume \(text): there are cylinder, taumod, tcpa and tep")
        }
        guard values.count == numbers.count, values.count == (variable == nil ? 2 : 4) else {
            let form = variable == nil ? "cylinder:RADIUS,HALF_HEIGHT" : "\(parts[0]):DTHR,ZTHR,TTHR,TCOA"
            throw ValidationError("--volume \(text): write \(form), numbers from 0 to 1000000")
        }
        guard let variable else { return .cylinder(radiusMeters: values[0], halfHeightMeters: values[1]) }
        return .wellClear(
            WellClear(
                variable, distanceMeters: values[0], heightMeters: values[1], timeSeconds: values[2],
                coAltitudeSeconds: values[3]))
    }

    private func printCSV(_ states: StateFile, _ conflicts: [Conflict]) {
        var output = PairsOutput()
        output.text("a,b,t_in,t_out\n")
        for conflict in conflicts {
            output.text(states.names[Int(conflict.a)])
            output.text(",")
            output.text(states.names[Int(conflict.b)])
            output.text(",")
            output.fixed(conflict.entrySeconds)
            output.text(",")
            output.fixed(conflict.exitSeconds)
            output.endLine()
        }
        output.flush()
    }

    private func printJSON(_ states: StateFile, _ conflicts: [Conflict]) {
        var output = PairsOutput()
        output.text(
            "{\"bodies\":\(states.motions.count),\"volume\":\"\(volume)\",\"lookahead_s\":\(lookahead),")
        output.text("\"conflicts\":[")
        for (k, conflict) in conflicts.enumerated() {
            output.text(k == 0 ? "\n" : ",\n")
            output.text("{\"a\":\(name(states, conflict.a)),\"b\":\(name(states, conflict.b)),\"t_in\":")
            output.fixed(conflict.entrySeconds)
            output.text(",\"t_out\":")
            output.fixed(conflict.exitSeconds)
            output.text("}")
            if k % 1024 == 1023 { output.flush() }
        }
        output.text("\n]}")
        output.endLine()
        output.flush()
    }

    private func name(_ states: StateFile, _ index: Int32) -> String {
        let name = states.names[Int(index)]
        if case .numbers = states.names { return name }
        let data = (try? JSONEncoder().encode(name)) ?? Data("\"\"".utf8)
        return String(decoding: data, as: UTF8.self)
    }
}
