import Testing
import World

@testable import Traffic

@Suite struct PathPairTests {
    /// Both answers against looking at every hundredth of a second, over random manoeuvres.
    @Test(arguments: [1, 2, 3] as [UInt64]) func approachesAreFoundAndNoneInvented(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func path(_ x: Double) -> FlightPath {
            func speed(_ most: Double) -> Double { most * (2 * random.unit() - 1) }
            let motion = Motion(
                x: x, y: 100 * random.unit(), z: 100 + 40 * random.unit(), vx: speed(20), vy: speed(20),
                vz: speed(4))
            let manoeuvre = Manoeuvre(
                vx: speed(20), vy: speed(20), climbRate: 1 + 4 * random.unit(),
                levelMeters: 80 + 80 * random.unit())
            return FlightPath(motion, manoeuvre, acceleration: 1 + 3 * random.unit())
        }
        var (near, far) = (0, 0)
        for _ in 0..<2000 {
            let (a, b) = (path(0), path(150 * random.unit()))
            let (radius, scale) = (20 + 40 * random.unit(), 0.5 + 3 * random.unit())
            var least = Double.infinity
            for step in 0...1200 {
                let t = 0.01 * Double(step)
                let (p, q) = (a.position(t), b.position(t))
                let (x, y, z) = (p.x - q.x, p.y - q.y, scale * (p.z - q.z))
                least = min(least, (x * x + y * y + z * z).squareRoot())
            }
            let told = PathPair.approach(a, b, until: 12, verticalScale: scale, radius: radius)
            if least < radius - 1e-6 {
                near += 1
                #expect(told != nil, "seed \(seed): \(least) of \(radius)")
            }
            // Between two looks it may come nearer by less than a centimetre or two.
            if least > radius + PathPair.slackMeters + 0.02 {
                far += 1
                #expect(told == nil, "seed \(seed): \(least) of \(radius)")
            }
            let smallest = PathPair.separation(
                a, b, from: 0, until: 12, verticalScale: scale, enough: radius)
            #expect(told == nil || smallest.squared < (radius + PathPair.slackMeters) * (radius + 0.25))
            #expect(told != nil || smallest.squared >= (radius - PathPair.slackMeters) * (radius - 0.25))
        }
        #expect(near > 300 && far > 300)
    }
}
