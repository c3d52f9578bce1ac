import Glibc

/// Shortest paths on the WGS84 ellipsoid, to nanometres, for any two points.
///
/// The geodesic maps to a great circle on Bessel's auxiliary sphere; its length and longitude are integrals along
/// that circle (Bessel 1825; notation of C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87, 2013). Both
/// integrands are smooth and close to constant, so twelve Gauss-Legendre nodes per half circle give them to the
/// last bits of a Double. The inverse problem is one equation in the departure azimuth whose root is bracketed,
/// hence Newton's method with bisection as its net: it always ends, near antipodal points too.
public enum Geodesic {
    /// Length and azimuths (clockwise from north, -180 ... 180) of the shortest path from `a` to `b`. The final
    /// azimuth is the direction of travel on arrival. Of several shortest paths one is returned, always the same.
    public static func inverse(_ a: Coordinate, _ b: Coordinate) -> (
        meters: Double, initialAzimuthDegrees: Double, finalAzimuthDegrees: Double
    ) {
        inverse(
            latitude1: a.latitudeDegrees, longitude1: a.longitudeDegrees,
            latitude2: b.latitudeDegrees, longitude2: b.longitudeDegrees)
    }

    /// The same in degrees; latitudes are clamped to -90 ... 90, an input that is not finite gives zeros.
    public static func inverse(latitude1: Double, longitude1: Double, latitude2: Double, longitude2: Double)
        -> (
            meters: Double, initialAzimuthDegrees: Double, finalAzimuthDegrees: Double
        )
    {
        guard latitude1.isFinite, longitude1.isFinite, latitude2.isFinite, longitude2.isFinite else {
            return (0, 0, 0)
        }
        let latitude1 = latitude1.clamped(to: -90...90)
        let latitude2 = latitude2.clamped(to: -90...90)
        if let close = near(latitude1, longitude1, latitude2, longitude2) { return close }
        // Bring every case to: going east at most half way round, starting south, at the larger latitude.
        var first = Reduced(latitudeDegrees: latitude1)
        var second = Reduced(latitudeDegrees: latitude2)
        let difference = (longitude2.remainder(dividingBy: 360) - longitude1.remainder(dividingBy: 360))
            .remainder(dividingBy: 360)
        let west = difference < 0
        let swapped = abs(first.sine) < abs(second.sine)
        if swapped { (first, second) = (second, first) }
        let north = first.sine > 0
        if north {
            first.sine = -first.sine
            second.sine = -second.sine
        }
        let path = shortest(from: first, to: second, longitudeDegrees: abs(difference))
        var start = path.start
        var end = path.end
        // Undo in reverse. Running a path backwards turns (sin, cos) of both azimuths; mirroring does the rest.
        if north {
            start.cosine = -start.cosine
            end.cosine = -end.cosine
        }
        if swapped {
            (start, end) = (end, start)
            start.cosine = -start.cosine
            end.cosine = -end.cosine
        }
        if west {
            start.sine = -start.sine
            end.sine = -end.sine
        }
        return (path.meters, start.degrees, end.degrees)
    }

    /// Where a path of `meters` (at most once round the earth, clamped to 4.1e7; negative goes backwards) ends.
    /// Arguments that are not finite leave the start unchanged.
    public static func direct(from: Coordinate, azimuthDegrees: Double, meters: Double) -> Coordinate {
        let end = direct(
            latitude: from.latitudeDegrees, longitude: from.longitudeDegrees, azimuthDegrees: azimuthDegrees,
            meters: meters)
        return Coordinate(latitudeDegrees: end.latitude, longitudeDegrees: end.longitude) ?? from
    }

    /// The same in degrees, with the direction of travel at the end.
    public static func direct(latitude: Double, longitude: Double, azimuthDegrees: Double, meters: Double)
        -> (
            latitude: Double, longitude: Double, finalAzimuthDegrees: Double
        )
    {
        guard latitude.isFinite, longitude.isFinite, azimuthDegrees.isFinite, meters.isFinite else {
            return (latitude, longitude, azimuthDegrees)
        }
        let start = Reduced(latitudeDegrees: latitude)
        let azimuth = Direction(WGS84.sineCosine(degrees: azimuthDegrees))
        let circle = AuxiliaryCircle(from: start, azimuth: azimuth)
        let target = meters.clamped(to: -4.1e7...4.1e7) / WGS84.b
        // d(length)/d(arc) lies within 0.4 % of its mean, so Newton's method converges from anywhere.
        var arc = target / (1 + circle.k2 / 4)
        for _ in 0..<20 {
            let step = (target - circle.integrals(over: arc).length) / circle.lengthRate(at: arc)
            arc += step
            if abs(step) <= 1e-16 * max(1, abs(arc)) { break }
        }
        let sinArc = sin(circle.start + arc)
        let cosArc = cos(circle.start + arc)
        let sinReduced = circle.cosAlpha0 * sinArc
        let cosReduced = hypot(circle.sinAlpha0, circle.cosAlpha0 * cosArc)
        let sphere = atan2(circle.sinAlpha0 * sinArc, cosArc) - circle.startLongitude
        let turned = sphere - WGS84.f * circle.sinAlpha0 * circle.integrals(over: arc).longitude
        return (
            atan2(sinReduced, (1 - WGS84.f) * cosReduced) / WGS84.radiansPerDegree,
            WGS84.wrapped(degrees: longitude + turned / WGS84.radiansPerDegree),
            atan2(circle.sinAlpha0, circle.cosAlpha0 * cosArc) / WGS84.radiansPerDegree
        )
    }
}

/// A direction as sine and cosine, so that nothing is lost near the axes.
struct Direction {
    var sine: Double
    var cosine: Double
    init(sine: Double, cosine: Double) {
        self.sine = sine
        self.cosine = cosine
    }
    init(_ pair: (sine: Double, cosine: Double)) { self.init(sine: pair.sine, cosine: pair.cosine) }
    init(radians: Double) { self.init(sine: sin(radians), cosine: cos(radians)) }
    var degrees: Double { atan2(sine, cosine) / WGS84.radiansPerDegree }
}

/// The reduced latitude beta of a point: tan(beta) = (1 - f) tan(latitude).
struct Reduced {
    var sine: Double
    var cosine: Double
    init(latitudeDegrees: Double) {
        let (s, c) = WGS84.sineCosine(degrees: latitudeDegrees.clamped(to: -90...90))
        let y = (1 - WGS84.f) * s
        let size = hypot(y, c)
        sine = y / size
        // Exactly on a pole every direction is a meridian; a hair beside it the formulas need no special case.
        cosine = max(c / size, 1e-150)
    }
}
