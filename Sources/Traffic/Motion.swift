/// Where a body is and how it moves: metres east and north of its tile's origin and above mean sea level, metres
/// a second. Altitude is carried as altitude, never as height above a tangent plane.
public struct Motion: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var z: Double
    public var vx: Double
    public var vy: Double
    public var vz: Double

    public init(x: Double, y: Double, z: Double, vx: Double, vy: Double, vz: Double) {
        (self.x, self.y, self.z) = (x, y, z)
        (self.vx, self.vy, self.vz) = (vx, vy, vz)
    }

    public var isFinite: Bool {
        x.isFinite && y.isFinite && z.isFinite && vx.isFinite && vy.isFinite && vz.isFinite
    }

    /// The same body `seconds` later, at constant velocity.
    public func advanced(by seconds: Double) -> Motion {
        Motion(x: x + vx * seconds, y: y + vy * seconds, z: z + vz * seconds, vx: vx, vy: vy, vz: vz)
    }
}
