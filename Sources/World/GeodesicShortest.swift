import Glibc

extension Geodesic {
    /// The shortest path eastwards over `longitudeDegrees` (0 ... 180), from the point of larger latitude, which
    /// lies south of or on the equator. There the longitude reached grows with the azimuth from 0 to pi, so that
    /// exactly one azimuth is right.
    static func shortest(from first: Reduced, to second: Reduced, longitudeDegrees: Double) -> (
        meters: Double, start: Direction, end: Direction
    ) {
        let wanted = longitudeDegrees * WGS84.radiansPerDegree
        if longitudeDegrees == 0 || longitudeDegrees == 180 {
            // Along the meridian; to the other side of the earth over the nearer, southern pole.
            let north = Direction(sine: 0, cosine: longitudeDegrees == 0 ? 1 : -1)
            let circle = AuxiliaryCircle(from: first, azimuth: north)
            let arc = meridianArc(first, second, overPole: longitudeDegrees == 180)
            return (abs(circle.integrals(over: arc).length) * WGS84.b, north, Direction(sine: 0, cosine: 1))
        }
        if first.sine == 0, wanted <= (1 - WGS84.f) * Double.pi {
            return (WGS84.a * wanted, Direction(sine: 1, cosine: 0), Direction(sine: 1, cosine: 0))
        }

        var low = first.sine == 0 ? Double.pi / 2 : 0
        var high = Double.pi
        var azimuth = firstGuess(first, second, wanted).clamped(to: low...high)
        if azimuth == low || azimuth == high { azimuth = (low + high) / 2 }
        var trial = Trial(first, second, azimuth: azimuth)
        for round in 0..<100 {
            let excess = trial.longitude - wanted
            if excess == 0 { break }
            if excess > 0 { high = azimuth } else { low = azimuth }
            var next = azimuth - excess / trial.slope
            // Newton's method stalls where the slope runs to infinity, and may crawl; halving never does.
            let stalls = abs(next - azimuth) < 1e-12 * azimuth && abs(excess) > 1e-12
            if !(next > low && next < high) || stalls || round >= 20 { next = low + (high - low) / 2 }
            let step = abs(next - azimuth)
            if step <= 2e-16 * azimuth { break }
            azimuth = next
            trial = Trial(first, second, azimuth: azimuth)
        }
        return (trial.length * WGS84.b, trial.startDirection, trial.endDirection)
    }

    /// Within 2 km the azimuth equation loses digits for paths due east, while the straight line through the earth
    /// keeps them: its length bends back by the curvature in its direction (Euler), and its direction differs from
    /// the geodesic's by less than a micrometre sideways. Nil when farther apart.
    static func near(_ latitude1: Double, _ longitude1: Double, _ latitude2: Double, _ longitude2: Double)
        -> (
            meters: Double, initialAzimuthDegrees: Double, finalAzimuthDegrees: Double
        )?
    {
        let p = WGS84.cartesian(latitudeDegrees: latitude1, longitudeDegrees: longitude1, heightMeters: 0)
        let q = WGS84.cartesian(latitudeDegrees: latitude2, longitudeDegrees: longitude2, heightMeters: 0)
        let (x, y, z) = (q.x - p.x, q.y - p.y, q.z - p.z)
        let chord = (x * x + y * y + z * z).squareRoot()
        guard chord < 2000 else { return nil }
        guard chord > 0 else { return (0, 0, 0) }
        func azimuth(_ latitude: Double, _ longitude: Double) -> Direction {
            let (sinLatitude, cosLatitude) = WGS84.sineCosine(degrees: latitude)
            let (sinLongitude, cosLongitude) = WGS84.sineCosine(degrees: longitude)
            let outward = cosLongitude * x + sinLongitude * y
            return Direction(
                sine: cosLongitude * y - sinLongitude * x, cosine: cosLatitude * z - sinLatitude * outward)
        }
        let start = azimuth(latitude1, longitude1)
        let end = azimuth(latitude2, longitude2)
        let s = WGS84.sineCosine(degrees: latitude1).sine
        let w = 1 - WGS84.e2 * s * s
        let across = start.sine / chord
        let curvature =
            w.squareRoot() / WGS84.a * (across * across + (1 - across * across) * w / (1 - WGS84.e2))
        return (chord * (1 + chord * chord * curvature * curvature / 24), start.degrees, end.degrees)
    }

