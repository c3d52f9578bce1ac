/// The grid all fence geometry is decided on: whole nanometres, held as doubles that are exactly those integers.
///
/// Decimals as people write them (up to nine places of a metre) are exact here, so that a point written on an edge is
/// on it. Differences of two coordinates are exact in double, which keeps the error bounds of the filters short, and
/// products fit 128 bits.
enum NanometerGrid {
    /// Largest coordinate, metres: 1e15 nm is below 2^50.
    static let metersMax = 1_000_000.0
    /// Largest altitude, metres, also of limits.
    static let altitudeMetersMax = 100_000.0
    /// Largest tube radius and circle radius, metres.
    static let radiusMetersMax = 500_000.0
    /// Longest sweep: 2^52 ns, 52 days.
    static let durationNanosecondsMax: Int64 = 1 << 52

    /// 1.5 * 2^52: adding and taking it away rounds to whole numbers, ties to even, on every machine alike.
    private static let rounder = 6_755_399_441_055_744.0

    /// The nearest whole number of nanometres.
    @inline(__always)
    static func nanometers(_ meters: Double) -> Double {
        (meters * 1e9 + rounder) - rounder
    }

    @inline(__always)
    static func integer(_ nanometers: Double) -> Int64 { Int64(nanometers) }
}

/// Which side of a line a point is on: the sign of a 2 x 2 determinant, filtered in double, then exact.
enum Orientation {
    /// (3 + 16 e) e with e = 2^-53, of Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust
    /// Geometric Predicates" (1997); more than is needed here, where the differences are exact.
    static let errorFactor = 3.330_669_073_875_471_6e-16

    /// Twice the area of the triangle a, b, p, positive when p is left of a to b; nil when the sign is uncertain.
    @inline(__always)
    static func filtered(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double, _ px: Double, _ py: Double)
        -> Double?
    {
        let left = (bx - ax) * (py - ay)
        let right = (by - ay) * (px - ax)
        let determinant = left - right
        let bound = errorFactor * (left.magnitude + right.magnitude)
        return determinant > bound || determinant < -bound ? determinant : nil
    }

    /// -1, 0 or 1: exact for coordinates on the grid.
    static func sign(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double, _ px: Double, _ py: Double)
        -> Int
    {
        if let value = filtered(ax, ay, bx, by, px, py) { return value > 0 ? 1 : -1 }
        let left = Int128(Int64(bx - ax)) * Int128(Int64(py - ay))
        let right = Int128(Int64(by - ay)) * Int128(Int64(px - ax))
        return left == right ? 0 : left > right ? 1 : -1
    }

    /// Whether p, known to be on the line a b, is on the segment.
    @inline(__always)
    static func isBetween(
        _ ax: Double, _ ay: Double, _ bx: Double, _ by: Double, _ px: Double, _ py: Double
    ) -> Bool {
        ((ax <= px && px <= bx) || (bx <= px && px <= ax))
            && ((ay <= py && py <= by) || (by <= py && py <= ay))
    }
}
