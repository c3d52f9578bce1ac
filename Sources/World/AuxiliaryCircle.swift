import Glibc

/// The great circle on the auxiliary sphere that a geodesic maps to.
struct AuxiliaryCircle {
    /// Of the azimuth at which the circle crosses the equator northwards.
    let sinAlpha0: Double
    let cosAlpha0: Double
    /// Arc from that crossing to the start point, radians.
    let start: Double
    /// Longitude on the auxiliary sphere from that crossing to the start point, radians.
    let startLongitude: Double
    /// e'^2 cos^2(alpha0)
    let k2: Double

    init(from point: Reduced, azimuth: Direction) {
        sinAlpha0 = azimuth.sine * point.cosine
        cosAlpha0 = hypot(azimuth.cosine, azimuth.sine * point.sine)
        let alongNorth = azimuth.cosine * point.cosine
        start = atan2(point.sine, alongNorth)
        // From the parts, not from `start`: beside a pole its cosine would be lost in rounding.
        startLongitude = atan2(sinAlpha0 * point.sine, alongNorth)
        k2 = WGS84.ePrime2 * cosAlpha0 * cosAlpha0
    }

    /// d(length / b) / d(arc) at `arc` radians beyond the start.
    func lengthRate(at arc: Double) -> Double {
        let s = sin(start + arc)
        return (1 + k2 * s * s).squareRoot()
    }

    /// Integrals over `arc` radians from the start, at most a few turns: length / b, the longitude integral I3
    /// without its factor, and the integral J of the reduced length.
    func integrals(over arc: Double) -> (length: Double, longitude: Double, j: Double) {
        let panels = max(1, (abs(arc) / Double.pi).rounded(.up))
        let half = arc / panels / 2
        var (length, longitude, j) = (0.0, 0.0, 0.0)
        var middle = start + half
        for _ in 0..<Int(panels) {
            for (node, weight) in Self.gauss12 {
                let s = sin(middle + half * node)
                let bend = k2 * s * s
                let rate = (1 + bend).squareRoot()
                length += weight * rate
                longitude += weight * (2 - WGS84.f) / (1 + (1 - WGS84.f) * rate)
                j += weight * bend / rate
            }
            middle += 2 * half
        }
        return (length * half, longitude * half, j * half)
    }

    /// Nodes and weights of the 12-point Gauss-Legendre rule on -1 ... 1 (Abramowitz and Stegun, table 25.4).
    private static let gauss12: [(node: Double, weight: Double)] = [
        (-0.9815606342467192, 0.04717533638651183), (0.9815606342467192, 0.04717533638651183),
        (-0.9041172563704749, 0.1069393259953184), (0.9041172563704749, 0.1069393259953184),
        (-0.7699026741943047, 0.1600783285433462), (0.7699026741943047, 0.1600783285433462),
        (-0.5873179542866175, 0.2031674267230659), (0.5873179542866175, 0.2031674267230659),
        (-0.3678314989981802, 0.2334925365383548), (0.3678314989981802, 0.2334925365383548),
        (-0.1252334085114689, 0.2491470458134028), (0.1252334085114689, 0.2491470458134028),
    ]
}
