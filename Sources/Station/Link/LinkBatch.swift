import Wire

/// What arrived since the last `collect`. Keep one and use it again: its arrays keep their memory.
public struct LinkBatch: Sendable {
    /// The newest telemetry of one vehicle.
    public struct Report: Sendable {
        public var vehicle: UInt32
        /// Station time, nanoseconds.
        public var receivedAt: Int64
        public var telemetry: Telemetry
    }
    /// Any other message, but heartbeats, which the link keeps.
    public struct Saying: Sendable {
        public var vehicle: UInt32
        public var receivedAt: Int64
        public var message: Uplink
    }
    public internal(set) var telemetry: [Report] = []
    public internal(set) var messages: [Saying] = []

    public init() {}
}

/// How one vehicle's link is.
public struct LinkStatus: Sendable {
    public var vehicle: UInt32
    /// Station time of the last valid message, 0 never.
    public var heardAt: Int64
    public var clock: ClockEstimate
    /// TCP's own estimate of the uplink, microseconds; 0 unknown.
    public var roundTripMicroseconds: UInt32
    public var retransmissions: UInt32
    /// Telemetry sequence numbers that never came.
    public var lost: UInt32
    public var isRevoked: Bool
}
