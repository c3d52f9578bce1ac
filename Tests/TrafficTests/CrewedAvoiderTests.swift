import CAllocations
import Testing
import World

@testable import Traffic

@Suite struct CrewedAvoiderTests {
    /// Flies with perfect knowledge, a decision a second; the smallest multiple of the F3442 volume met.
    private static func fly(
        _ limits: AvoidanceLimits, _ crewed: Motion, seconds: Int, deciding: Bool
    ) -> (clearance: Double, lowest: Double, highest: Double) {
        var own = Motion(x: 0, y: 0, z: 90, vx: 0, vy: limits.cruise, vz: 0)
        let wanted = AvoidanceVelocity(vx: 0, vy: limits.cruise, vz: 0)
        var avoider = CrewedAvoider(limits: limits, floorMeters: 20, ceilingMeters: 180)
        var (least, lowest, highest) = (Double.infinity, own.z, own.z)
        var goal = wanted
        for step in 0..<seconds * 5 {
            let other = crewed.advanced(by: Double(step) / 5)
            let (dx, dy, dz) = (own.x - other.x, own.y - other.y, abs(own.z - other.z))
            least = min(least, max((dx * dx + dy * dy).squareRoot() / 609.6, dz / 76.2))
            if deciding, step % 5 == 0 {
                let track = CrewedTrack(
                    other, positionError: 0, altitudeError: 0, velocityError: 0, verticalRateError: 0)
                goal = withUnsafePointer(to: track) {
                    avoider.decide(
                        own: own, wanted: wanted, traffic: UnsafeBufferPointer(start: $0, count: 1))
                }
            }
            own = limits.advance(own, towards: goal, seconds: 0.2)
            (lowest, highest) = (min(lowest, own.z), max(highest, own.z))
        }
        return (least, lowest, highest)
    }

    @Test(arguments: [AvoidanceLimits.multirotor, .wing])
    func staysWellClearFromEverySide(limits: AvoidanceLimits) {
        for (x, y) in [(0.0, 1.0), (0, -1), (1, 0), (-1, 0), (0.8, 0.6), (-0.6, 0.8)] {
            // Meets the drone's path after 90 s, at its altitude.
            let (vx, vy) = (-x * 60, -y * 60)
            let crewed = Motion(x: -vx * 90, y: limits.cruise * 90 - vy * 90, z: 90, vx: vx, vy: vy, vz: 0)
            let alone = Self.fly(limits, crewed, seconds: 130, deciding: false)
            let avoiding = Self.fly(limits, crewed, seconds: 130, deciding: true)
            #expect(alone.clearance < 0.2)
            #expect(avoiding.clearance >= 1, "from (\(x), \(y))")
            #expect(avoiding.lowest >= 18 && avoiding.highest <= 182)
        }
    }

    @Test func fliesOnWithoutThreat() {
        var avoider = CrewedAvoider(limits: .multirotor, floorMeters: 20, ceilingMeters: 180)
        let own = Motion(x: 0, y: 0, z: 90, vx: 0, vy: 15, vz: 0)
        let wanted = AvoidanceVelocity(vx: 0, vy: 15, vz: 0)
        #expect(
            avoider.decide(own: own, wanted: wanted, traffic: UnsafeBufferPointer(start: nil, count: 0))
                == wanted)
        let high = CrewedTrack(
            Motion(x: 0, y: 3000, z: 600, vx: 0, vy: -60, vz: 0), positionError: 15, altitudeError: 10,
            velocityError: 1, verticalRateError: 0.5)
        let decided = withUnsafePointer(to: high) {
            avoider.decide(own: own, wanted: wanted, traffic: UnsafeBufferPointer(start: $0, count: 1))
        }
        #expect(decided == wanted && avoider.current == nil)
    }

    @Test func keepsToWhatIsAllowed() {
        // Only the west is open.
        var avoider = CrewedAvoider(limits: .multirotor, floorMeters: 20, ceilingMeters: 180)
        let own = Motion(x: 0, y: 0, z: 90, vx: 0, vy: 15, vz: 0)
        let track = CrewedTrack(
            Motion(x: 0, y: 5000, z: 90, vx: 0, vy: -60, vz: 0), positionError: 0, altitudeError: 0,
            velocityError: 0, verticalRateError: 0)
        let decided = withUnsafePointer(to: track) {
            avoider.decide(
                own: own, wanted: AvoidanceVelocity(vx: 0, vy: 15, vz: 0),
                traffic: UnsafeBufferPointer(start: $0, count: 1)
            ) { $0.x < -100 }
        }
        #expect(decided.vx < -1)
    }

    @Test func decidesWithoutAllocation() {
        var avoider = CrewedAvoider(limits: .wing, floorMeters: 20, ceilingMeters: 180)
        let own = Motion(x: 0, y: 0, z: 90, vx: 0, vy: 25, vz: 0)
        let track = CrewedTrack(
            Motion(x: 0, y: 4000, z: 90, vx: 0, vy: -60, vz: 0), positionError: 10, altitudeError: 10,
            velocityError: 1, verticalRateError: 1)
        func decide() {
            _ = withUnsafePointer(to: track) {
                avoider.decide(
                    own: own, wanted: AvoidanceVelocity(vx: 0, vy: 25, vz: 0),
                    traffic: UnsafeBufferPointer(start: $0, count: 1))
            }
        }
        decide()
        let before = keruen_allocations()
        decide()
        #expect(keruen_allocations() == before)
        #expect(avoider.current != nil)
    }

    @Test(arguments: [AvoidanceLimits.multirotor, .wing]) func motionKeepsItsLimits(limits: AvoidanceLimits) {
        var source = PairSource(random: SplitMix64(seed: 3))
        var own = Motion(x: 0, y: 0, z: 0, vx: 0, vy: limits.cruise, vz: 0)
        var goal = AvoidanceVelocity(vx: 0, vy: limits.cruise, vz: 0)
        for step in 0..<3000 {
            if step % 40 == 0 {
                let (x, y) = (source.uniform(-1, 1), source.uniform(-1, 1))
                let speed = source.uniform(max(limits.slowest, 0.1), limits.fastest)
                let length = (x * x + y * y).squareRoot()
                goal = AvoidanceVelocity(
                    vx: x / length * speed, vy: y / length * speed, vz: source.uniform(-4, 4))
            }
            let next = limits.advance(own, towards: goal, seconds: 0.1)
            let (dx, dy) = (next.vx - own.vx, next.vy - own.vy)
            let change = (dx * dx + dy * dy).squareRoot()
            let speed = (next.vx * next.vx + next.vy * next.vy).squareRoot()
            let most = limits.acceleration + (limits.turnRate ?? 0) * limits.fastest
            #expect(change <= most * 0.1 + 1e-9)
            #expect(speed >= limits.slowest - 1e-9 && speed <= limits.fastest + 1e-9)
            #expect(abs(next.vz - own.vz) <= limits.verticalAcceleration * 0.1 + 1e-9)
            own = next
        }
    }
}
