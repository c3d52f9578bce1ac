import ArgumentParser
import Dispatching
import Foundation
import World

/// Tries the forecast on a file of what happened.
struct ForecastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Try the forecast of travel, queue and service times on a file, beside the plain one.",
        discussion: """
            Columns of FILE: key,start,duration; start and duration in milliseconds (start since 1970, UTC), in any \
            order, extra columns are left out. The last days are held out: each of their records is forecast, from \
            what was over LEAD minutes before it started, and only then learned from. The plain forecast is the mean \
            of the same hour last week.

            Prints for both: mean and median absolute error of the p50 forecast, the share of records within the \
            90% band, the band's mean width, and how many records nothing could be said about.

            Exit codes: 0 done, 64 wrong usage, 65 something wrong in FILE.

            Examples:
              keruen dispatch forecast waits.csv
              keruen dispatch forecast waits.csv --hold-out-days 28 --lead-minutes 1440 --json
            """)

    @Argument(help: "CSV file; - is standard input.")
    var file: String
    @Option(help: "The last so many days are held out.")
    var holdOutDays: Int64 = 7
    @Option(help: "How long before the start a forecast is asked for.")
    var leadMinutes: Int64 = 60
    @Option(help: "From UTC to the time of the places.")
    var offsetHours: Int64 = 5
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...3650).contains(holdOutDays) else { throw ValidationError("--hold-out-days is 1 to 3650") }
        guard (0...100_000).contains(leadMinutes) else {
            throw ValidationError("--lead-minutes is 0 to 100000")
        }
        guard (-24...24).contains(offsetHours) else { throw ValidationError("--offset-hours is -24 to 24") }
    }

    func run() throws {
        let records = try orDataError { try Self.records(try DataFile(path: file)) }
        let last = records.map(\.startMilliseconds).max() ?? 0
        let trial = ForecastTrial(
            records, heldOutFromMilliseconds: last - holdOutDays * 86_400_000 + 1,
            leadMilliseconds: leadMinutes * 60_000, offsetMilliseconds: offsetHours * 3_600_000)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            let scores = ["learned": trial.learned, "plain": trial.plain]
            return print(String(decoding: try encoder.encode(scores), as: UTF8.self))
        }
        print("forecast   records  unknown  mean error min  median error min  in 90% band  width min")
        for (name, score) in [("learned", trial.learned), ("plain", trial.plain)] {
            let cells = [
                "\(score.count)", "\(score.unknown)", Self.minutes(score.meanErrorMilliseconds),
                Self.minutes(Double(score.medianErrorMilliseconds)),
                BenchRow.figure(100 * score.coverage) + "%", Self.minutes(score.widthMilliseconds),
            ]
            let widths = [9, 9, 16, 18, 13, 11]
            print(
                name.padding(toLength: 9, withPad: " ", startingAt: 0)
                    + zip(cells, widths).map { String(repeating: " ", count: max(1, $1 - $0.count)) + $0 }
                    .joined())
        }
    }

    private static func minutes(_ milliseconds: Double) -> String { BenchRow.figure(milliseconds / 60_000) }

    /// Rows are read straight from bytes: a file may have ten million.
    static func records(_ file: DataFile) throws -> [ForecastRecord] {
        var records: [ForecastRecord] = []
        // Only looked up.
        var numbers: [String: UInt64] = [:]
        var columns: [Int] = []
        for (line, bytes) in file.lines {
            let fields = bytes.split(separator: 0x2C, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces) }
            if columns.isEmpty {
                columns = try ["key", "start", "duration"].map { name in
                    guard let index = fields.firstIndex(of: name), fields.count(where: { $0 == name }) == 1
                    else {
                        throw DataError(
                            file: file.name, line: line, column: name,
                            problem: "must stand once in the header; begin with key,start,duration")
                    }
                    return index
                }
                continue
            }
            func field(_ column: Int) throws -> String {
                guard columns[column] < fields.count else {
                    throw DataError(file: file.name, line: line, problem: "has only \(fields.count) fields")
                }
                return fields[columns[column]]
            }
            func number(_ column: Int, _ name: String, _ most: Int64) throws -> Int64 {
                let text = try field(column)
                guard let value = Int64(text), (0...most).contains(value) else {
                    throw DataError(
                        file: file.name, line: line, column: name,
                        problem: "is '\(text.prefix(40))'; give whole milliseconds from 0 to \(most)")
                }
                return value
            }
            let name = try field(0)
            guard (1...64).contains(name.utf8.count) else {
                throw DataError(
                    file: file.name, line: line, column: "key",
                    problem: "must have 1 to 64 bytes, has \(name.utf8.count)")
            }
            let key = numbers[name] ?? UInt64(numbers.count)
            guard key < ForecastLimits.keys else {
                throw DataError(
                    file: file.name, line: line, column: "key",
                    problem: "is one key too many; at most \(ForecastLimits.keys), split the file")
            }
            numbers[name] = key
            records.append(
                ForecastRecord(
                    ForecastKey(.other, key),
                    startMilliseconds: try number(1, "start", DispatchLimits.latestMilliseconds),
                    durationMilliseconds: try number(2, "duration", ForecastLimits.durationMilliseconds)))
        }
        guard !records.isEmpty else {
            throw DataError(file: file.name, problem: "has no records; begin with key,start,duration")
        }
        return records
    }
}
