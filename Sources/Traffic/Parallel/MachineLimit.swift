import TrafficKernels
import TrafficKernelsWide

/// What the machine could do at most, for benchmarks to compare with.
public enum MachineLimit {
    /// Single-precision operations of one round of `multiplyAndAdd`.
    public static let operationsPerRound = 4 * 10 * 8 * 2

    /// Multiplies and adds in registers, without fused operations, as the kernels do.
    public static func multiplyAndAdd(rounds: Int, path: VectorPath) -> Float {
        path == .wide
            ? TrafficKernelsWide.multiplyAndAdd(rounds: rounds, factor: 0.5)
            : TrafficKernels.multiplyAndAdd(rounds: rounds, factor: 0.5)
    }
}
