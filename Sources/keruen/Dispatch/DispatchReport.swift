import Dispatching
import Foundation

/// What is told about a plan: the figures of the checker, never those of the search.
struct DispatchReport: Encodable {
    var name: String
    var format: String
    var shipments: Int
    /// By the checker, and for Li and Lim also by the benchmark's own rules in double precision.
    var feasible: Bool
    var vehicles: Int
    /// In units of the benchmark, or kilometres.
    var distance: Double
    /// In units of the benchmark, or tenge.
    var cost: Double
    var unserved: Int
    var refusalCost: Double
    var lateShipments: Int
    var lateMinutes: Double
    var violations: [String]
    var bestKnown: Double?
    /// Percent of distance or cost above the best known; vehicles above it where they come first.
    var gap: Double?
    private var unit: String
    private var countsVehicles: Bool

    init(_ file: DispatchFile, _ plan: DispatchPlan, _ verdict: PlanVerdict, bestKnown: Double? = nil) {
        let totals = verdict.totals
        let plain = file.plainProblems(plan)
        name = file.problem.name
        format = file.format.rawValue
        shipments = file.problem.shipments.count
        feasible = verdict.isFeasible && plain.isEmpty
        vehicles = totals.vehicles
        distance = totals.plainMillimeters / file.distanceUnit.millimeters
        cost = totals.plainCost / 1e6
        unserved = totals.unserved
        refusalCost = Double(totals.refusalCost) / 1e6
        lateShipments = totals.lateShipments
        lateMinutes = Double(totals.lateMilliseconds) / 60_000
        violations = verdict.violations.map { Self.text($0, file.problem) } + plain
        unit = file.distanceUnit.name
        countsVehicles = file.problem.objective == .vehicles
        self.bestKnown = bestKnown
        gap = bestKnown.map {
            countsVehicles ? Double(vehicles) - $0 : 100 * (file.benchmarkValue(totals) / $0 - 1)
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, format, shipments, feasible, vehicles, distance, cost, unserved
        case refusalCost = "refusal_cost"
        case lateShipments = "late_shipments"
        case lateMinutes = "late_minutes"
        case violations
        case bestKnown = "best_known"
        case gap
    }

    /// Names instead of indices.
    private static func text(_ violation: Violation, _ problem: DispatchProblem) -> String {
        var text = ""
        if let route = violation.route { text += "route \(route + 1)" }
        if let stop = violation.stop { text += ", stop \(stop + 1)" }
        if let shipment = violation.shipment {
            text += (text.isEmpty ? "" : ", ") + "shipment \(problem.shipments[shipment].name)"
        }
        return (text.isEmpty ? "" : text + ": ") + violation.reason
    }

    /// Lines for people.
    func show() {
        print(feasible ? "feasible" : "NOT FEASIBLE")
        print("vehicles   \(vehicles)")
        print("distance   \(Self.fixed(distance, 3))\(unit.isEmpty ? "" : " " + unit)")
        print("cost       \(Self.fixed(cost, 3))")
        print("unserved   \(unserved) of \(shipments)" + (refusalCost > 0 ? ", cost \(refusalCost)" : ""))
        if lateShipments > 0 { print("late       \(lateShipments), \(Self.fixed(lateMinutes, 1)) minutes") }
        if let bestKnown, let gap {
            let sign = gap >= 0 ? "+" : ""
            let text = countsVehicles ? "\(sign)\(Int(gap)) vehicles" : "\(sign)\(Self.fixed(gap, 3)) %"
            print("best known \(bestKnown): \(text)")
        }
        for violation in violations.prefix(20) { print("  \(violation)") }
        if violations.count > 20 { print("  and \(violations.count - 20) more") }
    }

    static func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}
