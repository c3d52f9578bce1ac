import World

/// One vehicle as an operator sees it.
public struct VehicleView: Hashable, Sendable, Codable {
    public var profile: VehicleProfile
    public var isConnected: Bool
    public var link: LinkState
    public var mode: VehicleMode
    /// Nil before the first telemetry since the station started.
    public var position: Position<MeanSeaLevel>?
    public var isPositionTrusted: Bool
    public var speedMillimetersPerSecond: UInt32
    public var headingCentidegrees: UInt16
    public var energyKilojoules: UInt32
    public var payloadGrams: UInt32
    public var mission: MissionID?
    public var order: OrderID?
    public var leg: Int
    public var lastHeardAt: Instant?
    public var home: Position<MeanSeaLevel>?
    public var isGrounded: Bool
    /// What it does and why, for a person.
    public var reason: String
}

extension Controller {
    /// In order of enrolment.
    public var vehicles: [VehicleView] { tracks.indices.map(view) }

    public func vehicle(_ id: VehicleID) -> VehicleView? { state.index(of: id).map(view) }

    private func view(_ v: Int) -> VehicleView {
        let (t, vehicle) = (tracks[v], state.fleet[v])
        let ours = mission(of: v)
        let (e, n) = (
            Double(t.report.velocityEastMillimetersPerSecond),
            Double(t.report.velocityNorthMillimetersPerSecond)
        )
        let reason: String
        if vehicle.isGrounded {
            reason = "grounded: \(vehicle.groundedReason)"
        } else if let ours {
            reason = ours.reason
        } else if !t.connected {
            reason = "not connected"
        } else if t.link != .live {
            reason = "link is \(t.link.rawValue)"
        } else if !t.positionTrusted {
            reason = "position is not trusted"
        } else if t.report.health & HealthFault.grounding != 0 || t.report.mode == .fault {
            reason = "reports a fault"
        } else if t.restUntil > now {
            reason = "no new mission until \(clock(t.restUntil))"
        } else {
            reason = t.stands ? "free" : "not on the ground"
        }
        return VehicleView(
            profile: vehicle.profile, isConnected: t.connected, link: t.link, mode: t.report.mode,
            position: t.hasReport ? t.report.position : nil, isPositionTrusted: t.positionTrusted,
            speedMillimetersPerSecond: UInt32((e * e + n * n).squareRoot().clamped(to: 0...4e9)),
            headingCentidegrees: t.report.headingCentidegrees, energyKilojoules: t.report.energyKilojoules,
            payloadGrams: t.report.payloadGrams, mission: ours?.id,
            order: ours?.order ?? state.orderOnBoard[v], leg: Int(t.report.leg),
            lastHeardAt: t.hasReport ? t.heardAt : nil, home: vehicle.home, isGrounded: vehicle.isGrounded,
            reason: reason)
    }
}
