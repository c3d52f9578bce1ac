import Transport
import Wire

/// What the host keeps beside a vehicle: its key, its connection, and when the station was last heard on it.
struct HostedVehicle {
    let secret: VehicleSecret
    /// Nil until its turn to connect has come.
    var connection: VehicleConnection?
    /// Monotonic real time of the last frame of the station, or of the connection's beginning.
    var heardAt: Int64 = 0
    var openedAt: Int64 = 0
    /// Pause before the sockets are made anew, growing while the station stays away.
    var patience: Int64 = HostedVehicle.firstPatience
    /// Something waits to be sent.
    var isWaiting = false
    var isTouched = false
    /// Its radio was silent when it last had something to say.
    var isSilent = false
    /// Messages under way when the scenario gives the link a latency.
    var outward = DelayLine<SessionOutput>()
    var inward = DelayLine<Downlink>()
    /// Monotonic real time since when simulated time waits for this vehicle's link.
    var heldSince: Int64?

    static let firstPatience = WireLimits.renewFirstMilliseconds * 1_000_000
    static let longestPatience = WireLimits.renewMaxMilliseconds * 1_000_000

    init(_ secret: VehicleSecret) { self.secret = secret }
}

/// What a simulation host has done so far.
public struct HostReport: Sendable, Equatable, Codable {
    public init() {}
    public var vehicles = 0
    /// Vehicles with a session, and those that move.
    public var welcomed = 0
    public var moving = 0
    public var wrecked = 0
    public var simulatedSeconds = 0.0
    public var realSeconds = 0.0
    /// Frames handed to sockets, telemetry and all; those of the station; frames lost to full queues.
    public var sentMessages: UInt64 = 0
    public var receivedMessages: UInt64 = 0
    public var droppedMessages: UInt64 = 0
    /// Frames of the station that could not be read.
    public var unreadableMessages: UInt64 = 0
    /// Times a vehicle made its sockets anew.
    public var reconnections: UInt64 = 0
    /// Seconds of real time the simulation could not keep up with and skipped.
    public var skippedSeconds = 0.0
    /// Real seconds that simulated time waited for quiet links.
    public var heldSeconds = 0.0
}