    private static func meridianArc(_ first: Reduced, _ second: Reduced, overPole: Bool) -> Double {
        let beta1 = atan2(first.sine, first.cosine)
        let beta2 = atan2(second.sine, second.cosine)
        return overPole ? Double.pi + beta1 + beta2 : beta2 - beta1
    }

    /// The azimuth on the auxiliary sphere with the longitude stretched for the mean latitude; near antipodal
    /// points it may be far off, and bisection takes over.
    private static func firstGuess(_ first: Reduced, _ second: Reduced, _ wanted: Double) -> Double {
        let meanSquare = (first.cosine * first.cosine + second.cosine * second.cosine) / 2
        let omega = min(wanted / (1 - WGS84.e2 * meanSquare).squareRoot(), Double.pi)
        let halfSine = sin(omega / 2)
        // sin(beta2 - beta1) + 2 sin^2(omega / 2) sin(beta1) cos(beta2): no cancellation for near points.
        let x =
            second.sine * first.cosine - second.cosine * first.sine
            + 2 * halfSine * halfSine * first.sine * second.cosine
        return atan2(second.cosine * sin(omega), x)
    }

    /// Where a departure at one azimuth reaches the second point's latitude, going north there.
    private struct Trial {
        let startDirection: Direction
        let endDirection: Direction
        /// Of the arrival east of the departure, radians.
        let longitude: Double
        /// Of the path, over b.
        let length: Double
        /// d(longitude) / d(azimuth)
        let slope: Double

        init(_ first: Reduced, _ second: Reduced, azimuth: Double) {
            let alpha1 = Direction(radians: azimuth)
            let circle = AuxiliaryCircle(from: first, azimuth: alpha1)
            // cos^2(beta2) - cos^2(beta1), by the form that keeps its digits.
            let narrower =
                first.cosine < -first.sine
                ? (second.cosine - first.cosine) * (second.cosine + first.cosine)
                : (first.sine - second.sine) * (first.sine + second.sine)
            let alongNorth = alpha1.cosine * first.cosine
            let cosAlpha2 = max(0, alongNorth * alongNorth + narrower).squareRoot() / second.cosine
            let sinAlpha2 = circle.sinAlpha0 / second.cosine

            let (y1, x1) = (first.sine, alongNorth)
            let (y2, x2) = (second.sine, cosAlpha2 * second.cosine)
            let size1 = hypot(y1, x1)
            let size2 = hypot(y2, x2)
            let crossing = max(0, y2 * x1 - x2 * y1) + 0.0  // Never -0, whose arc would be -pi.
            let arc = atan2(crossing, x1 * x2 + y1 * y2)
            // Spherical longitudes from the equator crossing are atan2(sin(alpha0) sin(sigma), cos(sigma)).
            let (w1, w2) = (circle.sinAlpha0 * y1, circle.sinAlpha0 * y2)
            let sphere = atan2(max(0, w2 * x1 - x2 * w1) + 0.0, x1 * x2 + w1 * w2)
            let integrals = circle.integrals(over: arc)

            startDirection = alpha1
            endDirection = Direction(sine: sinAlpha2, cosine: cosAlpha2)
            longitude = sphere - WGS84.f * circle.sinAlpha0 * integrals.longitude
            length = integrals.length
            if cosAlpha2 > 0, size1 > 0, size2 > 0 {
                let (sin1, cos1) = (y1 / size1, x1 / size1)
                let (sin2, cos2) = (y2 / size2, x2 / size2)
                let rate1 = (1 + circle.k2 * sin1 * sin1).squareRoot()
                let rate2 = (1 + circle.k2 * sin2 * sin2).squareRoot()
                let reducedLength = rate2 * cos1 * sin2 - rate1 * sin1 * cos2 - cos1 * cos2 * integrals.j
                slope = (1 - WGS84.f) * reducedLength / (cosAlpha2 * second.cosine)
            } else {
                slope = 0  // Divides to infinity: the caller bisects.
            }
        }
    }
}
