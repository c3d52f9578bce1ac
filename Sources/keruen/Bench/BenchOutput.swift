import ArgumentParser
import Foundation

/// How rows are told.
struct BenchOutput: ParsableArguments {
    @Flag(help: "Print the rows as JSON.")
    var json = false

    /// Prints the rows; fails when one misses what it must reach.
    func report(_ rows: [BenchRow]) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(rows), as: UTF8.self))
        } else {
            for row in rows {
                print("\(row.mark)\(row.name): \(row.figure)  (must \(row.must), goal \(row.goal))")
                if let reference = row.reference { print("        \(reference)") }
            }
        }
        if rows.contains(where: { $0.pass == false }) { throw ExitCode(1) }
    }
}
