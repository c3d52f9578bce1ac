import Traffic
import World

/// A moving fleet over a city: reports its place ten times a second with small errors and flies what it is told with
/// limited acceleration. Drones want a straight course, each in the layer of its course as the controller plans them,
/// trucks stand and drive below them, crewed aircraft fly straight through and take no commands.
struct AirFleet {
    enum Kind: UInt8 { case drone, truck, crewed }

    /// A report as it stands in the ring between the network and the controller.
    struct Report {
        var vehicle: UInt32
        var measuredAt: Int64
        var latitudeE7: Int32
        var longitudeE7: Int32
        var altitudeMillimeters: Int32
        var velocity: SIMD4<Int32>
        var horizontalAccuracyCentimeters: UInt16
        var verticalAccuracyCentimeters: UInt16
    }

    struct Body {
        var kind: Kind
        var latitudeE7: Double
        var longitudeE7: Double
        var altitude: Double
        var velocity: SIMD3<Double>
        var wanted: Manoeuvre
        var told: Manoeuvre?
    }

    static let origin = (latitudeE7: Int32(511_000_000), longitudeE7: Int32(714_000_000))
    private static let noise = 0.5
    var bodies: [Body] = []
    /// Half the side of the city, metres.
    let half: Double
    private var random: SplitMix64
    private let northE7PerMeter: Double
    /// The first so many drones are in one square kilometre.
    private let crowd: Int

    init(drones: Int, trucks: Int, crewed: Int, perSquareKilometer: Double, crowded: Double, seed: UInt64) {
        random = SplitMix64(seed: seed)
        half = 500 * (Double(drones) / perSquareKilometer).squareRoot()
        northE7PerMeter =
            1 / LocalScale(latitudeDegrees: Double(Self.origin.latitudeE7) * 1e-7).northMetersPerE7
        crowd = Int(crowded * Double(drones))
        for _ in 0..<drones { addAnywhere(.drone, speed: 10 + 10 * random.unit(), altitude: 0) }
        for i in 0..<drones { settle(i) }
        for _ in 0..<trucks { addAnywhere(.truck, speed: 25 * random.unit(), altitude: 2) }
        for k in 0..<crewed {
            // One in twenty is low: it takes off, lands or is a helicopter.
            let altitude = k % 20 == 0 ? 50 + 250 * random.unit() : 300 + 300 * random.unit()
            addAnywhere(.crewed, speed: 50 + 40 * random.unit(), altitude: altitude)
        }
    }

    private mutating func addAnywhere(_ kind: Kind, speed: Double, altitude: Double) {
        // A direction without trigonometry: a point in the disc, made long.
        var (ux, uy) = (0.0, 0.0)
        repeat {
            (ux, uy) = (2 * random.unit() - 1, 2 * random.unit() - 1)
        } while ux * ux + uy * uy > 1 || ux * ux + uy * uy < 1e-6
        let length = (ux * ux + uy * uy).squareRoot()
        add(
            kind, (2 * random.unit() - 1) * half, (2 * random.unit() - 1) * half,
            Manoeuvre(vx: ux / length * speed, vy: uy / length * speed, climbRate: 0, levelMeters: altitude))
    }

    /// Puts a drone somewhere, in the layer of its course: north, east, south, west, 30 m apart.
    private mutating func settle(_ i: Int) {
        let side = i < crowd ? 500 : half
        let (x, y) = ((2 * random.unit() - 1) * side, (2 * random.unit() - 1) * side)
        bodies[i].latitudeE7 = Double(Self.origin.latitudeE7) + y * northE7PerMeter
        let scale = LocalScale(latitudeDegrees: bodies[i].latitudeE7 * 1e-7)
        bodies[i].longitudeE7 = Double(Self.origin.longitudeE7) + x / scale.eastMetersPerE7
        choose(i, bodies[i].wanted.vx, bodies[i].wanted.vy)
        bodies[i].altitude = bodies[i].wanted.levelMeters
        bodies[i].velocity = [bodies[i].wanted.vx, bodies[i].wanted.vy, 0]
    }

    private mutating func choose(_ i: Int, _ vx: Double, _ vy: Double) {
        let sector =
            vy.magnitude >= vx.magnitude ? (vy > 0 ? 0 : 2) : (vx > 0 ? 1 : 3)
        bodies[i].wanted = Manoeuvre(vx: vx, vy: vy, climbRate: 2, levelMeters: 60 + 30 * Double(sector))
    }

