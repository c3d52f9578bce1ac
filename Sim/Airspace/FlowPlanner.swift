/// Who flies the drones of a dense-flow run.
public protocol FlowPlanner {
    /// Velocities for all drones, from what is seen: row `i` of every buffer is drone `i`.
    mutating func plan(_ seen: FlowSight, into commands: UnsafeMutableBufferPointer<FlowVelocity>)
    /// Counts for the report.
    var counts: [String: Int] { get }
    /// Times a manoeuvre began, ended or was replaced.
    var manoeuvreChanges: Int { get }
    /// CPU time inside the planner proper, when it measured it.
    var planningNanoseconds: Int64 { get }
}

public struct FlowVelocity: Sendable {
    public var x: Double
    public var y: Double
    public var z: Double
    public init(x: Double, y: Double, z: Double) { (self.x, self.y, self.z) = (x, y, z) }
}

/// A drone as seen: noisy position, velocity, both of the past.
public struct FlowState: Sendable {
    public var x = 0.0
    public var y = 0.0
    public var z = 0.0
    public var vx = 0.0
    public var vy = 0.0
    public var vz = 0.0
}

/// What the planner knows at a tick.
public struct FlowSight {
    public var states: UnsafeBufferPointer<FlowState>
    /// How many ticks old the states are: 0 at the start, at most the latency.
    public var ageTicks: Int
    public var tick: Int
    public var rules: FlowRules
    public var world: FlowWorld
}

/// Flies on as wanted.
public struct NoPlanner: FlowPlanner {
    public init() {}
    public var counts: [String: Int] { [:] }
    public var manoeuvreChanges: Int { 0 }
    public var planningNanoseconds: Int64 { 0 }

    public mutating func plan(_ seen: FlowSight, into commands: UnsafeMutableBufferPointer<FlowVelocity>) {
        for i in 0..<commands.count {
            commands[i] = FlowVelocity(
                x: seen.world.wantedX[i], y: seen.world.wantedY[i],
                z: FlowRules.wantedClimb(seen.states[i].z, first: seen.world.z[i]))
        }
    }
}
