import ArgumentParser

/// Measures what the project promises in figures, on this machine.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the figures this project promises, on this machine.",
        discussion:
            "Example: keruen bench sim. Build with `make build` first: a debug build measures nothing.",
        subcommands: [Codec.self, Sim.self])

    struct Codec: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Time to decode and validate one telemetry message, beside protobuf-c.")
        func run() throws { try Bench.report(codecBench()) }
    }

    struct Sim: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Vehicles simulated in real time per core.")
        func run() throws { try Bench.report(simBench()) }
    }

    /// Prints the rows; fails when one misses what it must reach.
    static func report(_ rows: [BenchRow]) throws {
        for row in rows {
            let verdict = row.pass.map { $0 ? "pass" : "MISS" } ?? "    "
            print("\(verdict)  \(row.name): \(row.figure)  (must \(row.must), goal \(row.goal))")
        }
        if rows.contains(where: { $0.pass == false }) { throw ExitCode(1) }
    }
}
