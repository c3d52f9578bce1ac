import Controller
import World

/// A vehicle and the newest that is known of it.
public struct VehicleStatus: Hashable, Sendable, Codable {
    public var id: UInt32
    public var name: String
    public var kind: VehicleKind
    public var company: String
    public var model: String
    public var capacity: Capacity
    public var link: LinkReport
    /// As `VehicleMode`.
    public var mode: String
    /// Nil before the first telemetry since the station started.
    public var track: Track?
    public var mission: UInt64?
    public var order: UInt64?
    /// Step of the mission it is at, from 0.
    public var leg: Int
    /// What it does next on its mission; nil without one.
    public var nextStep: MissionStep.Action?
    /// Where it returns to.
    public var home: PointView?
    /// Out of service by an operator.
    public var isGrounded: Bool
    /// Crewed aircraft it is alerted of, the most urgent first; nil without any.
    public var alerts: [CrewedAlertView]?
    /// What it does and why, for a person.
    public var reason: String

    /// What it can do at best.
    public struct Capacity: Hashable, Sendable, Codable {
        public var payloadGrams: UInt32
        public var cargoVolumeLiters: UInt32
        public var cruiseSpeedMetersPerSecond: Double
        public var energyKilojoules: UInt32
        public var rangeMeters: UInt32
    }

    /// Where it is, and how good that is.
    public struct Track: Hashable, Sendable, Codable {
        public var position: PointView
        /// False: too inaccurate to plan with.
        public var isTrusted: Bool
        /// Over the ground.
        public var speedMetersPerSecond: Double
        /// Clockwise from north.
        public var headingDegrees: Double
        public var energyKilojoules: UInt32
        /// What would be left after going to its contingency with the reserve; negative is too little. Nil without
        /// a mission.
        public var energyMarginKilojoules: Double?
        public var payloadGrams: UInt32
    }

    /// How it is heard.
    public struct LinkReport: Hashable, Sendable, Codable {
        public var isConnected: Bool
        public var state: LinkState
        public var heardAt: Timestamp?
        public var ageSeconds: Double?
        /// Of heartbeats, without the time the vehicle held them.
        public var roundTripMilliseconds: Double?
        /// Vehicle's clock minus the station's.
        public var clockOffsetMilliseconds: Double?
        /// As TCP estimates the uplink.
        public var tcpRoundTripMilliseconds: Double?
        public var retransmissions: UInt32
        /// Telemetry sequence numbers that never came.
        public var lost: UInt32
        /// Refused messages by cause, those that occurred.
        public var refused: [String: UInt32]
        public var isRevoked: Bool
    }

    /// - Parameters:
    ///   - link: as the link tells it; nil when the vehicle is not in the allow list any more.
    ///   - refused: as `Link.refusals(of:)`.
    public init(_ view: VehicleView, link: LinkStatus?, refused: [String: UInt32], at now: Instant) {
        let profile = view.profile
        id = profile.id.number
        name = profile.name
        kind = profile.kind
        company = profile.company
        model = profile.model
        capacity = Capacity(
            payloadGrams: profile.payloadCapacityGrams, cargoVolumeLiters: profile.cargoVolumeLiters,
            cruiseSpeedMetersPerSecond: Double(profile.cruiseSpeedMillimetersPerSecond) / 1000,
            energyKilojoules: profile.energyCapacityKilojoules, rangeMeters: profile.rangeMeters)
        self.link = LinkReport(view, link: link, refused: refused, at: now)
        mode = "\(view.mode)"
        track = view.position.map { position in
            Track(
                position: PointView(position), isTrusted: view.isPositionTrusted,
                speedMetersPerSecond: Double(view.speedMillimetersPerSecond) / 1000,
                headingDegrees: Double(view.headingCentidegrees) / 100,
                energyKilojoules: view.energyKilojoules,
                energyMarginKilojoules: view.energyMarginKilojoules.flatMap {
                    $0.isFinite ? $0.rounded() : nil
                },
                payloadGrams: view.payloadGrams)
        }
        mission = view.mission?.number
        order = view.order?.number
        leg = view.leg
        nextStep = view.nextStep
        home = view.home.map { PointView($0) }
        isGrounded = view.isGrounded
        alerts = view.crewed.isEmpty ? nil : view.crewed
        reason = view.reason
    }
}

extension VehicleStatus.LinkReport {
    init(_ view: VehicleView, link: LinkStatus?, refused: [String: UInt32], at now: Instant) {
        isConnected = view.isConnected
        state = view.link
        // The link hears more than telemetry: heartbeats too.
        let heard = max(view.lastHeardAt?.nanoseconds ?? 0, link?.heardAt ?? 0)
        heardAt = heard > 0 ? Timestamp(Instant(nanoseconds: heard)) : nil
        ageSeconds = heardAt.map { max(0, (now.seconds(since: $0.instant) * 1000).rounded() / 1000) }
        if let clock = link?.clock, clock.isKnown {
            roundTripMilliseconds = Double(clock.roundTripNanoseconds) / 1e6
            clockOffsetMilliseconds = Double(clock.offsetNanoseconds) / 1e6
        }
        if let tcp = link?.roundTripMicroseconds, tcp > 0 { tcpRoundTripMilliseconds = Double(tcp) / 1000 }
        retransmissions = link?.retransmissions ?? 0
        lost = link?.lost ?? 0
        self.refused = refused
        isRevoked = link?.isRevoked ?? true
    }
}

extension Link {
    /// Refusals of one vehicle's messages by cause, those that occurred.
    public func refusals(of vehicle: UInt32) -> [String: UInt32] {
        var refused: [String: UInt32] = [:]
        for cause in LinkRefusal.allCases {
            let count = self.refused(cause, of: vehicle)
            if count > 0 { refused["\(cause)"] = count }
        }
        return refused
    }
}
