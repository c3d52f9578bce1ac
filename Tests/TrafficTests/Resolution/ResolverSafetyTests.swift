import Glibc
import Testing
import World

@testable import Traffic

/// Vehicles of several classes that fly as they are told: who can hover changes its velocity straight, who cannot turns
/// at its speed.
struct MixedFlight {
    static let drone = ResolverFlight.drone
    static let wing = ResolutionClass(
        acceleration: 4, maximumSpeed: 30, minimumSpeed: 15, maximumClimb: 4, maximumDescent: 4)
    static let classes = [drone, wing]
    var bodies: [ResolutionBody]
    var advisories: [Advisory]
    var counts = ResolutionCounts()
    var tick: UInt64 = 0
    let resolver: Resolver

    init?(_ bodies: [ResolutionBody], settings: ResolverSettings = ResolverSettings(), threads: Int = 1) {
        guard let resolver = Resolver(classes: Self.classes, settings: settings, threads: threads) else {
            return nil
        }
        self.resolver = resolver
        self.bodies = bodies
        advisories = bodies.map {
            Advisory(id: $0.id, reason: .clear, manoeuvre: $0.wanted, against: 0, timeSeconds: 0)
        }
    }

    mutating func resolve<Airspace: ResolutionAirspace>(_ airspace: Airspace) {
        counts = bodies.withUnsafeBufferPointer { bodies in
            advisories.withUnsafeMutableBufferPointer {
                resolver.resolve(bodies, tick: tick, airspace: airspace, into: $0)
            }
        }
        tick += 1
    }

    mutating func step<Airspace: ResolutionAirspace>(_ airspace: Airspace = OpenAirspace()) {
        resolve(airspace)
        for i in bodies.indices {
            bodies[i].motion = Self.flown(bodies[i].motion, advisories[i].manoeuvre, bodies[i].classIndex)
            bodies[i].current = advisories[i].manoeuvre
        }
    }

    /// A tenth of a second of a manoeuvre.
    static func flown(_ m: Motion, _ manoeuvre: Manoeuvre, _ classIndex: UInt8) -> Motion {
        let a = classes[Int(classIndex)].acceleration
        let climb = manoeuvre.verticalVelocity(at: m.z, acceleration: a)
        var v = (x: manoeuvre.vx, y: manoeuvre.vy, z: climb)
        if classes[Int(classIndex)].canHover {
            let (dx, dy, dz) = (v.x - m.vx, v.y - m.vy, v.z - m.vz)
            let change = (dx * dx + dy * dy + dz * dz).squareRoot()
            let share = change > a * 0.1 ? a * 0.1 / change : 1
            v = (m.vx + dx * share, m.vy + dy * share, m.vz + dz * share)
        } else {
            (v.x, v.y) = turned(m, to: manoeuvre, by: a * 0.1)
            v.z = m.vz + max(-0.1 * a, min(0.1 * a, climb - m.vz))
        }
        return Motion(
            x: m.x + 0.05 * (m.vx + v.x), y: m.y + 0.05 * (m.vy + v.y), z: m.z + 0.05 * (m.vz + v.z),
            vx: v.x, vy: v.y, vz: v.z)
    }

    /// A coordinated turn: as much across the course as the class can, and the speed no faster than that.
    static func turned(_ m: Motion, to manoeuvre: Manoeuvre, by change: Double) -> (Double, Double) {
        let flown = (m.vx * m.vx + m.vy * m.vy).squareRoot()
        let told = (manoeuvre.vx * manoeuvre.vx + manoeuvre.vy * manoeuvre.vy).squareRoot()
        let speed = flown + max(-change, min(change, told - flown))
        let (x, y) = (m.vx / flown, m.vy / flown)
        let (tx, ty) = (manoeuvre.vx / told, manoeuvre.vy / told)
        let (cross, dot) = (x * ty - y * tx, x * tx + y * ty)
        if dot > 0, abs(cross) <= change / flown { return (speed * tx, speed * ty) }
        let side = cross > 0 ? change / flown : -change / flown
        let (nx, ny) = (x - y * side, y + x * side)
        let size = (nx * nx + ny * ny).squareRoot()
        return (speed * nx / size, speed * ny / size)
    }

    /// Pairs nearer than the near-collision cylinder of small aircraft.
    static func collisions(_ motions: [Motion]) -> Int {
        var count = 0
        for i in motions.indices {
            for j in 0..<i {
                let (dx, dy) = (motions[i].x - motions[j].x, motions[i].y - motions[j].y)
                if dx * dx + dy * dy < 15.24 * 15.24, abs(motions[i].z - motions[j].z) < 4.572 { count += 1 }
            }
        }
        return count
    }

