import Foundation
import Testing
import Traffic
import World

/// `keruen traffic detect` on files in degrees, against comparing every pair on the ellipsoid.
@Suite struct DetectDegreesTests {
    enum Region: CaseIterable { case city, dateLine, poles, chain, everywhere, fast }

    private struct Body {
        var latitude: Double
        var longitude: Double
        var altitude: Double
        var velocity: SIMD3<Double>
    }

    private struct Scatter {
        var random = SplitMix64(seed: 17)
        var bodies: [Body] = []

        mutating func either(_ bound: Double) -> Double { bound * (2 * random.unit() - 1) }

        /// Bodies within `meters` of a place, over a pole or the 180th meridian if need be.
        mutating func add(
            _ count: Int, _ latitude: Double, _ longitude: Double, within meters: Double, fastest: Double = 25
        ) {
            for _ in 0..<count {
                let place = Geodesic.direct(
                    latitude: latitude, longitude: longitude, azimuthDegrees: 360 * random.unit(),
                    meters: meters * random.unit().squareRoot())
                bodies.append(
                    Body(
                        latitude: place.latitude, longitude: place.longitude, altitude: 110 + either(30),
                        velocity: [either(fastest), either(fastest), either(2)]))
            }
        }

        init(_ region: Region) {
            switch region {
            case .city: add(300, 51.13, 71.43, within: 3000)
            case .dateLine:
                add(200, 52, 180, within: 3000)
                add(100, -17, -179.99, within: 1500)
                add(100, 0, 0, within: 1500)
            case .poles:
                add(200, 90, 0, within: 3000)
                add(200, -90, 0, within: 3000)
                add(100, 89.8, 40, within: 2000)
            case .chain:
                for k in 0..<60 { add(10, 48 + 0.02 * Double(k), 178 + 0.07 * Double(k), within: 900) }
            case .everywhere:
                for _ in 0..<30 { add(16, either(88), either(180), within: 1000) }
            case .fast:
                for _ in 0..<30 { add(12, 47 + either(7), 67 + either(17), within: 4000, fastest: 250) }
            }
        }

        var csv: String {
            var text = "id,lat,lon,alt_m,vx,vy,vz\n"
            for (k, b) in bodies.enumerated() {
                text += "\(k),\(b.latitude),\(b.longitude),\(b.altitude)"
                text += ",\(b.velocity.x),\(b.velocity.y),\(b.velocity.z)\n"
            }
            return text
        }

        /// Earth-centred metres at sea level, and the directions east and north there.
        private static func frame(
            _ latitude: Double, _ longitude: Double
        ) -> (place: SIMD3<Double>, east: SIMD3<Double>, north: SIMD3<Double>) {
            let (p, l) = (latitude * .pi / 180, longitude * .pi / 180)
            let (f, a) = (1 / 298.257223563, 6_378_137.0)
            let e2 = f * (2 - f)
            let normal = a / (1 - e2 * sin(p) * sin(p)).squareRoot()
            return (
                [normal * cos(p) * cos(l), normal * cos(p) * sin(l), normal * (1 - e2) * sin(p)],
                [-sin(l), cos(l), 0], [-sin(p) * cos(l), -sin(p) * sin(l), cos(p)]
            )
        }

        /// Every pair, on the plane that touches the earth at one of them, in a volume wider by `more` metres.
        func conflicts(radius: Double, more: Double, seconds: Double) -> [SIMD2<Int>: ConflictInterval] {
            let frames = bodies.map { Self.frame($0.latitude, $0.longitude) }
            let velocities = zip(bodies, frames).map { body, frame in
                body.velocity.x * frame.east + body.velocity.y * frame.north
            }
            var found: [SIMD2<Int>: ConflictInterval] = [:]
            let fastest = bodies.reduce(0) { max($0, $1.velocity.x.magnitude, $1.velocity.y.magnitude) }
            let reach = radius + more + 3 * fastest * seconds
            for a in bodies.indices {
                let (east, north) = (frames[a].east, frames[a].north)
                for b in a + 1..<bodies.count {
                    // Degrees of latitude first: they are quickly compared.
                    if (bodies[b].latitude - bodies[a].latitude).magnitude * 110_000 > reach { continue }
                    let way = frames[b].place - frames[a].place
                    guard (way * way).sum() < reach * reach else { continue }
                    let speed = velocities[b] - velocities[a]
                    let own = Motion(
                        x: 0, y: 0, z: bodies[a].altitude, vx: 0, vy: 0, vz: bodies[a].velocity.z)
                    let other = Motion(
                        x: (way * east).sum(), y: (way * north).sum(), z: bodies[b].altitude,
                        vx: (speed * east).sum(), vy: (speed * north).sum(), vz: bodies[b].velocity.z)
                    found[[a, b]] = ConflictInterval.cylinder(
                        radiusMeters: radius + more, halfHeightMeters: 20, own: own, intruder: other,
                        horizonSeconds: seconds)
                }
            }
            return found
        }
    }

    @Test(arguments: Region.allCases)
    func findsWhatComparingAllPairsFinds(region: Region) throws {
        let scatter = Scatter(region)
        let (radius, seconds) = region == .fast ? (300.0, 180.0) : (50.0, 60.0)
        let place = try Workplace()
        try place.write(scatter.csv, to: "states.csv")
        let answer = try place.end(
            try place.begin(
                "keruen",
                [
                    "traffic", "detect", "states.csv", "--volume", "cylinder:\(radius),20", "--lookahead",
                    "\(seconds)",
                ]))
        #expect(answer.status == 0, "\(answer.errors)")
        var found: [SIMD2<Int>: Double] = [:]
        for line in answer.output.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: ",")
            let (a, b) = (try #require(Int(fields[0])), try #require(Int(fields[1])))
            #expect(found.updateValue(try #require(Double(fields[2])), forKey: [a, b]) == nil)
        }
        // A straight way is straight on one plane only: the longer the way, the more planes differ.
        let slack = region == .fast ? 10 : 0.05
        let must = scatter.conflicts(radius: radius, more: -slack, seconds: seconds)
        let may = scatter.conflicts(radius: radius, more: slack, seconds: seconds)
        #expect(must.count > 20, "\(region): nothing to find")
        for (pair, interval) in must {
            let entry = found[pair]
            #expect(entry != nil, "\(region): missed \(pair)")
            if let entry { #expect((entry - interval.entrySeconds).magnitude < (region == .fast ? 2 : 0.2)) }
        }
        for pair in found.keys { #expect(may[pair] != nil, "\(region): invented \(pair)") }
    }
}
