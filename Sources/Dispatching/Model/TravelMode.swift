/// A place as travel sees it: a point in millimetres (a plane, or earth-centred so that the curvature of the earth is
/// known), and how it lies to the roads.
public struct Location: Hashable, Sendable, Codable {
    public var x: Double
    public var y: Double
    public var z: Double
    /// Up to two nodes of the road table; empty where no road leads.
    public var roads: [RoadAccess] = []
    public init(x: Double, y: Double, z: Double = 0) {
        self.x = x
        self.y = y
        self.z = z
    }
}

/// The way from a place to a node of the road table, the same in both directions.
public struct RoadAccess: Hashable, Sendable, Codable {
    public var node: Int
    public var millimeters: Int64
    public var milliseconds: Int64
    public init(node: Int, millimeters: Int64, milliseconds: Int64) {
        self.node = node
        self.millimeters = millimeters
        self.milliseconds = milliseconds
    }
}

/// Shortest ways between the nodes of a road graph: some hundreds of them, never the stops.
public struct RoadTable: Hashable, Sendable, Codable {
    public var nodes: Int
    /// Row by row, from node to node; `DispatchLimits.latestMilliseconds` where no way leads.
    public var millimeters: [Int64]
    public var milliseconds: [Int64]
    public init(nodes: Int, millimeters: [Int64], milliseconds: [Int64]) {
        self.nodes = nodes
        self.millimeters = millimeters
        self.milliseconds = milliseconds
    }
}

/// How a kind of vehicle travels. Every way it tells obeys the triangle inequality for its time, which pruning needs;
/// `roundsDown` alone may miss it by one quantum.
public struct TravelMode: Hashable, Sendable, Codable {
    public enum Way: Hashable, Sendable, Codable {
        /// The straight line through space; `earthRadiusMillimeters` bends it to the arc over the earth, 0 leaves it.
        case straight(earthRadiusMillimeters: Double)
        case road(RoadTable)
    }
    public var way: Way
    /// Milliseconds a millimetre, times 2^20: a way takes `(millimeters * pace) >> 20`, rounded up. At most
    /// `DispatchLimits.slowestPace`.
    public var pace: Int64
    /// Of the air, millimetres a second in the frame of the locations; only for straight ways.
    public var wind: SIMD3<Double> = SIMD3()
    /// Distances are multiples of it; benchmarks in tenths have 100,000.
    public var quantumMillimeters: Int64 = 1
    /// Benchmarks of the DIMACS kind cut their distances off; everything else rounds up.
    public var roundsDown = false

    /// A millisecond a millimetre, which is 1 m/s.
    public static let unitPace: Int64 = 1 << 20
    public init(_ way: Way, pace: Int64 = TravelMode.unitPace) {
        self.way = way
        self.pace = pace
    }
    /// Straight ways at a speed, over the earth.
    public init(airspeedMillimetersPerSecond speed: Int64, earthRadiusMillimeters: Double = 6_371_008_800) {
        self.init(
            .straight(earthRadiusMillimeters: earthRadiusMillimeters),
            pace: (1000 << 20) / max(speed, 1) + 1)
    }
}
