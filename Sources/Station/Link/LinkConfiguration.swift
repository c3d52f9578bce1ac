import Wire

/// Where the link listens and how much it takes.
public struct LinkConfiguration: Sendable {
    /// Address to bind, as libzmq writes it.
    public var host = "127.0.0.1"
    /// Uplink port; the downlink is at the next. 0: both chosen by the system.
    public var port: UInt16 = 7447
    public var ioThreads = 1
    public var socketsMax = 1023
    /// Messages other than telemetry that wait for `collect`; in all and of one vehicle.
    public var inboxMax = 65536
    public var inboxMaxPerVehicle = 256
    /// Messages of one vehicle per second of station time, and at once.
    public var messagesPerSecond = WireLimits.messagesPerSecond
    public var messageBurst = WireLimits.messageBurst
    /// How far ahead of the station's time a measurement may be.
    public var futureNanoseconds = WireLimits.futureMilliseconds * 1_000_000
    /// How far behind the station's time a measurement may be, and what its clock may be wrong by on top.
    public var lateNanoseconds = Int64.max
    /// Station time between two heartbeats; there is at least one in each real second all the same.
    public var heartbeatNanoseconds: Int64 = 1_000_000_000
    /// TCP connections of one remote address (an IPv6 /64 counts as one): open at once, and new ones a second after
    /// as many. A vehicle has two; many may share the address of a mobile operator.
    public var connectionsMaxPerAddress = 4096
    public var connectionsPerSecondPerAddress = 100.0
    /// Whether the bounds per address hold for this machine too, where whole simulated fleets live.
    public var boundsLoopback = false
    /// TCP connections in all; nil: four fifths of the descriptors the process may open. Beyond it the oldest that
    /// have not finished their handshake give way.
    public var connectionsMax: Int?
    /// How long a connection may stay without a first message, nanoseconds of real time.
    public var silenceNanoseconds: Int64 = 10_000_000_000
    /// How often each connection's bytes are compared with its messages, nanoseconds of real time.
    public var inspectionNanoseconds: Int64 = 2_000_000_000
    /// Fencing number of this station, in every heartbeat.
    public var fence: UInt64 = 0

    public init() {}
}
