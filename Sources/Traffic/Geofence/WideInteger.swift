/// A signed integer of up to 1,280 bits without heap memory: the last resort of the fence predicates, where a sweep
/// is cut at a rational time and squares of determinants are compared. Overflow traps; the callers' inputs are bounded
/// so that at most 640 bits are in use.
struct WideInteger {
    private static let limbsMax = 20
    private var limbs = InlineArray<20, UInt64>(repeating: 0)
    private var count = 0
    private var isNegative = false

    init(_ value: Int64) {
        isNegative = value < 0
        limbs[0] = value.magnitude
        count = value == 0 ? 0 : 1
    }

    /// The whole number nearest to a double below 2^63 in size.
    init(_ value: Double) { self.init(Int64(value)) }

    private init() {}

    var signum: Int { count == 0 ? 0 : isNegative ? -1 : 1 }

    static prefix func - (a: WideInteger) -> WideInteger {
        var result = a
        result.isNegative = a.count > 0 && !a.isNegative
        return result
    }

    private mutating func trim(_ top: Int) {
        count = top
        while count > 0, limbs[count - 1] == 0 { count -= 1 }
        if count == 0 { isNegative = false }
    }

    private static func compareMagnitudes(_ a: WideInteger, _ b: WideInteger) -> Int {
        if a.count != b.count { return a.count < b.count ? -1 : 1 }
        var i = a.count - 1
        while i >= 0 {
            if a.limbs[i] != b.limbs[i] { return a.limbs[i] < b.limbs[i] ? -1 : 1 }
            i -= 1
        }
        return 0
    }

    private static func addMagnitudes(_ a: WideInteger, _ b: WideInteger) -> WideInteger {
        var result = WideInteger()
        let top = max(a.count, b.count)
        precondition(top < limbsMax)
        var carry: UInt64 = 0
        for i in 0..<top {
            let (first, over1) = a.limbs[i].addingReportingOverflow(b.limbs[i])
            let (second, over2) = first.addingReportingOverflow(carry)
            result.limbs[i] = second
            carry = over1 || over2 ? 1 : 0
        }
        result.limbs[top] = carry
        result.trim(top + 1)
        return result
    }

    /// |a| - |b|, |a| not the smaller.
    private static func subtractMagnitudes(_ a: WideInteger, _ b: WideInteger) -> WideInteger {
        var result = WideInteger()
        var borrow: UInt64 = 0
        for i in 0..<a.count {
            let (first, under1) = a.limbs[i].subtractingReportingOverflow(b.limbs[i])
            let (second, under2) = first.subtractingReportingOverflow(borrow)
            result.limbs[i] = second
            borrow = under1 || under2 ? 1 : 0
        }
        result.trim(a.count)
        return result
    }

    static func + (a: WideInteger, b: WideInteger) -> WideInteger {
        if a.isNegative == b.isNegative {
            var result = addMagnitudes(a, b)
            result.isNegative = a.isNegative && result.count > 0
            return result
        }
        let order = compareMagnitudes(a, b)
        if order == 0 { return WideInteger() }
        var result = order > 0 ? subtractMagnitudes(a, b) : subtractMagnitudes(b, a)
        result.isNegative = order > 0 ? a.isNegative : b.isNegative
        return result
    }

    static func - (a: WideInteger, b: WideInteger) -> WideInteger { a + -b }

    static func * (a: WideInteger, b: WideInteger) -> WideInteger {
        var result = WideInteger()
        if a.count == 0 || b.count == 0 { return result }
        precondition(a.count + b.count <= limbsMax)
        for i in 0..<a.count {
            var carry: UInt64 = 0
            for k in 0..<b.count {
                let product = a.limbs[i].multipliedFullWidth(by: b.limbs[k])
                let (low, over1) = product.low.addingReportingOverflow(result.limbs[i + k])
                let (sum, over2) = low.addingReportingOverflow(carry)
                result.limbs[i + k] = sum
                carry = product.high &+ (over1 ? 1 : 0) &+ (over2 ? 1 : 0)
            }
            result.limbs[i + b.count] = carry
        }
        result.trim(a.count + b.count)
        result.isNegative = a.isNegative != b.isNegative
        return result
    }

    static func < (a: WideInteger, b: WideInteger) -> Bool { (a - b).signum < 0 }
    static func <= (a: WideInteger, b: WideInteger) -> Bool { (a - b).signum <= 0 }
}

/// A point with whole coordinates of any size; a common denominator is kept by the caller.
struct WidePoint {
    var x: WideInteger
    var y: WideInteger

    static func cross(_ o: WidePoint, _ a: WidePoint, _ b: WidePoint) -> WideInteger {
        (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x)
    }

    static func dot(_ o: WidePoint, _ a: WidePoint, _ b: WidePoint) -> WideInteger {
        (a.x - o.x) * (b.x - o.x) + (a.y - o.y) * (b.y - o.y)
    }

    /// Whether p is at most `reach` from the segment a b.
    static func isWithin(_ p: WidePoint, _ a: WidePoint, _ b: WidePoint, _ reach: WideInteger) -> Bool {
        let along = dot(a, b, p)
        let length2 = dot(a, b, b)
        if along.signum <= 0 { return dot(a, p, p) <= reach * reach }
        if length2 <= along { return dot(b, p, p) <= reach * reach }
        let area = cross(a, b, p)
        return area * area <= reach * reach * length2
    }

    private static func isBetween(_ p: WidePoint, _ a: WidePoint, _ b: WidePoint) -> Bool {
        dot(p, a, b).signum <= 0
    }

    /// Whether two segments have a point in common, ends included.
    static func meet(_ a: WidePoint, _ b: WidePoint, _ c: WidePoint, _ d: WidePoint) -> Bool {
        let (s1, s2) = (cross(a, b, c).signum, cross(a, b, d).signum)
        let (s3, s4) = (cross(c, d, a).signum, cross(c, d, b).signum)
        if s1 * s2 < 0, s3 * s4 < 0 { return true }
        return s1 == 0 && isBetween(c, a, b) || s2 == 0 && isBetween(d, a, b) || s3 == 0 && isBetween(a, c, d)
            || s4 == 0 && isBetween(b, c, d)
    }

    /// Whether two segments come as near as `reach`, equality included.
    static func areWithin(
        _ a: WidePoint, _ b: WidePoint, _ c: WidePoint, _ d: WidePoint, _ reach: WideInteger
    ) -> Bool {
        meet(a, b, c, d)
            || reach.signum > 0
                && (isWithin(a, c, d, reach) || isWithin(b, c, d, reach) || isWithin(c, a, b, reach)
                    || isWithin(d, a, b, reach))
    }
}
