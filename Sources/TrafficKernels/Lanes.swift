/// Vectors as wide as the kernels work in. Free functions over raw memory only: this folder is compiled twice,
/// once for every machine and once (`TrafficKernelsWide`, the same files) for x86-64 with AVX2 and FMA.
public typealias Lanes = SIMD16<Float>

/// Sixteen neighbouring floats from any address.
@inline(__always)
func load(_ base: UnsafePointer<Float>, _ index: Int) -> Lanes {
    UnsafeRawPointer(base + index).loadUnaligned(as: Lanes.self)
}
