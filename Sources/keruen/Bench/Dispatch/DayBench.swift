import CLinux
import Dispatching
import World

/// A day of the freight and express flows with what goes wrong on it: dispatched by a living plan, and beside it by the
/// nearest free vehicle for each order in turn.
struct DayBench {
    var sharePercent = 5.0
    var seed: UInt64 = 1
    /// Of improvement after every order.
    var steps = 20

    func rows() throws -> [BenchRow] {
        let world = try WorldData.load(directory: WorldData.find(explicit: nil))
        let day = DispatchDay(world: world, seed: seed, share: sharePercent / 100)
        let begin = keruen_thread_cpu_ns()
        let live = try day.dispatchLive(settings: settings, steps: steps)
        let seconds = Double(keruen_thread_cpu_ns() - begin) / 1e9
        let plain = try day.dispatchNearest()
        return rows(day, live, plain, seconds)
    }

    private var settings: LiveSettings {
        var settings = LiveSettings()
        settings.seed = seed
        // Early, so that a breakdown can still be made up.
        settings.leaveSlack = 1 << 14
        // In micro-tenge.
        settings.changeCost = 5_000_000_000
        return settings
    }

    private func rows(
        _ day: DispatchDay, _ live: DayReport, _ plain: DayReport, _ seconds: Double
    ) -> [BenchRow] {
        let scale =
            "\(day.orders) orders (\(BenchRow.figure(sharePercent)) % of the day), \(day.trucks) trucks, "
            + "\(day.drones) drones, \(day.companyNames.count) companies"
        func beside(_ figure: (DayReport) -> Double) -> String {
            "nearest free vehicle first \(BenchRow.figure(figure(plain)))"
        }
        let perOrder = 1 / Double(max(live.orders, 1))
        let wrong = (live.violations + plain.violations).prefix(3).joined(separator: "; ")
        return [
            .told(
                "day: delivered", "\(live.delivered)",
                reference: "\(scale); " + beside { Double($0.delivered) }),
            .told(
                "day: cancelled before they were begun", "\(live.cancelled)",
                reference: beside { Double($0.cancelled) }),
            .told(
                "day: unserved", unserved(live), reference: "nearest free vehicle first " + unserved(plain)),
            .told(
                "day: late, after something happened on the way", "\(live.late)",
                reference: beside { Double($0.late) }),
            .atMost(
                live.costPerDelivery / plain.costPerDelivery, must: 0.8, goal: 0.6, unit: "x",
                "day: cost of a delivery", reference: beside { $0.costPerDelivery } + " tenge"),
            .atMost(
                live.emptyShare / plain.emptyShare, must: 0.85, goal: 0.6, unit: "x",
                "day: empty share of the way",
                reference: "\(BenchRow.figure(live.emptyShare)); " + beside { $0.emptyShare }),
            .told(
                "day: vehicles that worked", "\(live.vehiclesUsed)",
                reference: beside { Double($0.vehiclesUsed) }),
            .atMost(
                Double(live.violations.count), must: 0, goal: 0, unit: "",
                "day: faults found by the checker and on the roads driven again",
                reference: "\(plain.violations.count) of the plain one \(wrong)"),
            .atMost(
                Double(live.committedChanged), must: 0, goal: 0, unit: "", "day: committed stops changed",
                reference: "\(live.commitments) committed; \(live.astray) over at another moment than planned"
            ),
            .told(
                "day: vehicle changes for each order",
                BenchRow.figure(Double(live.improvedAway) * perOrder),
                reference:
                    "by improvement; \(BenchRow.figure(Double(live.forcedAway) * perOrder)) more by what happened"
            ),
            .told(
                "day: orders a second", BenchRow.figure(Double(live.orders) / seconds),
                reference: "\(steps) steps after each; \(BenchRow.figure(seconds)) CPU s"),
            .told(
                "day: least share served of a company", BenchRow.figure(live.served.min() ?? 1),
                reference: beside { $0.served.min() ?? 1 }),
            .told("day: digest", String(live.digest, radix: 16), reference: "seed \(seed)"),
        ]
    }

    private func unserved(_ report: DayReport) -> String {
        let parts = DayReport.Unserved.allCases.compactMap { reason in
            report.unserved[reason].map { "\($0) \(reason.told)" }
        }
        return parts.isEmpty ? "0" : parts.joined(separator: ", ")
    }
}

extension DayReport.Unserved {
    fileprivate var told: String {
        switch self {
        case .noVehicle: "too heavy or large for every vehicle"
        case .noTime: "due before anybody could bring them"
        case .allElsewhere: "with nobody near in time"
        case .broken: "had a vehicle, lost it to what happened"
        case .notOver: "on board at the end"
        }
    }
}
