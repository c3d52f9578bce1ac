import CAllocations
import Testing
import Traffic
import World

/// Drones that fly as they are told, for tests.
struct ResolverFlight {
    static let drone = ResolutionClass(
        acceleration: 3, maximumSpeed: 25, maximumClimb: 5, maximumDescent: 5)
    var bodies: [ResolutionBody]
    var advisories: [Advisory]
    var counts = ResolutionCounts()
    var nearest = Double.infinity
    var changes = 0
    var tick: UInt64 = 0
    let resolver: Resolver
    let acceleration = 3.0

    init?(_ bodies: [ResolutionBody], path: VectorPath = .best, classes: [ResolutionClass] = [Self.drone]) {
        guard let resolver = Resolver(classes: classes, path: path) else { return nil }
        self.resolver = resolver
        self.bodies = bodies
        let none = Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: 0)
        advisories = bodies.map {
            Advisory(id: $0.id, reason: .clear, manoeuvre: none, against: 0, timeSeconds: 0)
        }
    }

    mutating func resolve() {
        counts = bodies.withUnsafeBufferPointer { bodies in
            advisories.withUnsafeMutableBufferPointer {
                resolver.resolve(bodies, tick: tick, airspace: OpenAirspace(), into: $0)
            }
        }
    }

    mutating func step() {
        resolve()
        fly()
    }

    /// A tenth of a second as they were told.
    mutating func fly() {
        tick += 1
        for i in bodies.indices {
            guard bodies[i].isCooperative else {
                bodies[i].motion = bodies[i].motion.advanced(by: 0.1)
                continue
            }
            let manoeuvre = advisories[i].manoeuvre
            if manoeuvre != bodies[i].current { changes += 1 }
            var m = bodies[i].motion
            let climb = manoeuvre.verticalVelocity(at: m.z, acceleration: acceleration)
            let (dx, dy, dz) = (manoeuvre.vx - m.vx, manoeuvre.vy - m.vy, climb - m.vz)
            let change = (dx * dx + dy * dy + dz * dz).squareRoot()
            let share = change > acceleration * 0.1 ? acceleration * 0.1 / change : 1
            (m.vx, m.vy, m.vz) = (m.vx + dx * share, m.vy + dy * share, m.vz + dz * share)
            (m.x, m.y, m.z) = (m.x + 0.1 * m.vx, m.y + 0.1 * m.vy, m.z + 0.1 * m.vz)
            bodies[i].motion = m
            bodies[i].current = manoeuvre
        }
        for i in bodies.indices {
            for j in 0..<i { nearest = min(nearest, distance(i, j)) }
        }
    }

    func distance(_ i: Int, _ j: Int) -> Double {
        let (a, b) = (bodies[i].motion, bodies[j].motion)
        let (dx, dy, dz) = (a.x - b.x, a.y - b.y, a.z - b.z)
        return (dx * dx + dy * dy + dz * dz).squareRoot()
    }

    static func body(
        _ id: UInt32, x: Double, y: Double, z: Double = 100, vx: Double, vy: Double
    ) -> ResolutionBody {
        let wanted = Manoeuvre(vx: vx, vy: vy, climbRate: 2, levelMeters: z)
        return ResolutionBody(
            id: id, motion: Motion(x: x, y: y, z: z, vx: vx, vy: vy, vz: 0), wanted: wanted, current: wanted)
    }

    /// A random crowd at some spacing, on a jittered lattice.
    static func crowd(_ count: Int, spacing: Double, seed: UInt64) -> [ResolutionBody] {
        var random = SplitMix64(seed: seed)
        let side = Int(Double(count).squareRoot().rounded(.up))
        return (0..<count).map { i in
            let (x, y) = (Double(i % side) * spacing, Double(i / side) * spacing)
            let (vx, vy) = (40 * random.unit() - 20, 40 * random.unit() - 20)
            let size = max((vx * vx + vy * vy).squareRoot(), 1)
            return body(
                UInt32(i + 1), x: x + 20 * random.unit(), y: y + 20 * random.unit(),
                z: 60 + 60 * random.unit(),
                vx: 20 * vx / size, vy: 20 * vy / size)
        }
    }
}