    private mutating func add(_ kind: Kind, _ x: Double, _ y: Double, _ wanted: Manoeuvre) {
        let latitude = Double(Self.origin.latitudeE7) + y * northE7PerMeter
        let scale = LocalScale(latitudeDegrees: latitude * 1e-7)
        bodies.append(
            Body(
                kind: kind, latitudeE7: latitude,
                longitudeE7: Double(Self.origin.longitudeE7) + x / scale.eastMetersPerE7,
                altitude: wanted.levelMeters, velocity: [wanted.vx, wanted.vy, 0], wanted: wanted))
    }

    /// What everybody reports at `now`, measured up to a tenth of a second ago, in the order it happens to arrive.
    mutating func report(_ now: Instant, into ring: UnsafeMutableBufferPointer<Report>) {
        for i in bodies.indices {
            let body = bodies[i]
            let age = 0.1 * random.unit()
            func error() -> Double { (random.unit() + random.unit() - 1) * 2.45 * Self.noise }
            func millimeters(_ v: Double) -> Int32 { Int32((v * 1000).rounded()) }
            let v = body.velocity
            let scale = northE7PerMeter
            ring[i] = Report(
                vehicle: UInt32(i), measuredAt: now.advanced(bySeconds: -age).nanoseconds,
                latitudeE7: Int32((body.latitudeE7 + (error() - v.y * age) * scale).rounded()),
                longitudeE7: Int32((body.longitudeE7 + (error() - v.x * age) * 1.59 * scale).rounded()),
                altitudeMillimeters: millimeters(body.altitude - v.z * age + 0.5 * error()),
                velocity: [millimeters(v.x), millimeters(v.y), millimeters(v.z), 0],
                horizontalAccuracyCentimeters: 98, verticalAccuracyCentimeters: 49)
        }
        // Neighbours in the ring change places, as networks do.
        for i in stride(from: 0, to: bodies.count - 8, by: 3) where random.next() & 1 == 0 {
            ring.swapAt(i, i + 7)
        }
    }

    /// A tenth of a second later.
    mutating func fly(acceleration: Double) {
        for i in bodies.indices {
            turnBack(i)
            var body = bodies[i]
            let manoeuvre = body.told ?? body.wanted
            let climb = manoeuvre.verticalVelocity(at: body.altitude, acceleration: acceleration)
            let change = SIMD3(manoeuvre.vx, manoeuvre.vy, climb) - body.velocity
            let size = (change * change).sum().squareRoot()
            body.velocity += size > acceleration * 0.1 ? change * (acceleration * 0.1 / size) : change
            let scale = LocalScale(latitudeDegrees: body.latitudeE7 * 1e-7)
            body.longitudeE7 += 0.1 * body.velocity.x / scale.eastMetersPerE7
            body.latitudeE7 += 0.1 * body.velocity.y / scale.northMetersPerE7
            body.altitude += 0.1 * body.velocity.z
            bodies[i] = body
        }
    }

    /// Who wants to leave the city turns back.
    private mutating func turnBack(_ i: Int) {
        let body = bodies[i]
        let (x, y) = place(body)
        guard body.kind == .drone else {
            if x.magnitude > half, x * body.wanted.vx > 0 { bodies[i].wanted.vx = -body.wanted.vx }
            if y.magnitude > half, y * body.wanted.vy > 0 { bodies[i].wanted.vy = -body.wanted.vy }
            return
        }
        let turnsX = x.magnitude > half && x * body.wanted.vx > 0
        let turnsY = y.magnitude > half && y * body.wanted.vy > 0
        guard turnsX || turnsY else { return }
        choose(i, turnsX ? -body.wanted.vx : body.wanted.vx, turnsY ? -body.wanted.vy : body.wanted.vy)
    }

    private func place(_ body: Body) -> (x: Double, y: Double) {
        (
            (body.longitudeE7 - Double(Self.origin.longitudeE7)) / northE7PerMeter * 0.63,
            (body.latitudeE7 - Double(Self.origin.latitudeE7)) / northE7PerMeter
        )
    }

