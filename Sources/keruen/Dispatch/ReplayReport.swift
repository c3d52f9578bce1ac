import Dispatching
import Foundation

/// What a replay is told to have come to.
struct ReplayReport: Encodable {
    /// One way to plan the stream.
    struct Run: Encodable {
        var vehicles: Int
        var distance: Double
        var cost: Double
        var unserved: Int
        /// Percent above the static value.
        var excess: Double?

        init(_ file: DispatchFile, _ run: StreamRun, _ staticValue: Double?) {
            let totals = run.verdict.totals
            vehicles = totals.vehicles
            distance = totals.plainMillimeters / file.distanceUnit.millimeters
            cost = totals.plainCost / 1e6
            unserved = totals.unserved
            excess = staticValue.map { 100 * (file.benchmarkValue(totals) / $0 - 1) }
        }

        var line: String {
            "\(vehicles) vehicles, distance \(DispatchReport.fixed(distance, 3)), cost \(DispatchReport.fixed(cost, 3)), "
                + "\(unserved) unserved"
                + (excess.map { ", \(DispatchReport.fixed($0, 2)) % above static" } ?? "")
        }
    }

    var name: String
    var orders: Int
    /// By the checker, with the times that were driven and nothing loaded before it was known. Unserved orders apart.
    var feasible: Bool
    var violations: [String]
    var staticValue: Double?
    var isOwnStatic: Bool
    var ours: Run
    var insertionOnly: Run
    /// Of ours to that of insertion alone; nil where that is at most 0 or they serve unequally.
    var excessRatio: Double?
    /// Orders nobody could take when they came.
    var unplaced: Int
    var vehicleChangesPerOrder: Double
    var committed: Int
    var committedChanged: Int
    var meanAnswerMicroseconds: Double
    var largestAnswerMicroseconds: Double
    var improvementMillisecondsPerOrder: Double

    enum CodingKeys: String, CodingKey {
        case name, orders, feasible, violations
        case staticValue = "static"
        case isOwnStatic = "static_is_own_search"
        case ours
        case insertionOnly = "insertion_only"
        case excessRatio = "excess_ratio"
        case unplaced
        case vehicleChangesPerOrder = "vehicle_changes_per_order"
        case committed
        case committedChanged = "committed_changed"
        case meanAnswerMicroseconds = "mean_answer_cpu_us"
        case largestAnswerMicroseconds = "largest_answer_cpu_us"
        case improvementMillisecondsPerOrder = "improvement_cpu_ms_per_order"
    }

    init(
        _ file: DispatchFile, _ stream: OrderStream, _ run: StreamRun, _ insertion: StreamRun,
        staticValue: Double?, isOwnStatic: Bool
    ) {
        name = file.problem.name
        orders = stream.orders.count
        violations = run.violations.map { "\($0)" }
        if run.result.leftBeforeKnown > 0 {
            violations.append(
                "\(run.result.leftBeforeKnown) stops were left for before their order was known")
        }
        feasible = violations.isEmpty
        self.staticValue = staticValue
        self.isOwnStatic = isOwnStatic
        ours = Run(file, run, staticValue)
        insertionOnly = Run(file, insertion, staticValue)
        if let mine = ours.excess, let theirs = insertionOnly.excess, theirs > 0,
            ours.unserved <= insertionOnly.unserved
        {
            excessRatio = mine / theirs
        }
        unplaced = run.result.unplaced
        vehicleChangesPerOrder = Double(run.result.vehicleChanges) / Double(max(orders, 1))
        committed = run.result.committed
        committedChanged = run.result.committedChanged
        meanAnswerMicroseconds = run.meanAnswerMicroseconds
        largestAnswerMicroseconds = run.largestAnswerMicroseconds
        improvementMillisecondsPerOrder = run.improvementMilliseconds / Double(max(orders, 1))
    }

    /// Lines for people.
    func show() {
        func fixed(_ value: Double, _ digits: Int) -> String { DispatchReport.fixed(value, digits) }
        print("\(name): \(orders) orders, \(unplaced) that nobody could take when they came")
        print(feasible ? "feasible" : "NOT FEASIBLE")
        print("live       \(ours.line)")
        print("insertion  \(insertionOnly.line)")
        if let staticValue {
            print("static     \(fixed(staticValue, 3))" + (isOwnStatic ? " (our own search)" : ""))
        } else {
            print("static     unknown: our own search found no feasible plan; give --static")
        }
        if let excessRatio { print("excess     \(fixed(excessRatio, 3)) of that of insertion alone") }
        print("changes    \(fixed(vehicleChangesPerOrder, 3)) vehicles of assigned orders per new order")
        print("committed  \(committed) stops, \(committedChanged) changed")
        print(
            "answer     \(fixed(meanAnswerMicroseconds, 1)) us mean, \(fixed(largestAnswerMicroseconds, 1)) us "
                + "largest; improvement \(fixed(improvementMillisecondsPerOrder, 2)) ms per order (CPU)")
        for violation in violations.prefix(20) { print("  \(violation)") }
        if violations.count > 20 { print("  and \(violations.count - 20) more") }
    }
}
