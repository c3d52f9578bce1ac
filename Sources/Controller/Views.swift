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
    /// What it does next on its mission; nil without one.
    public var nextStep: MissionStep.Action?
    /// Share of its capacity, 0...1.
    public var energyShare = 0.0
    /// What would be left after going to its contingency with the reserve, kilojoules; negative is too little.
    /// Nil without a mission or position.
    public var energyMarginKilojoules: Double?
    /// Crewed aircraft it is alerted of, the most urgent first.
    public var crewed: [CrewedAlertView] = []
    /// What it does and why, or why it waits, for a person.
    public var reason: String
}

/// How far a mission has come, as an operator sees it.
public struct MissionView: Hashable, Sendable, Codable {
    public var mission: MissionID
    public var vehicle: VehicleID
    public var order: OrderID?
    public var state: MissionState
    /// Steps done and in all, contingency not counted.
    public var stepsDone: Int
    public var steps: Int
    /// Share of its way that is done, by distance, 0...1.
    public var progress: Double
    public var expectedEnd: Instant
    /// Seconds behind the plan, 0 when not.
    public var behindSeconds: Double
    public var reason: String
}

/// Why orders were refused since the station started.
public struct RefusalCount: Hashable, Sendable, Codable {
    public var cause: RefusalCause
    public var count: Int
}

public enum RefusalCause: String, Sendable, Codable, CaseIterable {
    /// The request itself is wrong; it leaves no order behind.
    case malformed
    /// The key names another order.
    case keyTaken
    case noSuchKind, tooHeavy, tooLarge, beyondReach, noRoad, prohibitedZone
}

extension Controller {
    /// In order of enrolment.
    public var vehicles: [VehicleView] { tracks.indices.map(view) }

    public func vehicle(_ id: VehicleID) -> VehicleView? { state.index(of: id).map(view) }

    public func vehicle(named name: String) -> VehicleView? {
        state.fleet.firstIndex { $0.profile.name == name }.map(view)
    }

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
        let step = ours?.step(min(Int(t.report.leg), ours?.steps.count ?? 0))
        let capacity = Double(vehicle.profile.energyCapacityKilojoules)
        return VehicleView(
            profile: vehicle.profile, isConnected: t.connected, link: t.link, mode: t.report.mode,
            position: t.hasReport ? t.report.position : nil, isPositionTrusted: t.positionTrusted,
            speedMillimetersPerSecond: UInt32((e * e + n * n).squareRoot().clamped(to: 0...4e9)),
            headingCentidegrees: t.report.headingCentidegrees, energyKilojoules: t.report.energyKilojoules,
            payloadGrams: t.report.payloadGrams, mission: ours?.id,
            order: ours?.order ?? state.orderOnBoard[v], leg: Int(t.report.leg),
            lastHeardAt: t.hasReport ? t.heardAt : nil, home: vehicle.home, isGrounded: vehicle.isGrounded,
            nextStep: step?.action,
            energyShare: capacity > 0 ? Double(t.report.energyKilojoules) / capacity : 0,
            energyMarginKilojoules: ours.flatMap { energyMargin(v, $0) }, crewed: crewedAlerts(v),
            reason: reason)
    }

    /// Missions under way, by vehicle in order of enrolment.
    public var missionsUnderWay: [MissionView] {
        tracks.indices.compactMap { v in mission(of: v).map { view(v, $0) } }
    }

    public func missionView(_ id: MissionID) -> MissionView? {
        guard let mission = state.mission(id), let v = state.index(of: mission.vehicle) else { return nil }
        return view(v, mission)
    }

    private func view(_ v: Int, _ m: Mission) -> MissionView {
        let t = tracks[v]
        let count = m.steps.firstIndex { $0.action == .contingency } ?? m.steps.count
        var done = m.state == .completed ? count : min(m.nextStep, count)
        var total = 0.0
        var gone = 0.0
        let reported = t.hasReport && t.report.missionNumber == m.id.number && !m.state.isOver
        if reported { done = max(done, min(Int(t.report.leg), count)) }
        for i in m.steps.indices.dropFirst() where i < count {
            let length = m.steps[i - 1].target.coordinate.meters(to: m.steps[i].target.coordinate)
            total += length
            if i < done { gone += length }
            if i == done, reported {
                gone += max(length - t.coordinate.meters(to: m.steps[i].target.coordinate), 0)
            }
        }
        let share = m.state == .completed ? 1 : total > 0 ? gone / total : 0
        return MissionView(
            mission: m.id, vehicle: m.vehicle, order: m.order, state: m.state, stepsDone: done, steps: count,
            progress: share.clamped(to: 0...1), expectedEnd: m.expectedEnd,
            behindSeconds: m.state.isOver ? 0 : max(now.seconds(since: m.expectedEnd), 0), reason: m.reason)
    }

    /// Each cause that occurred, in the order of `RefusalCause`.
    public var refusals: [RefusalCount] {
        zip(RefusalCause.allCases, refusalCounts).filter { $0.1 > 0 }.map {
            RefusalCount(cause: $0, count: $1)
        }
    }

    mutating func countRefusal(_ cause: RefusalCause) {
        if let i = RefusalCause.allCases.firstIndex(of: cause) { refusalCounts[i] += 1 }
    }
}
