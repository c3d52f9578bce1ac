import Glibc

/// The WGS84 ellipsoid (NGA.STND.0036), and angles in radians on it.
enum WGS84 {
    /// Equatorial radius, metres.
    static let a = 6_378_137.0
    static let f = 1 / 298.257223563
    /// Polar radius, metres.
    static let b = a * (1 - f)
    /// First eccentricity squared.
    static let e2 = f * (2 - f)
    /// Second eccentricity squared.
    static let ePrime2 = e2 / (1 - e2)

    static let radiansPerDegree = Double.pi / 180

    /// Earth-centred, earth-fixed metres of a geodetic position.
    static func cartesian(latitudeDegrees: Double, longitudeDegrees: Double, heightMeters: Double)
        -> (x: Double, y: Double, z: Double)
    {
        let (sinLatitude, cosLatitude) = sineCosine(degrees: latitudeDegrees)
        let (sinLongitude, cosLongitude) = sineCosine(degrees: longitudeDegrees)
        let normal = a / (1 - e2 * sinLatitude * sinLatitude).squareRoot()
        let equatorial = (normal + heightMeters) * cosLatitude
        return (
            equatorial * cosLongitude, equatorial * sinLongitude,
            (normal * (1 - e2) + heightMeters) * sinLatitude
        )
    }

    /// The inverse of `cartesian`. Bowring's iteration on the reduced latitude (Survey Review 23, 1976): two
    /// rounds leave less than a nanometre for heights from the sea floor to space near the earth.
    static func geodetic(x: Double, y: Double, z: Double)
        -> (latitudeDegrees: Double, longitudeDegrees: Double, heightMeters: Double)
    {
        let p = (x * x + y * y).squareRoot()
        var tangent = (z * a, p * b)  // of the reduced latitude, as a ratio that survives the poles
        var sinLatitude = 0.0
        var cosLatitude = 1.0
        for _ in 0..<3 {
            let size = (tangent.0 * tangent.0 + tangent.1 * tangent.1).squareRoot()
            guard size > 0 else { return (0, 0, -a) }
            let sinReduced = tangent.0 / size
            let cosReduced = tangent.1 / size
            let up = z + ePrime2 * b * sinReduced * sinReduced * sinReduced
            let out = p - e2 * a * cosReduced * cosReduced * cosReduced
            let length = (up * up + out * out).squareRoot()
            guard length > 0 else { return (0, 0, -a) }
            sinLatitude = up / length
            cosLatitude = out / length
            tangent = ((1 - f) * sinLatitude, cosLatitude)
        }
        let normal = a / (1 - e2 * sinLatitude * sinLatitude).squareRoot()
        // Stable at every latitude: projects the remainder on the ellipsoid's normal.
        let height =
            (p - normal * cosLatitude) * cosLatitude + (z - normal * (1 - e2) * sinLatitude) * sinLatitude
        return (
            atan2(sinLatitude, cosLatitude) / radiansPerDegree, p > 0 ? atan2(y, x) / radiansPerDegree : 0,
            height
        )
    }

    /// Sine and cosine of an angle in degrees, exact at multiples of 90.
    static func sineCosine(degrees: Double) -> (sine: Double, cosine: Double) {
        let quarter = (degrees / 90).rounded()
        let rest = (degrees - 90 * quarter) * radiansPerDegree
        let (s, c) = (sin(rest), cos(rest))
        switch Int(exactly: quarter.remainder(dividingBy: 4)) {
        case 0: return (s, c)
        case 1: return (c, -s)
        case -1: return (-c, s)
        case 2, -2: return (-s, -c)
        default: return (.nan, .nan)
        }
    }

    /// The same angle in -180 ... 180.
    static func wrapped(degrees: Double) -> Double {
        let angle = degrees.remainder(dividingBy: 360)
        return angle == -180 ? 180 : angle
    }
}
