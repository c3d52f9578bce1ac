import CLinux

/// Which of the two builds of the kernels is called. Both give the same bytes; a test holds them to it.
public enum VectorPath: Sendable, CaseIterable {
    /// For every machine.
    case portable
    /// For x86-64 machines with AVX2 and FMA; elsewhere the same code as `portable`.
    case wide

    /// Those this machine can run and that differ.
    public static let available: [VectorPath] = best == .wide ? [.portable, .wide] : [.portable]

    /// The better one this machine has.
    public static let best: VectorPath = keruen_has_wide_vectors() != 0 ? .wide : .portable
}
