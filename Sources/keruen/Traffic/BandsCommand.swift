import ArgumentParser
import Foundation
import Traffic
import World

/// Tells for encounters in a file which directions, speeds and altitudes are free.
struct BandsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bands",
        abstract: "Manoeuvre bands of encounters, as DO-365B guides them.",
        discussion: """
            FILE has one JSON object a line: {"id": "e1", "mode": "kinematic", "own": [x, y, z, vx, vy, vz], \
            "traffic": [[x, y, z, vx, vy, vz], ...]}. Metres and metres a second, east-north-up; z is altitude. \
            Mode is kinematic (3 deg/s, 2 m/s2, 0.25 g, 500 ft/min) or instantaneous; "alerter" may be 1 Phase I \
            (the default), 2 Phase II, 3 non-cooperative.

            Prints one JSON object a line: "cells", 360 characters for the directions 0.5, 1.5 ... 359.5 degrees \
            from north over east: . none, F far (preventive), M mid (corrective), N near (warning), R recovery; \
            and the ranges of "direction" (deg), "ground_speed" (knot), "vertical_speed" (ft/min) and "altitude" \
            (ft) with their regions. Steps: 1 deg, 5 knot, 100 ft/min, 100 ft. Lookahead 180 s. A list is empty \
            where the ownship is outside the limits of its kind.

            Exit codes: 0 done, 64 wrong usage, 65 something wrong in FILE.

            Examples:
              keruen traffic bands encounters.jsonl
              keruen traffic bands - < encounters.jsonl | jq -r '.id + " " + .cells'
            """)

    /// Most intruders of one encounter, and bytes of one line.
    static let trafficMax = 1000

    @Argument(help: "File with one encounter a line, JSON; - is standard input.")
    var file: String

    func run() throws {
        try orDataError {
            let data = try DataFile(path: file)
            var output = PairsOutput()
            let bands = ManeuverBands(maxTraffic: Self.trafficMax)
            let decoder = JSONDecoder()
            for (number, bytes) in data.lines {
                let encounter: Encounter
                do {
                    encounter = try decoder.decode(Encounter.self, from: Data(bytes))
                } catch {
                    throw DataError(file: data.name, line: number, problem: Encounter.describe(error))
                }
                let (own, traffic, mode) = try encounter.checked(file: data.name, line: number)
                traffic.withUnsafeBufferPointer { bands.compute(own: own, traffic: $0, mode: mode) }
                write(encounter, bands, &output)
            }
            output.flush()
        }
    }

    private func write(_ encounter: Encounter, _ bands: ManeuverBands, _ output: inout PairsOutput) {
        let cells = (0..<360).map { bands.region(directionDegrees: Double($0) + 0.5).code }
        output.text("{\"id\":\(encounter.quotedID),\"cells\":\"\(String(decoding: cells, as: UTF8.self))\"")
        for (kind, name, unit) in [
            (BandKind.direction, "direction", "deg"), (.groundSpeed, "ground_speed", "knot"),
            (.verticalSpeed, "vertical_speed", "fpm"), (.altitude, "altitude", "ft"),
        ] {
            output.text(",\"\(name)\":{\"unit\":\"\(unit)\",\"ranges\":[")
            for (place, range) in bands.ranges(kind).enumerated() {
                output.text(place == 0 ? "{\"low\":" : ",{\"low\":")
                output.fixed(range.low)
                output.text(",\"high\":")
                output.fixed(range.high)
                output.text(",\"region\":\"\(Self.names[Int(range.region.rawValue)])\"}")
            }
            output.text("]}")
        }
        output.text("}")
        output.endLine()
    }

    private static let names = ["NONE", "FAR", "MID", "NEAR", "RECOVERY"]
}

/// One line of the file.
private struct Encounter: Decodable {
    /// A name or a number.
    enum Name: Decodable {
        case text(String)
        case number(Int)
        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }
    var id: Name
    var mode: String?
    var own: [Double]
    var traffic: [[Double]]
    var alerter: Int?

    /// The id as JSON.
    var quotedID: String {
        switch id {
        case .number(let number): "\(number)"
        case .text(let text):
            (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        }
    }

    func checked(file: String, line: Int) throws -> (Motion, [BandIntruder], BandMode) {
        func fail(_ column: String, _ problem: String) -> DataError {
            DataError(file: file, line: line, column: column, problem: problem)
        }
        guard let mode = BandMode(rawValue: mode ?? BandMode.kinematic.rawValue) else {
            throw fail("mode", "is '\((mode ?? "").prefix(40))'; there are kinematic and instantaneous")
        }
        guard let number = UInt8(exactly: alerter ?? 1), let alerter = Alerter(rawValue: number) else {
            throw fail("alerter", "there are 1 Phase I, 2 Phase II, 3 non-cooperative")
        }
        guard traffic.count <= BandsCommand.trafficMax else {
            throw fail("traffic", "has \(traffic.count) intruders; give at most \(BandsCommand.trafficMax)")
        }
        func motion(_ numbers: [Double], _ column: String) throws -> Motion {
            guard numbers.count == 6 else {
                throw fail(column, "has \(numbers.count) numbers; give six: x, y, z, vx, vy, vz")
            }
            guard numbers.allSatisfy(\.isFinite), numbers[..<3].allSatisfy(PairColumns.meters.contains),
                numbers[3...].allSatisfy(BandsCommand.metersPerSecond.contains)
            else {
                throw fail(
                    column,
                    "is out of bounds; take metres to \(PairColumns.meters.upperBound) and metres a "
                        + "second to \(BandsCommand.metersPerSecond.upperBound)")
            }
            return Motion(
                x: numbers[0], y: numbers[1], z: numbers[2], vx: numbers[3], vy: numbers[4], vz: numbers[5])
        }
        return (
            try motion(own, "own"),
            try traffic.enumerated().map {
                BandIntruder(try motion($1, "traffic[\($0)]"), alerter: alerter)
            }, mode
        )
    }

    static func describe(_ error: any Error) -> String {
        let hint = "; give {\"id\":..,\"mode\":..,\"own\":[6 numbers],\"traffic\":[[6 numbers],..]}"
        switch error {
        case DecodingError.keyNotFound(let key, _): return "lacks \"\(key.stringValue)\"" + hint
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return "\"\(context.codingPath.first?.stringValue ?? "the line")\" is of the wrong kind" + hint
        default: return "is no JSON object" + hint
        }
    }
}

extension BandsCommand {
    /// Faster is no aircraft.
    static let metersPerSecond = -1e4...1e4
}
