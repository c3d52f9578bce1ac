import ArgumentParser
import Traffic

/// Tells of pairs in a file whether and when each is in conflict, by its own detector.
struct PairsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pairs",
        abstract: "Evaluate pairs, each by its own detector and thresholds.",
        discussion: """
            Columns of FILE: \(PairColumns.names.joined(separator: ",")). Metres, metres a second, seconds; o is \
            the ownship, i the intruder; z is altitude. Detectors: taumod, tcpa, tep (well clear, limits included; \
            with TTHR_s and TCOA_s) and cylinder (DTHR_m is its radius, ZTHR_m half its height, both excluded); \
            the names wcv_taumod, wcv_tcpa, wcv_tep and cd_cylinder mean the same.

            Prints id,violation_now,conflict,t_in,t_out: whether the pair is inside its volume now, whether it \
            will be within T_s seconds, and from when to when, seconds from now. Touching a volume for one \
            instant is neither.

            Exit codes: 0 done, 64 wrong usage, 65 something wrong in FILE.

            Examples:
              keruen traffic pairs pairs.csv
              keruen traffic pairs - < pairs.csv | awk -F, '$3 == 1'
            """)

    @Argument(help: "CSV file of pairs; - is standard input.")
    var file: String

    func run() throws {
        try orDataError {
            var table = try PairsTable(path: file, columns: PairColumns.names)
            var output = PairsOutput()
            output.text("id,violation_now,conflict,t_in,t_out\n")
            while try table.advance() {
                let pair = try PairColumns.read(table)
                output.text(table.text(0))
                output.text(pair.isViolated ? ",1," : ",0,")
                if let interval = pair.conflict {
                    output.text("1,")
                    output.fixed(interval.entrySeconds)
                    output.text(",")
                    output.fixed(interval.exitSeconds)
                } else {
                    output.text("0,,")
                }
                output.endLine()
            }
            output.flush()
        }
    }
}

/// The columns of a pair and their meaning.
enum PairColumns {
    static let states = ["ox", "oy", "oz", "ovx", "ovy", "ovz", "ix", "iy", "iz", "ivx", "ivy", "ivz"]
    static let names = ["id", "detector", "DTHR_m", "ZTHR_m", "TTHR_s", "TCOA_s", "T_s"] + states

    /// Bounds of what is taken: the Earth is smaller, and nothing in its air is as fast.
    static let meters = -1e8...1e8
    static let metersPerSecond = -1e5...1e5
    static let lengths = 0...1e8
    static let seconds = 0...1e7

    struct Verdict {
        var isViolated: Bool
        var conflict: ConflictInterval?
    }

    /// What the current row's detector says.
    static func read(_ table: PairsTable) throws -> Verdict {
        let variable: WellClear.TimeVariable?
        switch table.text(1).lowercased() {
        case "taumod", "wcv_taumod": variable = .modifiedTau
        case "tcpa", "wcv_tcpa": variable = .closestApproach
        case "tep", "wcv_tep": variable = .entryPoint
        case "cylinder", "cd_cylinder", "cdcylinder": variable = nil
        default:
            throw table.fault(1, "is '\(table.shown(1))'; there are taumod, tcpa, tep and cylinder")
        }
        let distance = try table.number(2, lengths)
        let height = try table.number(3, lengths)
        // A cylinder has no times: they may be left empty.
        let time = variable == nil && table.isEmpty(4) ? 0 : try table.number(4, seconds)
        let coAltitude = variable == nil && table.isEmpty(5) ? 0 : try table.number(5, seconds)
        let horizon = try table.number(6, seconds)
        let (own, intruder) = try states(table, from: 7)
        guard let variable else {
            func within(_ seconds: Double) -> ConflictInterval? {
                .cylinder(
                    radiusMeters: distance, halfHeightMeters: height, own: own, intruder: intruder,
                    horizonSeconds: seconds)
            }
            return Verdict(isViolated: within(1)?.entrySeconds == 0, conflict: within(horizon))
        }
        let volume = WellClear(
            variable, distanceMeters: distance, heightMeters: height, timeSeconds: time,
            coAltitudeSeconds: coAltitude)
        return Verdict(
            isViolated: volume.isViolated(own: own, intruder: intruder),
            conflict: volume.conflict(own: own, intruder: intruder, horizonSeconds: horizon))
    }

    /// Ownship and intruder from twelve columns in the order of `states`.
    static func states(_ table: PairsTable, from first: Int) throws -> (own: Motion, intruder: Motion) {
        func motion(_ column: Int) throws -> Motion {
            Motion(
                x: try table.number(column, meters), y: try table.number(column + 1, meters),
                z: try table.number(column + 2, meters), vx: try table.number(column + 3, metersPerSecond),
                vy: try table.number(column + 4, metersPerSecond),
                vz: try table.number(column + 5, metersPerSecond))
        }
        return (try motion(first), try motion(first + 6))
    }
}
