/// When a straight line of motion is inside a volume: seconds from now, empty when `entry` is not before `exit`.
struct BandWindow {
    var entry: Double
    var exit: Double

    static let empty = BandWindow(entry: .infinity, exit: -.infinity)
    static let always = BandWindow(entry: -.infinity, exit: .infinity)

    /// Whether some time of `low ... high` is inside. With `low` and `high` equal: whether that moment is, and not
    /// as the last one.
    @inline(__always)
    func overlaps(_ low: Double, _ high: Double) -> Bool {
        if low == high { return entry <= low && low < exit }
        let start = max(entry, low)
        return min(exit, high) - start > 1e-13 + 4e-12 * start
    }

    @inline(__always)
    func intersection(_ other: BandWindow) -> BandWindow {
        BandWindow(entry: max(entry, other.entry), exit: min(exit, other.exit))
    }

    /// When a height difference of `z` at `time`, changing by `vz`, is within `halfHeight`.
    @inline(__always)
    static func vertical(z: Double, vz: Double, at time: Double, halfHeight: Double) -> BandWindow {
        if abs(vz) < Negligible.verticalSpeed { return abs(z) <= halfHeight ? .always : .empty }
        let climb = abs(vz)
        let below = vz > 0 ? -z : z
        return BandWindow(
            entry: time + (below - halfHeight) / climb, exit: time + (below + halfHeight) / climb)
    }
}

/// A volume as bands need it: horizontal and vertical part apart, because all headings share the vertical one, and
/// all climbs the horizontal one. No time to co-altitude: DO-365B has none.
struct BandVolume {
    var radius: Double
    var halfHeight: Double
    /// TTHR of modified tau; 0 makes it a cylinder.
    var time: Double

    init(_ wellClear: WellClear) {
        radius = wellClear.distanceMeters
        halfHeight = wellClear.heightMeters
        time = wellClear.timeSeconds
    }

    init(radius: Double, halfHeight: Double) {
        self.radius = radius
        self.halfHeight = halfHeight
        time = 0
    }

    /// When a pair that is (x, y) apart at `time`, changing by (vx, vy), is within the horizontal part.
    @inline(__always)
    func horizontal(x: Double, y: Double, vx: Double, vy: Double, at time: Double) -> BandWindow {
        let squaredSpeed = vx * vx + vy * vy
        if squaredSpeed < Negligible.squaredSpeed {
            return x * x + y * y <= radius * radius ? .always : .empty
        }
        let moment = x * vy - y * vx
        let chord = radius * radius * squaredSpeed - moment * moment
        if chord < 0 { return .empty }
        let perSquaredSpeed = 1 / squaredSpeed
        let half = chord.squareRoot() * perSquaredSpeed
        let closest = time - (x * vx + y * vy) * perSquaredSpeed
        let lead =
            self.time == 0 ? half : self.time / 2 + (half * half + self.time * self.time / 4).squareRoot()
        return BandWindow(entry: closest - lead, exit: closest + half)
    }
}
