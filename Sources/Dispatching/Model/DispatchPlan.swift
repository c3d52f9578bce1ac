/// Who does what when.
public struct DispatchPlan: Hashable, Sendable, Codable {
    public struct Stop: Hashable, Sendable, Codable {
        public enum Action: String, Hashable, Sendable, Codable { case pickup, delivery, energy }
        public var action: Action
        /// Index of the shipment; of the station for `energy`.
        public var index: Int
        public var arrivalMilliseconds: Int64
        /// Begin and end of service.
        public var startMilliseconds: Int64
        public var departureMilliseconds: Int64
        public init(
            _ action: Action, _ index: Int, arrivalMilliseconds: Int64 = 0, startMilliseconds: Int64 = 0,
            departureMilliseconds: Int64 = 0
        ) {
            self.action = action
            self.index = index
            self.arrivalMilliseconds = arrivalMilliseconds
            self.startMilliseconds = startMilliseconds
            self.departureMilliseconds = departureMilliseconds
        }
    }
    public struct Route: Hashable, Sendable, Codable {
        /// Index of the vehicle (kind) in the problem.
        public var vehicle: Int
        public var stops: [Stop]
        public var startMilliseconds: Int64 = 0
        public var endMilliseconds: Int64 = 0
        public var millimeters: Int64 = 0
        public var cost: Int64 = 0
        public init(vehicle: Int, stops: [Stop]) {
            self.vehicle = vehicle
            self.stops = stops
        }
    }
    public var routes: [Route]
    /// Indices of shipments, ascending.
    public var unserved: [Int]
    public init(routes: [Route] = [], unserved: [Int] = []) {
        self.routes = routes
        self.unserved = unserved
    }
    public var millimeters: Int64 { routes.reduce(0) { $0 + $1.millimeters } }
    public var cost: Int64 { routes.reduce(0) { $0 + $1.cost } }
}