    /// Collisions when everybody flies its contingency from now on: who hovers brakes, the others circle to the right.
    func collisionsOfContingencies(seconds: Int) -> Int {
        var motions = bodies.map(\.motion)
        var count = 0
        for _ in 0..<(10 * seconds) {
            for i in motions.indices {
                let m = motions[i]
                let right = Manoeuvre(vx: m.vy, vy: -m.vx, climbRate: 0, levelMeters: m.z)
                let stop = Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: m.z)
                let isWing = bodies[i].classIndex == 1
                motions[i] = Self.flown(m, isWing ? right : stop, bodies[i].classIndex)
            }
            count += Self.collisions(motions)
        }
        return count
    }

    enum Fleet: CaseIterable { case hovering, winged, mixed }

    /// A fleet on a jittered lattice wide enough that contingencies are disjoint, in directions at random.
    static func fleet(_ fleet: Fleet, seed: UInt64) -> [ResolutionBody] {
        var random = SplitMix64(seed: seed)
        let spacing = fleet == .hovering ? 130.0 : fleet == .winged ? 420 : 330
        return (0..<25).map { i in
            let isWing = fleet == .winged || (fleet == .mixed && i % 2 == 0)
            let (vx, vy) = (2 * random.unit() - 1, 2 * random.unit() - 1)
            let size = max((vx * vx + vy * vy).squareRoot(), 0.01) / 20
            var body = ResolverFlight.body(
                UInt32(i + 1), x: Double(i % 5) * spacing + 10 * random.unit(),
                y: Double(i / 5) * spacing + 10 * random.unit(), z: 80 + 20 * random.unit(), vx: vx / size,
                vy: vy / size)
            body.classIndex = isWing ? 1 : 0
            return body
        }
    }
}

@Suite struct ResolverSafetyTests {
    /// Whoever loses its link now, all at once, meets nobody: the invariant, flown out by brute force.
    @Test(arguments: MixedFlight.Fleet.allCases, [1, 2, 3] as [UInt64])
    func contingenciesStayDisjoint(fleet: MixedFlight.Fleet, seed: UInt64) throws {
        var flight = try #require(MixedFlight(MixedFlight.fleet(fleet, seed: seed)))
        try #require(flight.collisionsOfContingencies(seconds: 20) == 0, "seed \(seed)")
        for tick in 0..<120 {
            flight.step()
            #expect(MixedFlight.collisions(flight.bodies.map(\.motion)) == 0, "seed \(seed), tick \(tick)")
            #expect(flight.counts.brokenContingencies == 0, "seed \(seed), tick \(tick)")
            guard tick % 40 == 39 else { continue }
            #expect(flight.collisionsOfContingencies(seconds: 20) == 0, "seed \(seed), tick \(tick)")
        }
    }

    /// Without any work allowed everybody is deferred and flies on as it did; what is left then is that whoever would
    /// break a contingency flies its own.
    @Test(arguments: MixedFlight.Fleet.allCases, [5, 6, 7] as [UInt64])
    func deferredBodiesStaySafe(fleet: MixedFlight.Fleet, seed: UInt64) throws {
        var settings = ResolverSettings()
        (settings.examinationsPerTick, settings.examinationsPerThousand) = (0, 0)
        var flight = try #require(MixedFlight(MixedFlight.fleet(fleet, seed: seed), settings: settings))
        var contingencies = 0
        for tick in 0..<120 {
            flight.step()
            contingencies += flight.counts.contingencies
            #expect(flight.counts.solved == 0)
            #expect(MixedFlight.collisions(flight.bodies.map(\.motion)) == 0, "seed \(seed), tick \(tick)")
            #expect(flight.counts.brokenContingencies == 0, "seed \(seed), tick \(tick)")
            guard tick % 60 == 59 else { continue }
            #expect(flight.collisionsOfContingencies(seconds: 20) == 0, "seed \(seed), tick \(tick)")
        }
        #expect(fleet == .winged || contingencies > 0)
    }

    /// Some work: some are solved, the others fly on, and nobody who was solved breaks what the others hold.
    @Test(arguments: [0, 30, 300], [11, 12] as [UInt64])
    func littleWorkIsSafeToo(work: Int, seed: UInt64) throws {
        var settings = ResolverSettings()
        (settings.examinationsPerTick, settings.examinationsPerThousand) = (work, 0)
        var flight = try #require(MixedFlight(MixedFlight.fleet(.hovering, seed: seed), settings: settings))
        for tick in 0..<200 {
            flight.step()
            #expect(MixedFlight.collisions(flight.bodies.map(\.motion)) == 0, "seed \(seed), tick \(tick)")
            #expect(flight.counts.brokenContingencies == 0, "seed \(seed), tick \(tick)")
        }
        #expect(flight.collisionsOfContingencies(seconds: 20) == 0)
    }

