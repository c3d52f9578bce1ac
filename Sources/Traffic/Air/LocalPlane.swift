import World

/// A plane around a place, for telling how far bodies are apart: metres east and north of its origin along the
/// ellipsoid at sea level. Altitudes stay altitudes.
///
/// Places go through earth-centred coordinates to the plane that touches the ellipsoid at the origin, and from there
/// as a stereographic projection does (Snyder, Map Projections: A Working Manual, 21), with the origin's mean radius:
/// no meridian and no pole is special. Directions are right within 1e-5 up to 1,000 km from the origin. Lengths, and
/// velocities like them, are too long by at most `scaleError`: 2 cm in 1 km at 57 km from the origin. Plain arithmetic,
/// so that tens of thousands of bodies cost milliseconds, and the same on every machine.
public struct LocalPlane: Sendable {
    public let latitudeE7: Int32
    public let longitudeE7: Int32
    private let sine: Double
    private let cosine: Double
    /// From the axis and the plane of the equator to the origin, metres.
    private let outward: Double
    private let height: Double
    /// Twice the mean radius there.
    private let diameter: Double

    static let radiansPerE7 = 1e-7 * Double.pi / 180
    private static let equatorialRadius = 6_378_137.0
    private static let eccentricitySquared = 0.006_694_379_990_141_317

    public init(latitudeE7: Int32, longitudeE7: Int32) {
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        let s = LocalPlane.sineCosine(Double(latitudeE7) * Self.radiansPerE7)
        (sine, cosine) = (s.sine, s.cosine)
        let e2 = Self.eccentricitySquared
        let flat = 1 - e2 * s.sine * s.sine
        let normal = Self.equatorialRadius / flat.squareRoot()
        outward = normal * s.cosine
        height = normal * (1 - e2) * s.sine
        diameter = 2 * normal * ((1 - e2) / flat).squareRoot()
    }

    /// Where something is on the plane, and how far its own north is turned against the plane's.
    public struct Place: Sendable {
        public var x: Double
        public var y: Double
        /// Sine and cosine of the convergence of meridians, times the scale of the plane here.
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
            let square = turnCosine * turnCosine + turnSine * turnSine
            return ((turnCosine * x + turnSine * y) / square, (turnCosine * y - turnSine * x) / square)
        }
    }

    /// Degrees of longitude the short way round, as a share of 1e-7.
    @inline(__always)
    static func turn(from a: Int32, to b: Int32) -> Double { turn(from: Double(a), to: Double(b)) }

    @inline(__always)
    private static func turn(from a: Double, to b: Double) -> Double {
        var turn = b - a
        if turn > 1.8e9 { turn -= 3.6e9 } else if turn < -1.8e9 { turn += 3.6e9 }
        return turn
    }

    @inline(__always)
    public func place(latitudeE7 latitude: Int32, longitudeE7 longitude: Int32) -> Place {
        place(latitudeE7: Double(latitude), longitudeE7: Double(longitude))
    }

    /// The same between whole 1e-7 degrees.
    @inline(__always)
    public func place(latitudeE7 latitude: Double, longitudeE7 longitude: Double) -> Place {
        let (s, c) = Self.sineCosine(latitude * Self.radiansPerE7)
        let (turned, ahead) = Self.sineCosine(
            Self.turn(from: Double(longitudeE7), to: longitude) * Self.radiansPerE7)
        let e2 = Self.eccentricitySquared
        let normal = Self.equatorialRadius / (1 - e2 * s * s).squareRoot()
        let east = normal * c * turned
        let (out, rise) = (normal * c * ahead - outward, normal * (1 - e2) * s - height)
        let north = cosine * rise - sine * out
        let up = cosine * out + sine * rise
        let scale = diameter / (diameter + up)
        let (x, y) = (east * scale, north * scale)
        // Its own east and north in the origin's east, north and up, and how the projection moves with them. What is
        // left between the two, the ellipsoid not being a sphere, is halved.
        let (ownEastUp, ownNorthUp) = (-cosine * turned, sine * c - cosine * s * ahead)
        let lift = scale / diameter
        let forward =
            scale * (ahead + cosine * c + sine * s * ahead) - lift * (x * ownEastUp + y * ownNorthUp)
        let sideways =
            scale * (sine * turned + s * turned) - lift * (y * ownEastUp - x * ownNorthUp)
        return Place(x: x, y: y, turnSine: 0.5 * sideways, turnCosine: 0.5 * forward)
    }

    /// The most by which a length between two places at most this far from the origin is too long, as a share of it. No
    /// length is too short.
    public static func scaleError(distanceMeters d: Double) -> Double {
        let half = d / (2 * 6.33e6)
        return half < 1 ? half * half / (1 - half * half) : .infinity
    }

    /// By series after halving the angle twice: the same on every machine, within 5e-15 up to a right angle and 2e-10 up
    /// to half a turn.
    @inline(__always)
    static func sineCosine(_ angle: Double) -> (sine: Double, cosine: Double) {
        let part = 0.25 * angle
        let q = part * part
        let s3 = 1.0 / 362_880 - q * (1.0 / 39_916_800)
        let s2 = 1.0 / 120 - q * (1.0 / 5040 - q * s3)
        var s = part - part * q * (1.0 / 6 - q * s2)
        let c3 = 1.0 / 40_320 - q * (1.0 / 3_628_800 - q * (1.0 / 479_001_600))
        let c2 = 1.0 / 24 - q * (1.0 / 720 - q * c3)
        var c = 1 - q * (0.5 - q * c2)
        (s, c) = (2 * s * c, c * c - s * s)
        (s, c) = (2 * s * c, c * c - s * s)
        return (s, c)
    }
}
