import Testing
import World

@testable import Traffic

/// The plane that flights are worked on, against geodesics of the ellipsoid.
@Suite struct AirPlaneTests {
    private struct Sample {
        var plane: LocalPlane
        var a: Coordinate
        var b: Coordinate
        var distance: Double
    }

    /// Places within `reach` of random origins all over the earth, and others near them.
    private func samples(_ count: Int, reach: Double, apart: Double, seed: UInt64) -> [Sample] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { k in
            // Poles and the 180th meridian as often as anything else.
            let latitude =
                k % 4 == 0 ? (random.unit() < 0.5 ? -1 : 1) * (89 + random.unit()) : 160 * random.unit() - 80
            let longitude = k % 3 == 0 ? 179.9 + 0.1 * random.unit() : 360 * random.unit() - 180
            let origin = Coordinate(
                latitudeE7: Int32(latitude * 1e7), longitudeE7: Int32(longitude * 1e7))
            let a = Geodesic.direct(
                from: origin, azimuthDegrees: 360 * random.unit(), meters: reach * random.unit())
            let b = Geodesic.direct(
                from: a, azimuthDegrees: 360 * random.unit(), meters: apart * (0.5 + 0.5 * random.unit()))
            let far = max(Geodesic.inverse(origin, a).meters, Geodesic.inverse(origin, b).meters)
            let plane = LocalPlane(latitudeE7: origin.latitudeE7, longitudeE7: origin.longitudeE7)
            return Sample(plane: plane, a: a, b: b, distance: far)
        }
    }

    private func place(_ plane: LocalPlane, _ c: Coordinate) -> LocalPlane.Place {
        plane.place(latitudeE7: c.latitudeE7, longitudeE7: c.longitudeE7)
    }

    @Test(arguments: [10e3, 100e3, 500e3, 1000e3])
    func lengthsAreNeverShortAndLongByTheStatedShareAtMost(reach: Double) {
        for sample in samples(200, reach: reach, apart: 15e3, seed: UInt64(reach)) {
            let (p, q) = (place(sample.plane, sample.a), place(sample.plane, sample.b))
            let length = ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot()
            let share = length / Geodesic.inverse(sample.a, sample.b).meters - 1
            let most = LocalPlane.scaleError(distanceMeters: sample.distance)
            #expect(share > -1e-6 && share < most + 1e-6, "\(share) against \(most), \(sample)")
        }
    }

    @Test(arguments: [10e3, 300e3, 1000e3])
    func vectorsTurnAndGrowAsLengthsDo(reach: Double) {
        var random = SplitMix64(seed: 3)
        for sample in samples(200, reach: reach, apart: 1, seed: UInt64(reach) + 1) {
            // On a pole itself east and north are a matter of the longitude it is written with.
            guard sample.a.latitudeE7.magnitude < 899_000_000 else { continue }
            let azimuth = 360 * random.unit()
            let away = Geodesic.direct(from: sample.a, azimuthDegrees: azimuth, meters: 2000)
            let exact = Geodesic.inverse(sample.a, away)
            let d = libmSineCosine(degrees: exact.initialAzimuthDegrees)
            let (p, q) = (place(sample.plane, sample.a), place(sample.plane, away))
            let v = p.turned(d.sine * exact.meters, d.cosine * exact.meters)
            let (dx, dy) = (q.x - p.x - v.x, q.y - p.y - v.y)
            let share = (dx * dx + dy * dy).squareRoot() / exact.meters
            // What a way of 2 km is bent by, and what the ellipsoid is no sphere by.
            let angle = sample.distance / 6.37e6
            #expect(share < 1e-5 + angle * 8e-5 + 3e-3 * angle * angle, "\(share) \(sample)")
            let back = p.turnedBack(v.x, v.y)
            #expect((back.vx - d.sine * exact.meters).magnitude < 1e-8)
            #expect((back.vy - d.cosine * exact.meters).magnitude < 1e-8)
        }
    }

    @Test func sinesAreThoseOfLibm() {
        var worst = (quarter: 0.0, half: 0.0)
        for k in -2000...2000 {
            let angle = Double(k) * Double.pi / 2000
            let mine = LocalPlane.sineCosine(angle)
            let theirs = libmSineCosine(degrees: angle * 180 / Double.pi)
            let error = max((mine.sine - theirs.sine).magnitude, (mine.cosine - theirs.cosine).magnitude)
            if angle.magnitude < 1.58 { worst.quarter = max(worst.quarter, error) }
            worst.half = max(worst.half, error)
        }
        #expect(worst.quarter < 5e-15)
        #expect(worst.half < 2e-10)
    }
}