    /// The same bytes however many threads there are, with several chunks of slots, a crowd, wings and an intruder.
    @Test func sameBytesForAnyNumberOfThreads() throws {
        var bodies = ResolverFlight.crowd(1100, spacing: 60, seed: 21)
        bodies += ResolverFlight.crowd(200, spacing: 9, seed: 22).map {
            var body = $0
            body.id += 10_000
            body.classIndex = body.id % 3 == 0 ? 1 : 0
            return body
        }
        bodies.append(ResolverFlight.body(20_000, x: -2000, y: 1000, vx: 60, vy: 0))
        bodies[bodies.count - 1].isCooperative = false
        var settings = ResolverSettings()
        settings.mostNeighbours = 60
        settings.examinationsPerTick = 5000
        var one = try #require(MixedFlight(bodies, settings: settings))
        var two = try #require(MixedFlight(bodies, settings: settings, threads: 2))
        var three = try #require(MixedFlight(bodies, settings: settings, threads: 3))
        for _ in 0..<2 {
            one.step()
            two.step()
            three.step()
            #expect(one.advisories == two.advisories && one.counts == two.counts)
            #expect(one.advisories == three.advisories && one.counts == three.counts)
        }
        #expect(one.counts.conflicts > 0 && one.counts.solved > 0 && one.counts.deferredPairs > 0)
    }

    /// A vehicle that cannot hover turns along an arc, the resolver looks at another curve: they are no farther apart
    /// than is allowed for, and it is not much more than they are.
    @Test(arguments: [5, 20, 45, 70, 90, 120, 150, 179] as [Double]) func turnsAreAllowedFor(degrees: Double)
    {
        let angle = degrees * .pi / 180
        let m = Motion(x: 0, y: 0, z: 100, vx: 25, vy: 0, vz: 0)
        let told = Manoeuvre(
            vx: 25 * cos(angle), vy: 25 * sin(angle), climbRate: 0, levelMeters: 100)
        let path = FlightPath(m, told, ClassShape(MixedFlight.wing, GridReach()))
        var (x, y, worst) = (0.0, 0.0, 0.0)
        let (step, rate) = (0.001, MixedFlight.wing.acceleration / 25)
        for i in 0..<40_000 {
            let course = min(angle, (Double(i) + 0.5) * step * rate)
            x += 25 * step * cos(course)
            y += 25 * step * sin(course)
            let p = path.position(Double(i + 1) * step)
            worst = max(worst, ((p.x - x) * (p.x - x) + (p.y - y) * (p.y - y)).squareRoot())
        }
        #expect(worst <= path.turnError + 1e-3)
        #expect(path.turnError < 2 * worst + 0.1)
    }

    /// Two winged vehicles that would meet, from anywhere, pass at their separation on the arcs they fly; where one flew
    /// its contingency, at least at what is kept between contingencies.
    @Test(arguments: Array(1...12) as [UInt64]) func turnsOfWingsKeepSeparation(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (first, second) = (2 * Double.pi * random.unit(), 2 * Double.pi * random.unit())
        let meeting = 38 + 4 * random.unit()
        var bodies: [ResolutionBody] = []
        for (i, course) in [first, second].enumerated() {
            let (vx, vy) = (22 * cos(course), 22 * sin(course))
            bodies.append(
                ResolverFlight.body(UInt32(i + 1), x: -meeting * vx, y: -meeting * vy, vx: vx, vy: vy))
            bodies[i].classIndex = 1
            // Level flight only: they have to turn.
            (bodies[i].floorMeters, bodies[i].ceilingMeters) = (100, 100)
        }
        var flight = try #require(MixedFlight(bodies))
        var nearest = Double.infinity
        var contingencies = 0
        for _ in 0..<600 {
            flight.step()
            contingencies += flight.counts.contingencies
            let (a, b) = (flight.bodies[0].motion, flight.bodies[1].motion)
            let (dx, dy) = (a.x - b.x, a.y - b.y)
            nearest = min(nearest, (dx * dx + dy * dy).squareRoot())
        }
        let (dx, dy) = (bodies[0].motion.x - bodies[1].motion.x, bodies[0].motion.y - bodies[1].motion.y)
        if dx * dx + dy * dy > 700 * 700 {
            #expect(nearest >= (contingencies > 0 ? 15.24 * 2.0.squareRoot() : 30), "seed \(seed)")
        }
        #expect(
            flight.bodies.allSatisfy {
                ($0.motion.vx * $0.motion.vx + $0.motion.vy * $0.motion.vy).squareRoot() >= 14.9
            })
    }

    /// Nobody is sent below its floor or above its ceiling, or told what the fences forbid.
    @Test func floorsCeilingsAndFencesBind() throws {
        struct SouthOfLine: ResolutionAirspace {
            func admits(_ body: borrowing ResolutionBody, _ manoeuvre: Manoeuvre, seconds: Double) -> Bool {
                body.motion.y + manoeuvre.vy * seconds < 2000
            }
        }
        var bodies = MixedFlight.fleet(.mixed, seed: 41)
        for i in bodies.indices { (bodies[i].floorMeters, bodies[i].ceilingMeters) = (70, 120) }
        var flight = try #require(MixedFlight(bodies))
        for _ in 0..<150 {
            flight.step(SouthOfLine())
            for (body, advisory) in zip(flight.bodies, flight.advisories) {
                #expect(body.motion.z > 69 && body.motion.z < 121)
                guard advisory.reason == .resolving else { continue }
                #expect((70...120).contains(advisory.manoeuvre.levelMeters))
            }
        }
    }
}
