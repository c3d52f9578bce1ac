/// What the checker found: everything wrong with a plan, and what the plan comes to.
public struct PlanVerdict: Hashable, Sendable {
    public var violations: [Violation] = []
    public var totals = PlanTotals()
    /// When each route of the plan is where: as the plan states it, or the earliest times if it states none.
    public var timetables: [RouteTimetable] = []
    public var isFeasible: Bool { violations.isEmpty }
}

/// What a plan comes to, reckoned anew from its stops.
public struct PlanTotals: Hashable, Sendable {
    /// Routes with at least one stop.
    public var vehicles = 0
    public var millimeters: Int64 = 0
    /// Fixed, distance, time, lateness and station cost, in micro-tenge; held at the ends of Int64.
    public var cost: Int64 = 0
    /// The same in plain double precision: straight ways are not rounded to whole millimetres, those that the problem
    /// cuts off to a quantum are. What benchmarks are compared by.
    public var plainMillimeters = 0.0
    public var plainCost = 0.0
    /// The sum over shipments of how long after the promise delivery begins.
    public var lateMilliseconds: Int64 = 0
    public var lateShipments = 0
    public var unserved = 0
    /// Micro-tenge for what is unserved, without what must be served.
    public var refusalCost: Int64 = 0
}

/// When a vehicle is where.
public struct RouteTimetable: Hashable, Sendable {
    public struct Stop: Hashable, Sendable {
        public var arrival: Int64 = 0
        public var start: Int64 = 0
        public var departure: Int64 = 0
    }
    public var begin: Int64 = 0
    public var stops: [Stop] = []
    public var end: Int64 = 0
    public var millimeters: Int64 = 0
    public var cost: Int64 = 0
}

/// Sums that may be anything, brought back to what an Int64 holds.
func held(_ value: Int128) -> Int64 { Int64(clamping: value) }
