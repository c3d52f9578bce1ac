import World

/// A plane around a place, for telling how far bodies are apart: metres east and north of its origin along the
/// ellipsoid at sea level. Altitudes stay altitudes.
///
/// A transverse Mercator projection by series about the origin (Snyder, Map Projections: A Working Manual, 8): lengths
/// are too long by at most x^2 / (2 R^2), which is 2 cm in 1 km at 40 km from the origin's meridian; see `scaleError`.
/// Plain arithmetic after the origin's sine and cosine, so that tens of thousands of bodies cost a millisecond.
public struct LocalPlane: Sendable {
    public let latitudeE7: Int32
    public let longitudeE7: Int32
    private let sine: Double
    private let cosine: Double

    static let radiansPerE7 = 1e-7 * Double.pi / 180
    private static let equatorialRadius = 6_378_137.0
    private static let eccentricitySquared = 0.006_694_379_990_141_317

    public init(latitudeE7: Int32, longitudeE7: Int32) {
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        let s = LocalPlane.sineCosine(Double(latitudeE7) * Self.radiansPerE7)
        (sine, cosine) = (s.sine, s.cosine)
    }

    /// Where something is on the plane, and how far its own north is turned against the plane's.
    public struct Place: Sendable {
        public var x: Double
        public var y: Double
        /// Sine and cosine of the convergence of meridians.
        public var turnSine: Double
        public var turnCosine: Double

        /// A vector of its own east and north as one of the plane.
        @inline(__always)
        public func turned(_ vx: Double, _ vy: Double) -> (x: Double, y: Double) {
            (turnCosine * vx - turnSine * vy, turnSine * vx + turnCosine * vy)
        }

        /// And back.
        @inline(__always)
        public func turnedBack(_ x: Double, _ y: Double) -> (vx: Double, vy: Double) {
            (turnCosine * x + turnSine * y, turnCosine * y - turnSine * x)
        }
    }

    /// Degrees of longitude the short way round, as a share of 1e-7.
    @inline(__always)
    static func turn(from a: Int32, to b: Int32) -> Double {
        var turn = Double(b) - Double(a)
        if turn > 1.8e9 { turn -= 3.6e9 } else if turn < -1.8e9 { turn += 3.6e9 }
        return turn
    }

    @inline(__always)
    public func place(latitudeE7 latitude: Int32, longitudeE7 longitude: Int32) -> Place {
        let rise = (Double(latitude) - Double(latitudeE7)) * Self.radiansPerE7
        let turn = Self.turn(from: longitudeE7, to: longitude) * Self.radiansPerE7
        // Sine and cosine of the latitude and of the latitude half way, by series: 1e-9 at 5 degrees.
        let here = rotated(rise)
        let middle = rotated(0.5 * rise)
        let e2 = Self.eccentricitySquared
        let flat = 1 - e2 * here.sine * here.sine
        let normal = Self.equatorialRadius / flat.squareRoot()
        let flatMiddle = 1 - e2 * middle.sine * middle.sine
        let meridian =
            Self.equatorialRadius * (1 - e2) / (flatMiddle * flatMiddle.squareRoot())
        let a = turn * here.cosine
        let a2 = a * a
        let s2 = turn * turn * here.sine * here.sine
        // tan^2 of the latitude times cos^2 dlambda^2 is sine^2 dlambda^2: no division by a small cosine.
        let x = normal * (a + a * (a2 - s2) / 6 + a * (5 * a2 * a2 - 18 * a2 * s2 + s2 * s2) / 120)
        let y =
            meridian * rise + normal * here.sine * turn * a
            * (0.5 + (5 * a2 - s2) / 24)
        let convergence = turn * here.sine * (1 + a2 / 3)
        let c2 = convergence * convergence
        return Place(
            x: x, y: y, turnSine: convergence * (1 - c2 / 6 * (1 - c2 / 20)),
            turnCosine: 1 - c2 / 2 * (1 - c2 / 12))
    }

    /// Sine and cosine of the origin's latitude and `angle` more.
    @inline(__always)
    private func rotated(_ angle: Double) -> (sine: Double, cosine: Double) {
        let q = angle * angle
        let s = angle * (1 - q / 6 * (1 - q / 20 * (1 - q / 42)))
        let c = 1 - q / 2 * (1 - q / 12 * (1 - q / 30))
        return (sine * c + cosine * s, cosine * c - sine * s)
    }

    /// The most by which a length between two places at most this far from the origin's meridian is too long, as a
    /// share of it.
    public static func scaleError(halfWidthMeters x: Double) -> Double { x * x / (2 * 6.35e6 * 6.35e6) }

    /// By series after reduction to half a right angle: the same on every machine.
    static func sineCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
        let half = angle / 4
        let q = half * half
        var s = half * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72 * (1 - q / 110)))))
        var c = 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90 * (1 - q / 132)))))
        for _ in 0..<2 { (s, c) = (2 * s * c, c * c - s * s) }
        return (s, c)
    }
}
