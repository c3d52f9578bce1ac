import Dispatching
import Foundation
import World

/// Orders that nobody knew of, planned live: what that costs over knowing everything, beside insertion alone; how many
/// orders change their vehicle; whether a commitment was ever broken. Means over four streams and the seeds.
func streamRows(data: String, seeds: Int, steps: Int) throws -> [BenchRow] {
    var rows: [BenchRow] = []
    var sums: (changes: Double, calmChanges: Double, cost: Double, calmCost: Double) = (0, 0, 0, 0)
    var (broken, committed, refused, largest) = (0, 0, 0, 0.0)
    for (urgency, name, must, goal) in [
        ("b05", "moderate", 0.31, 0.18), ("b09", "high", 0.6, 0.4),
    ] {
        let set = try StreamSet(data: data, urgency: urgency)
        let plain = try set.run(seed: 1, steps: 0, .insertionOnly(seed: 1))
        let waiting = try set.run(seed: 1, steps: 0, LiveSettings())
        var ours = StreamSet.Sums()
        for seed in 1...UInt64(seeds) {
            var settings = LiveSettings()
            settings.seed = seed
            let one = try set.run(seed: seed, steps: steps, settings)
            settings.changeCost = StreamSet.changeCost
            let calm = try set.run(seed: seed, steps: steps, settings)
            ours.add(one)
            sums.changes += one.changes
            sums.cost += one.cost
            sums.calmChanges += calm.changes
            sums.calmCost += calm.cost
            for run in [one, calm] {
                broken += run.broken
                committed += run.committed
                refused += run.violations
                largest = max(largest, run.largest)
            }
        }
        let f = BenchRow.figure
        rows.append(
            .atMost(
                ours.excess / plain.excess, must: must, goal: goal, unit: "x",
                "orders of \(name) urgency, excess of distance over static, of insertion alone",
                reference:
                    "\(f(ours.excess))% against \(f(plain.excess))% (\(f(waiting.excess))% when insertion waits as we "
                    + "do), unserved \(f(ours.unserved)) against \(f(plain.unserved)) of \(set.orders), vehicles "
                    + "\(f(ours.vehicles)) against \(f(plain.vehicles)); \(ours.byStream); \(steps) steps an order, "
                    + "\(seeds) seeds"))
    }
    let f = BenchRow.figure
    rows.append(
        .atMost(
            sums.calmChanges / sums.changes, must: 0.1, goal: 0.03, unit: "x",
            "vehicle changes of assigned orders per new order, of the same run with stability off",
            reference:
                "\(f(sums.calmChanges / Double(2 * seeds))) against \(f(sums.changes / Double(2 * seeds))) an order"
        ))
    rows.append(
        .atMost(
            100 * (sums.calmCost / sums.cost - 1), must: 1, goal: 1, unit: "%",
            "the same, distance that it costs",
            reference: "change cost \(StreamSet.changeCost / 1_000_000) units of distance"))
    rows.append(
        .atMost(
            Double(broken), must: 0, goal: 0, unit: "", "committed stops changed",
            reference:
                "\(committed) committed; those driven compared one by one: vehicle, stop, time of departure"))
    rows.append(
        .atMost(
            Double(refused), must: 0, goal: 0, unit: "", "what the checker has against what was driven",
            reference: "stated times, nothing loaded before it is known; largest answer \(f(largest)) us CPU")
    )
    return rows
}

/// The streams of one urgency and their problems.
struct StreamSet {
    /// Distance for which an order is given to another vehicle, in micro-tenge.
    static let changeCost: Int64 = 20_000_000
    private static let names = ["lrc107", "lr2_4_7", "lrc1_6_3", "lrc1_10_7"]

    private var all: [(name: String, file: DispatchFile, stream: OrderStream, best: Double)] = []
    var orders: Int { all.reduce(0) { $0 + $1.stream.orders.count } }

    init(data: String, urgency: String) throws {
        let table = try DataFile(path: data + "/lilim_bks.csv")
        var best: [String: Double] = [:]
        for (_, line) in table.lines.dropFirst() {
            let fields = String(decoding: line, as: UTF8.self).split(separator: ",")
            if fields.count > 8 {
                best[String(fields[0])] = Double(fields[8].trimmingCharacters(in: .whitespaces))
            }
        }
        for name in Self.names {
            guard let value = best[name] else {
                throw DataError(
                    file: table.name, column: "dist_distance", problem: "has no value for \(name)")
            }
            let problem = try DataFile(path: data + "/lilim/\(name).txt")
            let file = try DispatchFile(bytes: problem.bytes, file: problem.name)
            let orders = try DataFile(path: data + "/dynamic/\(name).\(urgency).csv")
            all.append((name, file, try file.orders(bytes: orders.bytes, file: orders.name), value))
        }
    }

    /// Means over the streams; counts are sums.
    struct Sums {
        var excess = 0.0
        var cost = 0.0
        var changes = 0.0
        var vehicles = 0.0
        var unserved = 0.0
        var broken = 0
        var committed = 0
        var violations = 0
        var largest = 0.0
        private var each: [(name: String, excess: Double)] = []
        private var runs = 0.0

        /// Another of the same kind; the mean stands.
        mutating func add(_ other: Sums) {
            runs += 1
            excess += (other.excess - excess) / runs
            vehicles += (other.vehicles - vehicles) / runs
            unserved += (other.unserved - unserved) / runs
            if each.isEmpty { each = other.each.map { ($0.name, 0) } }
            for k in each.indices { each[k].excess += (other.each[k].excess - each[k].excess) / runs }
        }

        fileprivate mutating func tell(_ name: String, _ excess: Double) { each.append((name, excess)) }

        var byStream: String {
            each.map { "\($0.name) \(BenchRow.figure($0.excess))%" }.joined(separator: ", ")
        }
    }

    func run(seed: UInt64, steps: Int, _ settings: LiveSettings) throws -> Sums {
        var sums = Sums()
        for (name, file, stream, best) in all {
            let run = try StreamRun(file, stream, settings) { _ in steps }
            let totals = run.verdict.totals
            let value = file.benchmarkValue(totals)
            let excess = 100 * (value / best - 1)
            sums.tell(name, excess)
            sums.excess += excess / Double(all.count)
            // So that the largest instance does not decide alone.
            sums.cost += value / best
            sums.changes +=
                Double(run.result.vehicleChanges) / Double(stream.orders.count) / Double(all.count)
            sums.vehicles += Double(totals.vehicles)
            sums.unserved += Double(totals.unserved)
            sums.broken += run.result.committedChanged
            sums.committed += run.result.committed
            sums.violations += run.violations.count + run.result.leftBeforeKnown
            sums.largest = max(sums.largest, run.largestAnswerMicroseconds)
        }
        return sums
    }
}
