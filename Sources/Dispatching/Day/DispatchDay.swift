/// A day of freight that is dispatched as it comes, with what goes wrong meanwhile. Times are milliseconds after its start.
public struct DispatchDay: Sendable {
    /// Every vehicle for itself; shipments in the order of their release. Trucks are bound to roads, each of whose nodes
    /// is the location of the same index.
    var problem = DispatchProblem()
    /// By shipment: nobody knows of it before.
    var releases: [Int64] = []
    /// Shipments whose first vehicle is refused by the rules of the air or the road.
    var isRefusedOnce: [Bool] = []
    var roads: DayRoads
    /// The mode of all trucks; other modes are those of the drones of one hub.
    var truckMode: Int { 0 }
    var incidents: [DayIncident] = []
    /// By vehicle, and names.
    var companyOf: [Int] = []
    var companies: [String] = []
    /// How far a drone goes from one visit of its hub to the next.
    var droneReach: Int64 = 0

    public var orders: Int { problem.shipments.count }
    public var trucks: Int { problem.vehicles.count { $0.mode == truckMode } }
    public var drones: Int { problem.vehicles.count - trucks }

    public var companyNames: [String] { companies }

    func isTruck(_ v: Int) -> Bool { problem.vehicles[v].mode == truckMode }
}

/// What goes wrong, from when, and until when where it passes.
struct DayIncident: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// A stretch of road takes so many times its time; 0: closed.
        case road(Int, slowness: Int64)
        /// Nothing is served at a location: a border post, a ferry.
        case post(Int)
        /// Drones of a mode are slower, by a head wind: their pace.
        case wind(mode: Int, pace: Int64)
        /// Drones of a mode neither take nor bring anything around a location.
        case sky(mode: Int, location: Int, radiusMillimeters: Double)
        /// A vehicle stands still, and what it has not begun goes to others.
        case lost(Int)
        /// A vehicle stands still for a time.
        case late(Int)
        /// Orders of a company do not come through.
        case silence(company: Int)
        case cancel(Int)
        /// An order is wanted later by so much.
        case postpone(Int, milliseconds: Int64)
    }
    var kind: Kind
    var from: Int64
    var until: Int64
}

/// Minutes and hours in milliseconds.
enum DayTime {
    static let minute: Int64 = 60_000
    static let hour: Int64 = 3_600_000
}