    /// Its wanted course is barred by a fence: it wants another.
    mutating func turnAside(_ i: Int) { choose(i, -bodies[i].wanted.vy, bodies[i].wanted.vx) }

    /// Plans every drone where and on a course that is clear of the fences for the next minute, and of the others of its
    /// layer at the start, except in the crowd.
    mutating func plan(around fences: FencedAirspace) {
        let air = fences.around(fences.tile, extentMeters: 50_000)
        var taken: [SIMD3<Int32>: [Int]] = [:]
        for i in bodies.indices where bodies[i].kind == .drone {
            for _ in 0..<40 {
                let body = bodies[i]
                let place = fences.tile.place(
                    latitudeE7: Int32(body.latitudeE7), longitudeE7: Int32(body.longitudeE7))
                let (wanted, z) = (body.wanted, body.altitude)
                let motion = Motion(x: place.x, y: place.y, z: z, vx: wanted.vx, vy: wanted.vy, vz: 0)
                let flown = ResolutionBody(id: 1, motion: motion, wanted: wanted, current: wanted)
                if air.admits(flown, wanted, seconds: 60), i < crowd || isAlone(i, taken) { break }
                settle(i)
            }
            taken[cell(i), default: []].append(i)
        }
    }

    private static let apart = 80.0

    private func cell(_ i: Int) -> SIMD3<Int32> {
        let (x, y) = place(bodies[i])
        return [Int32(x / Self.apart), Int32(y / Self.apart), Int32(bodies[i].altitude)]
    }

    private func isAlone(_ i: Int, _ taken: [SIMD3<Int32>: [Int]]) -> Bool {
        let (here, own) = (place(bodies[i]), cell(i))
        for dx in -1...1 {
            for dy in -1...1 {
                for j in taken[own &+ [Int32(dx), Int32(dy), 0]] ?? [] {
                    let other = place(bodies[j])
                    let (x, y) = (other.x - here.x, other.y - here.y)
                    if x * x + y * y < Self.apart * Self.apart { return false }
                }
            }
        }
        return true
    }

    /// Pairs of drones nearer than 15.24 m and 4.57 m: near mid-air collisions.
    func nearCollisions(into seen: inout Set<UInt64>) {
        let places = bodies.indices.filter { bodies[$0].kind == .drone }.map { i in
            (x: place(bodies[i]).x, y: place(bodies[i]).y, z: bodies[i].altitude, i: i)
        }.sorted { $0.x < $1.x }
        for i in places.indices {
            var j = i + 1
            while j < places.count, places[j].x - places[i].x < 15.24 {
                let (dx, dy) = (places[j].x - places[i].x, places[j].y - places[i].y)
                if dx * dx + dy * dy < 15.24 * 15.24, (places[j].z - places[i].z).magnitude < 4.572 {
                    let (a, b) = (min(places[i].i, places[j].i), max(places[i].i, places[j].i))
                    seen.insert(UInt64(a) << 32 | UInt64(b))
                }
                j += 1
            }
        }
    }

    /// Fences of 8 to 64 vertices over the city, 15 to 50 m wide about their middle and 60 to 120 m high.
    static func fences(_ count: Int, half: Double, seed: UInt64) throws -> GeofenceIndex {
        var random = SplitMix64(seed: seed)
        return try GeofenceIndex(
            (0..<count).map { k in
                let vertices = 8 + Int(random.next() % 57)
                let size = 15 + 35 * random.unit()
                let (x, y) = ((2 * random.unit() - 1) * half, (2 * random.unit() - 1) * half)
                // Steps of one turn by rotating, without trigonometry.
                let step = 2 * Double.pi / Double(vertices)
                let (c, s) = (
                    1 - step * step / 2 + step * step * step * step / 24, step - step * step * step / 6
                )
                var (ux, uy) = (1.0, 0.0)
                let ring = (0..<vertices).map { _ in
                    let radius = size * (0.6 + 0.4 * random.unit())
                    (ux, uy) = (ux * c - uy * s, ux * s + uy * c)
                    return (x: x + radius * ux, y: y + radius * uy)
                }
                return try Geofence(
                    id: UInt32(k), kind: .keepOut, outline: FenceOutline(rings: [ring]),
                    band: AltitudeBand(floorMeters: nil, ceilingMeters: 60 + 60 * random.unit()))
            })
    }
}
