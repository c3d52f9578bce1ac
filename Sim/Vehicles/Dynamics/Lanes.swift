/// Eight vehicles side by side: one register of `Float` each.
///
/// Everything below uses only additions, multiplications, divisions and bit patterns, in a fixed order and
/// without fused products, so that a debug build, a release build and any vector width give the same bits.
typealias Lanes = SIMD8<Float>
typealias LaneMask = SIMDMask<SIMD8<Int32>>

@inline(__always) func select(_ mask: LaneMask, _ yes: Lanes, _ no: Lanes) -> Lanes {
    no.replacing(with: yes, where: mask)
}

@inline(__always) func lesser(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }
@inline(__always) func greater(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .> a) }
@inline(__always) func lesser(_ a: Lanes, _ b: Float) -> Lanes { lesser(a, Lanes(repeating: b)) }
@inline(__always) func greater(_ a: Lanes, _ b: Float) -> Lanes { greater(a, Lanes(repeating: b)) }

@inline(__always) func limit(_ a: Lanes, _ low: Lanes, _ high: Lanes) -> Lanes {
    lesser(greater(a, low), high)
}
@inline(__always) func limit(_ a: Lanes, _ size: Float) -> Lanes {
    lesser(greater(a, Lanes(repeating: -size)), Lanes(repeating: size))
}

@inline(__always) func magnitude(_ a: Lanes) -> Lanes {
    unsafeBitCast(unsafeBitCast(a, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: Lanes.self)
}

/// 1 / sqrt(a), for normal a > 0, to about 3e-7: a guess from the exponent and three Newton steps, because
/// the standard library's vector square root goes lane by lane.
@inline(__always) func reciprocalRoot(_ a: Lanes) -> Lanes {
    let half = a * 0.5
    var y = unsafeBitCast(
        SIMD8<UInt32>(repeating: 0x5F37_5A86) &- (unsafeBitCast(a, to: SIMD8<UInt32>.self) &>> 1),
        to: Lanes.self)
    y = y * (1.5 - half * y * y)
    y = y * (1.5 - half * y * y)
    return y * (1.5 - half * y * y)
}

/// sqrt(a) for 0 <= a <= 1e37; tiny a gives at most 1e-15.
@inline(__always) func root(_ a: Lanes) -> Lanes { a * reciprocalRoot(greater(a, 1e-30)) }

/// Base-2 logarithm for normal a > 0, to 2e-4: exponent plus a quartic fitted to log2 on 1 ... 2.
@inline(__always) func logarithm2(_ a: Lanes) -> Lanes {
    let bits = unsafeBitCast(a, to: SIMD8<UInt32>.self)
    let exponent = Lanes(unsafeBitCast(bits &>> 23, to: SIMD8<Int32>.self)) - 127
    let m = unsafeBitCast((bits & 0x007F_FFFF) | 0x3F80_0000, to: Lanes.self)
    return exponent
        + ((((-0.078_440_68 * m + 0.626_032_2) * m - 2.078_335_2) * m + 4.029_211_4) * m - 2.498_353_2)
}

/// A vector in space for each lane.
struct Space {
    var x: Lanes
    var y: Lanes
    var z: Lanes

    static let zero = Space(x: .zero, y: .zero, z: .zero)

    @inline(__always) static func + (a: Space, b: Space) -> Space {
        Space(x: a.x + b.x, y: a.y + b.y, z: a.z + b.z)
    }
    @inline(__always) static func - (a: Space, b: Space) -> Space {
        Space(x: a.x - b.x, y: a.y - b.y, z: a.z - b.z)
    }
    @inline(__always) static func * (a: Space, b: Lanes) -> Space {
        Space(x: a.x * b, y: a.y * b, z: a.z * b)
    }
    @inline(__always) static func * (a: Space, b: Float) -> Space {
        Space(x: a.x * b, y: a.y * b, z: a.z * b)
    }
    @inline(__always) func dot(_ b: Space) -> Lanes { x * b.x + y * b.y + z * b.z }
}