@Suite struct ResolverTests {
    @Test func headOnAtOneAltitudePassesApart() throws {
        var flight = try #require(
            ResolverFlight([
                ResolverFlight.body(1, x: 0, y: 0, vx: 20, vy: 0),
                ResolverFlight.body(2, x: 600, y: 0, vx: -20, vy: 0),
            ]))
        for _ in 0..<500 { flight.step() }
        #expect(flight.nearest >= 30)
        // It went on, back at its level, and did not dither.
        #expect(flight.bodies[0].motion.x > 980)
        #expect(abs(flight.bodies[1].motion.z - 100) < 1)
        #expect(flight.changes < 12)
        #expect(flight.advisories.allSatisfy { $0.reason == .clear })
    }

    @Test func overtakingAndCrossingStreams() throws {
        var bodies = [
            ResolverFlight.body(1, x: 0, y: -1500, vx: 22, vy: 0),
            ResolverFlight.body(2, x: 150, y: -1497, vx: 8, vy: 0),
        ]
        for i in 0..<6 {
            let way = Double(i) * 90
            bodies.append(ResolverFlight.body(UInt32(10 + i), x: -300 - way, y: 400, vx: 20, vy: 0))
            bodies.append(ResolverFlight.body(UInt32(20 + i), x: 0, y: 100 - way, vx: 0, vy: 20))
        }
        var flight = try #require(ResolverFlight(bodies))
        for _ in 0..<450 { flight.step() }
        #expect(flight.nearest >= 30)
    }

    @Test func antipodalCircle() throws {
        let bodies = (0..<12).map { i in
            // Twelve directions from a rotation by 30 degrees.
            var (c, s) = (1.0, 0.0)
            for _ in 0..<i { (c, s) = (c * 0.75.squareRoot() - s * 0.5, c * 0.5 + s * 0.75.squareRoot()) }
            return ResolverFlight.body(UInt32(i + 1), x: 500 * c, y: 500 * s, vx: -15 * c, vy: -15 * s)
        }
        var flight = try #require(ResolverFlight(bodies))
        for _ in 0..<700 { flight.step() }
        #expect(flight.nearest >= 30)
        for body in flight.bodies {
            let m = body.motion
            #expect(m.x * m.x + m.y * m.y > 400 * 400, "vehicle \(body.id) is stuck")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func crowdKeepsApart(seed: UInt64) throws {
        var flight = try #require(ResolverFlight(ResolverFlight.crowd(49, spacing: 110, seed: seed)))
        for _ in 0..<100 {
            flight.step()
            #expect(flight.counts.deferredBodies == 0)
        }
        #expect(flight.nearest > 15.24, "seed \(seed)")
    }

    /// Whoever stops now, all at once, stops without meeting anybody: the invariant, by brute force over time.
    @Test func contingenciesStayDisjoint() throws {
        var flight = try #require(ResolverFlight(ResolverFlight.crowd(36, spacing: 160, seed: 9)))
        for tick in 0..<90 {
            flight.step()
            guard tick > 20, tick % 10 == 0 else { continue }
            var stopping = flight.bodies.map(\.motion)
            for _ in 0..<90 {
                for i in stopping.indices {
                    var m = stopping[i]
                    let speed = (m.vx * m.vx + m.vy * m.vy + m.vz * m.vz).squareRoot()
                    let share = speed > 0.3 ? 1 - 0.3 / speed : 0
                    (m.vx, m.vy, m.vz) = (m.vx * share, m.vy * share, m.vz * share)
                    stopping[i] = m.advanced(by: 0.1)
                }
                for i in stopping.indices {
                    for j in 0..<i {
                        let (dx, dy) = (stopping[i].x - stopping[j].x, stopping[i].y - stopping[j].y)
                        let near = dx * dx + dy * dy < 15.24 * 15.24
                        #expect(!near || abs(stopping[i].z - stopping[j].z) >= 4.572)
                    }
                }
            }
        }
    }

    @Test func intruderIsAvoidedAndNeverCommanded() throws {
        let crewed = ResolutionClass(
            acceleration: 3, maximumSpeed: 120, maximumClimb: 10, maximumDescent: 10, separationMeters: 400,
            separationHeightMeters: 76)
        var intruder = ResolverFlight.body(9, x: 3000, y: 0, vx: -70, vy: 0)
        intruder.classIndex = 1
        intruder.rightOfWay = .crewed
        intruder.isCooperative = false
        var flight = try #require(
            ResolverFlight(
                [ResolverFlight.body(1, x: 0, y: 0, vx: 20, vy: 0), intruder],
                classes: [ResolverFlight.drone, crewed]))
        var least = Double.infinity
        for _ in 0..<600 {
            flight.step()
            #expect(flight.advisories[1].reason == .uncontrolled)
            let (a, b) = (flight.bodies[0].motion, flight.bodies[1].motion)
            let flat = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot() / 400
            let high = abs(a.z - b.z) / 76
            least = min(least, flat * flat + high * high)
        }
        #expect(least >= 1)
        #expect(flight.bodies[1].motion.y == 0)
    }

    @Test func whoHasLessRightGivesWay() throws {
        var first = ResolverFlight.body(2, x: 0, y: 0, vx: 20, vy: 0)
        first.rightOfWay = .emergency
        var flight = try #require(
            ResolverFlight([ResolverFlight.body(1, x: 400, y: 0, vx: -20, vy: 0), first]))
        flight.resolve()
        #expect(flight.advisories[0].reason == .resolving)
        #expect(flight.advisories[0].against == 2)
        #expect(flight.advisories[1].manoeuvre == first.wanted)
    }

    @Test func sameBytesForBothPathsAndAnyOrder() throws {
        let bodies = ResolverFlight.crowd(64, spacing: 80, seed: 4)
        var wide = try #require(ResolverFlight(bodies, path: .best))
        var portable = try #require(ResolverFlight(bodies, path: .portable))
        var random = SplitMix64(seed: 5)
        var shuffled = try #require(ResolverFlight(bodies.shuffled(using: &random)))
        for _ in 0..<12 {
            wide.step()
            portable.step()
            shuffled.step()
            #expect(wide.advisories == portable.advisories)
            #expect(wide.counts == portable.counts)
            #expect(shuffled.advisories.sorted { $0.id < $1.id } == wide.advisories)
        }
    }

    @Test func unsoundBodiesAreRefused() throws {
        let good = ResolverFlight.body(1, x: 0, y: 0, vx: 20, vy: 0)
        var wrong = [ResolverFlight.body(2, x: .nan, y: 0, vx: 20, vy: 0)]
        wrong.append(ResolverFlight.body(3, x: 0, y: 0, vx: .infinity, vy: 0))
        wrong.append(ResolverFlight.body(4, x: 0, y: 1e9, vx: 0, vy: 0))
        wrong.append(ResolverFlight.body(5, x: 0, y: 500, vx: 20, vy: 0))
        wrong.append(ResolverFlight.body(5, x: 0, y: 900, vx: 20, vy: 0))
        wrong.append(ResolverFlight.body(6, x: 0, y: 500, vx: 20, vy: 0))
        wrong[5].classIndex = 7
        var flight = try #require(ResolverFlight([good] + wrong))
        flight.resolve()
        #expect(flight.counts.refused == 6)
        #expect(flight.advisories.dropFirst().allSatisfy { $0.reason == .refused })
        #expect(flight.advisories[0].reason == .clear)
        #expect(Resolver(classes: []) == nil)
        #expect(
            Resolver(classes: [
                ResolutionClass(acceleration: .nan, maximumSpeed: 1, maximumClimb: 1, maximumDescent: 1)
            ])
                == nil)
    }

    @Test func identicalBodiesComeApart() throws {
        var flight = try #require(
            ResolverFlight((1...3).map { ResolverFlight.body($0, x: 10, y: 10, vx: 0, vy: 0) }))
        for _ in 0..<300 { flight.step() }
        #expect(flight.bodies.allSatisfy { $0.motion.isFinite })
        #expect(flight.distance(0, 1) > 20 && flight.distance(1, 2) > 20 && flight.distance(0, 2) > 20)
    }

    @Test func aCrowdIsBoundedAndCounted() throws {
        var settings = ResolverSettings()
        settings.examinationsPerTick = 500
        settings.examinationsPerThousand = 0
        let resolver = try #require(Resolver(classes: [ResolverFlight.drone], settings: settings))
        let bodies = ResolverFlight.crowd(400, spacing: 20, seed: 3)
        var advisories = bodies.map {
            Advisory(id: $0.id, reason: .clear, manoeuvre: $0.wanted, against: 0, timeSeconds: 0)
        }
        let counts = bodies.withUnsafeBufferPointer { bodies in
            advisories.withUnsafeMutableBufferPointer {
                resolver.resolve(bodies, tick: 0, airspace: OpenAirspace(), into: $0)
            }
        }
        #expect(counts.deferredBodies > 0)
        #expect(counts.conflicts > 0)
    }

    @Test func steadyTicksAllocateNothing() throws {
        var flight = try #require(ResolverFlight(ResolverFlight.crowd(100, spacing: 100, seed: 6)))
        for _ in 0..<5 { flight.step() }
        let before = keruen_allocations()
        for _ in 0..<5 { flight.resolve() }
        #if !DEBUG
            // Unoptimised code boxes values of its own.
            #expect(keruen_allocations() == before)
        #else
            #expect(keruen_allocations() >= before)
        #endif
    }

    struct NoClimb: ResolutionAirspace {
        func admits(_ body: borrowing ResolutionBody, _ manoeuvre: Manoeuvre, seconds: Double) -> Bool {
            manoeuvre.levelMeters <= 100.5 && manoeuvre.levelMeters >= 99.5
        }
    }

    @Test func whatFencesForbidIsNotCommanded() throws {
        var flight = try #require(
            ResolverFlight([
                ResolverFlight.body(1, x: 0, y: 0, vx: 20, vy: 0),
                ResolverFlight.body(2, x: 400, y: 0, vx: -20, vy: 0),
            ]))
        _ = flight.bodies.withUnsafeBufferPointer { bodies in
            flight.advisories.withUnsafeMutableBufferPointer {
                flight.resolver.resolve(bodies, tick: 0, airspace: NoClimb(), into: $0)
            }
        }
        #expect(flight.advisories.contains { $0.reason == .resolving && abs($0.manoeuvre.vy) > 1 })
        #expect(flight.advisories.allSatisfy { abs($0.manoeuvre.levelMeters - 100) <= 0.5 })
    }
}
