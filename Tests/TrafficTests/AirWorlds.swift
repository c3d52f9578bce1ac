import Glibc
import World

@testable import Traffic

func libmSineCosine(degrees: Double) -> (sine: Double, cosine: Double) {
    (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
}

/// Fleets over the earth, and every pair of them compared the slow way.
struct AirWorld {
    var flights: [Flight] = []
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    static let cities: [(Double, Double)] = [
        (43.24, 76.95), (51.13, 71.43), (42.34, 69.59), (49.80, 73.11), (50.28, 57.21), (42.90, 71.37),
        (52.29, 76.97), (49.95, 82.61), (50.41, 80.23), (53.21, 63.63), (44.85, 65.50), (47.11, 51.92),
    ]

    /// Flights within `meters` of a place.
    mutating func add(
        _ count: Int, _ latitude: Double, _ longitude: Double, within meters: Double, fastest: Double = 25
    ) {
        for _ in 0..<count {
            let place = Geodesic.direct(
                latitude: latitude, longitude: longitude, azimuthDegrees: 360 * random.unit(),
                meters: meters * random.unit())
            add(place.latitude, place.longitude, fastest: fastest)
        }
    }

    /// Places every `step` metres along a geodesic, a pair at each.
    mutating func chain(
        _ latitude: Double, _ longitude: Double, azimuth: Double, meters: Double, step: Double
    ) {
        for k in 0...Int(meters / step) {
            let place = Geodesic.direct(
                latitude: latitude, longitude: longitude, azimuthDegrees: azimuth, meters: Double(k) * step)
            add(2, place.latitude, place.longitude, within: 1200)
        }
    }

    private mutating func add(_ latitude: Double, _ longitude: Double, fastest: Double) {
        let kinds: [BodyClass] = [.drone, .drone, .drone, .truck, .crewed, .emergency, .nonCooperative]
        let kind = kinds[Int(random.next() % 7)]
        func either(_ v: Double) -> Double { v * (2 * random.unit() - 1) }
        var flight = Flight(
            id: UInt32(3 * flights.count), kind: kind,
            latitudeE7: Int32((latitude * 1e7).rounded()), longitudeE7: Int32((longitude * 1e7).rounded()),
            altitudeMeters: 100 + either(40), velocityEast: either(fastest), velocityNorth: either(fastest),
            velocityUp: either(1), ageSeconds: 2 * random.unit() - 0.1,
            sigmaHorizontalMeters: 3 * random.unit(), sigmaVerticalMeters: 2 * random.unit())
        flight.isCooperative = kind == .drone || kind == .emergency
        flight.isResolved = kind != .truck
        flights.append(flight)
    }

    struct Pair: Hashable {
        var a: Int32
        var b: Int32
    }

    /// Pairs in conflict within `seconds`, each decided alone on the frame at its middle, with `more` metres added to
    /// every radius, and how far apart in time the two answers of the caller are.
    func conflicts(_ settings: AirTrafficSettings, more: Double, seconds: Double) -> [Pair: ConflictInterval]
    {
        let model = settings.uncertainty
        let points = flights.map { unit($0) }
        var found: [Pair: ConflictInterval] = [:]
        for a in flights.indices {
            for b in flights.indices where b > a {
                let (p, q) = (flights[a], flights[b])
                guard let rule = settings.volumes[p.kind, q.kind],
                    case .cylinder(let radius, let half) = rule.volume
                else { continue }
                let room = radius + p.addedRadius(model) + q.addedRadius(model) + more
                let way = (speed(p) + speed(q)) * (seconds + 5) + room
                let d = points[a] - points[b]
                // A chord is hardly shorter than the way along the ground; beyond this nothing can happen.
                guard (d * d).sum().squareRoot() * 6.3e6 < 1.01 * way + 1000 else { continue }
                let (m, n) = motions(p, q)
                guard
                    let time = ConflictInterval.cylinder(
                        radiusMeters: room,
                        halfHeightMeters: half + p.addedHeight(model) + q.addedHeight(model),
                        own: m.advanced(by: p.ageSeconds), intruder: n.advanced(by: q.ageSeconds),
                        horizonSeconds: seconds)
                else { continue }
                found[Pair(a: Int32(a), b: Int32(b))] = time
            }
        }
        return found
    }

    private func speed(_ f: Flight) -> Double {
        (f.velocityEast * f.velocityEast + f.velocityNorth * f.velocityNorth).squareRoot()
    }

    private func unit(_ f: Flight) -> SIMD3<Double> {
        let y = libmSineCosine(degrees: Double(f.latitudeE7) * 1e-7)
        let x = libmSineCosine(degrees: Double(f.longitudeE7) * 1e-7)
        return [y.cosine * x.cosine, y.cosine * x.sine, y.sine]
    }

    private func motions(_ p: Flight, _ q: Flight) -> (Motion, Motion) {
        let (a, b) = (coordinate(p), coordinate(q))
        let line = Geodesic.inverse(a, b)
        let middle = Geodesic.direct(
            from: a, azimuthDegrees: line.initialAzimuthDegrees, meters: 0.5 * line.meters)
        let frame = LocalFrame(origin: Position(middle, altitude: Altitude(millimeters: 0)))
        return (motion(p, frame), motion(q, frame))
    }

    private func coordinate(_ f: Flight) -> Coordinate {
        Coordinate(latitudeE7: f.latitudeE7, longitudeE7: f.longitudeE7)
    }

    /// Where it is, and where its own way takes it in a tenth of a second, seen from the frame.
    private func motion(_ f: Flight, _ frame: LocalFrame) -> Motion {
        let (latitude, longitude) = (Double(f.latitudeE7) * 1e-7, Double(f.longitudeE7) * 1e-7)
        func point(_ latitude: Double, _ longitude: Double) -> LocalPoint {
            frame.point(latitudeDegrees: latitude, longitudeDegrees: longitude, heightMeters: 0)
        }
        let here = point(latitude, longitude)
        var v = (x: 0.0, y: 0.0)
        // East, then north: each along its geodesic.
        for (speed, azimuth) in [(f.velocityEast, 90.0), (f.velocityNorth, 0.0)] {
            let end = Geodesic.direct(
                latitude: latitude, longitude: longitude, azimuthDegrees: azimuth, meters: 10)
            let there = point(end.latitude, end.longitude)
            v.x += (there.east - here.east) * 0.1 * speed
            v.y += (there.north - here.north) * 0.1 * speed
        }
        return Motion(
            x: here.east, y: here.north, z: f.altitudeMeters, vx: v.x, vy: v.y, vz: f.velocityUp)
    }
}
