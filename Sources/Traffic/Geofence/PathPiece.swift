/// A fraction of the way, exactly: 0 <= numerator <= denominator <= 2^52.
struct PathRatio: Sendable {
    var numerator: Int64
    var denominator: Int64

    static let start = PathRatio(numerator: 0, denominator: 1)
    static let end = PathRatio(numerator: 1, denominator: 1)

    var value: Double { Double(numerator) / Double(denominator) }

    static func < (a: PathRatio, b: PathRatio) -> Bool {
        Int128(a.numerator) * Int128(b.denominator) < Int128(b.numerator) * Int128(a.denominator)
    }
}

/// A straight horizontal path on the nanometre grid, or what an altitude band or time window leaves of it.
struct PathPiece {
    /// The whole path.
    let x0: Double
    let y0: Double
    let x1: Double
    let y1: Double
    let lower: PathRatio
    let upper: PathRatio
    /// The ends of the piece, exact when it is the whole path, else within 2 nm a coordinate.
    let ax: Double
    let ay: Double
    let bx: Double
    let by: Double
    /// Bound of the error of the ends, nanometres a coordinate.
    let slop: Double

    @inline(__always)
    init(x0: Double, y0: Double, x1: Double, y1: Double) {
        (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
        (lower, upper) = (.start, .end)
        (ax, ay, bx, by) = (x0, y0, x1, y1)
        slop = 0
    }

    init(x0: Double, y0: Double, x1: Double, y1: Double, lower: PathRatio, upper: PathRatio) {
        (self.x0, self.y0, self.x1, self.y1) = (x0, y0, x1, y1)
        (self.lower, self.upper) = (lower, upper)
        let (a, b) = (lower.value, upper.value)
        (ax, ay) = (x0 + (x1 - x0) * a, y0 + (y1 - y0) * a)
        (bx, by) = (x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)
        slop = 2
    }

    /// The same fraction of the whole path.
    func parameter(_ fraction: Double) -> Double {
        let (a, b) = (lower.value, upper.value)
        return min(a + (b - a) * fraction, b)
    }

    /// Both ends exactly, as whole numbers over one denominator.
    func wide() -> (a: WidePoint, b: WidePoint, denominator: WideInteger) {
        func end(_ ratio: PathRatio, _ other: Int64) -> WidePoint {
            let (n, d, more) = (
                WideInteger(ratio.numerator), WideInteger(ratio.denominator), WideInteger(other)
            )
            return WidePoint(
                x: (WideInteger(x0) * d + WideInteger(x1 - x0) * n) * more,
                y: (WideInteger(y0) * d + WideInteger(y1 - y0) * n) * more)
        }
        if lower.denominator == upper.denominator {
            return (end(lower, 1), end(upper, 1), WideInteger(lower.denominator))
        }
        return (
            end(lower, upper.denominator), end(upper, lower.denominator),
            WideInteger(lower.denominator) * WideInteger(upper.denominator)
        )
    }
}
