import Testing
import World

@testable import Traffic

@Suite struct StrategicTests {
    private static func line(
        _ id: UInt64, priority: Int32 = 0, company: UInt32 = 0, z: Double = 60, from: (Double, Double),
        to: (Double, Double)
    ) throws -> OperationalIntent {
        func at(_ part: Double, _ height: Double, _ seconds: Double) -> Waypoint {
            Waypoint(
                x: from.0 + (to.0 - from.0) * part, y: from.1 + (to.1 - from.1) * part, z: height,
                seconds: seconds)
        }
        return try OperationalIntent(
            id: id, priority: priority, company: company,
            waypoints: [at(0, 0, 0), at(0.1, z, 20), at(0.9, z, 180), at(1, 0, 200)], radiusMeters: 20,
            halfHeightMeters: 10)
    }

    @Test func outcomes() throws {
        var index = IntentIndex()
        try index.insert(try Self.line(1, priority: 5, from: (-1000, 0), to: (1000, 0)))
        let plan = try Self.line(2, priority: 5, from: (0, -1000), to: (0, 1000))
        let delayed = try index.decide(plan)
        #expect(delayed.version == 1 && delayed.blocking.count == 1)
        // Both 10 m/s at right angles, 40 m: 40 * sqrt(2) / 10 s.
        guard case .delayed(let seconds) = delayed.outcome else {
            Issue.record("\(delayed.outcome)")
            return
        }
        #expect((seconds - 4 * 2.0.squareRoot()).magnitude < 0.002)
        let layer = try index.decide(
            plan, options: StrategicOptions(layers: [30, -30], secondsPerLayerMeter: 0.1))
        #expect(layer.outcome == .layerChanged(upMeters: 30, delaySeconds: 0))
        let refused = try index.decide(plan, options: StrategicOptions(delaySecondsMax: 1))
        #expect(refused.outcome == .refused(requirement: "SCD0035"))
        let lower = try Self.line(3, priority: 4, from: (0, -1000), to: (0, 1000))
        #expect(
            try index.decide(lower, options: StrategicOptions(delaySecondsMax: 1)).outcome
                == .refused(requirement: "SCD0015"))
        let higher = try index.decide(try Self.line(4, priority: 6, from: (0, -1000), to: (0, 1000)))
        #expect(higher.outcome == .accepted && higher.notices == [1])
        let permitted = try index.decide(
            plan, options: StrategicOptions(policy: IntentPolicy(equalPriority: .permitWithinCompany)))
        #expect(permitted.outcome == .accepted && permitted.notices == [1])
        let down = try index.decide(
            lower, options: StrategicOptions(policy: IntentPolicy(downCompanies: [0])))
        #expect(down.outcome == .accepted)
        try index.move(1, to: .activated)
        #expect(
            try index.decide(lower, options: StrategicOptions(policy: IntentPolicy(downCompanies: [0])))
                .outcome != .accepted)
        // Out of its plan: nobody may cross, of whatever priority.
        try index.move(1, to: .nonconforming)
        #expect(
            try index.decide(try Self.line(4, priority: 6, from: (0, -1000), to: (0, 1000))).outcome
                != .accepted)
        #expect(index.version == 3)
        // Far aside there is nobody.
        try index.insert(try Self.line(7, priority: 9, z: 90, from: (-1000, 0), to: (1000, 0)))
        let around = try index.decide(
            try Self.line(8, from: (1000, 0), to: (-1000, 0)),
            options: StrategicOptions(delaySecondsMax: 20, offsets: [100, 300], secondsPerOffsetMeter: 0.01))
        #expect(around.outcome == .rerouted(leftMeters: 100, upMeters: 0, delaySeconds: 0))
        #expect(around.blocking.count > 0 && index.conflicts(of: around.intent).isEmpty)
    }

    @Test func statesFollowTheStandard() throws {
        var index = IntentIndex()
        let plan = try Self.line(1, from: (0, 0), to: (500, 0))
        try index.insert(plan)
        #expect(throws: IntentFault.duplicate(id: 1)) { try index.insert(plan) }
        try index.move(1, to: .activated)
        #expect(throws: IntentFault.badTransition(from: .activated, to: .accepted)) {
            try index.move(1, to: .accepted)
        }
        try index.move(1, to: .contingent)
        #expect(throws: IntentFault.badTransition(from: .contingent, to: .activated)) {
            try index.move(1, to: .activated)
        }
        try index.move(1, to: .ended)
        #expect(index.count == 0)
        #expect(throws: IntentFault.unknown(id: 1)) { try index.move(1, to: .ended) }
        #expect(!IntentState.ended.mayBecome(.accepted))
        let copy = index
        try index.insert(plan)
        let other = try Self.line(2, from: (0, 0), to: (500, 0))
        #expect(copy.count == 0 && copy.conflicts(of: other).isEmpty)
    }

    @Test func limitsAreNamed() throws {
        func fault(_ points: [Waypoint], radius: Double = 5, slack: Double = 0) -> IntentFault? {
            do {
                _ = try OperationalIntent(
                    id: 1, waypoints: points, radiusMeters: radius, halfHeightMeters: 5,
                    slackAfterSeconds: slack)
            } catch { return error }
            return nil
        }
        let (a, b) = (Waypoint(x: 0, y: 0, z: 0, seconds: 0), Waypoint(x: 10, y: 0, z: 0, seconds: 10))
        #expect(fault([a, b]) == nil)
        #expect(fault([a]) == .tooFewWaypoints(count: 1))
        #expect(fault([b, a]) == .timeNotAscending(waypoint: 1))
        #expect(fault([a, a]) == .timeNotAscending(waypoint: 1))
        #expect(fault([a, Waypoint(x: .nan, y: 0, z: 0, seconds: 1)]) == .notFinite(waypoint: 1))
        #expect(
            fault([a, Waypoint(x: 9000, y: 0, z: 0, seconds: 1)])
                == .tooFast(waypoint: 1, metersPerSecond: 9000))
        #expect(fault([a, b], radius: -1) == .tubeOutOfRange)
        #expect(fault([a, b], radius: .nan) == .tubeOutOfRange)
        #expect(fault([a, b], slack: 4000) == .slackOutOfRange)
        let many = (0...2501).map { Waypoint(x: 0, y: 0, z: 0, seconds: Double($0)) }
        #expect(fault(many) == .tooManySegments(count: 2501, limit: 2500))
        let plan = try Self.line(1, from: (0, 0), to: (500, 0))
        #expect(throws: IntentFault.endsBeforeNow) { try plan.checkHorizon(nowSeconds: 300) }
        #expect(throws: IntentFault.self) { try plan.checkHorizon(nowSeconds: -3e6) }
        #expect(throws: IntentFault.tooFast(waypoint: 1, metersPerSecond: 9000)) {
            _ = try OperationalIntent(
                id: 1, waypoints: [a, Waypoint(x: 9000, y: 0, z: 0, seconds: 1)], radiusMeters: 1,
                halfHeightMeters: 1)
        }
    }
}
