/// Sixteen boxes of segments in a bucket's own whole numbers, a plane for each limit: 4 in space and time times two.
/// Rounded outwards, so that what does not overlap here does not overlap at all.
struct BoxBlock {
    static let lanes = 16
    var minX = SIMD16<Int16>(repeating: BucketBox.empty)
    var maxX = SIMD16<Int16>(repeating: -BucketBox.empty)
    var minY = SIMD16<Int16>(repeating: BucketBox.empty)
    var maxY = SIMD16<Int16>(repeating: -BucketBox.empty)
    var minZ = SIMD16<Int16>(repeating: BucketBox.empty)
    var maxZ = SIMD16<Int16>(repeating: -BucketBox.empty)
    var minT = SIMD16<Int16>(repeating: BucketBox.empty)
    var maxT = SIMD16<Int16>(repeating: -BucketBox.empty)
    /// Which segment each box is of.
    var segments = SIMD16<UInt32>(repeating: 0)

    mutating func set(_ lane: Int, _ box: BucketBox, segment: UInt32) {
        (minX[lane], maxX[lane]) = (box.minX, box.maxX)
        (minY[lane], maxY[lane]) = (box.minY, box.maxY)
        (minZ[lane], maxZ[lane]) = (box.minZ, box.maxZ)
        (minT[lane], maxT[lane]) = (box.minT, box.maxT)
        segments[lane] = segment
    }

    mutating func copy(_ lane: Int, from other: BoxBlock, _ source: Int) {
        (minX[lane], maxX[lane]) = (other.minX[source], other.maxX[source])
        (minY[lane], maxY[lane]) = (other.minY[source], other.maxY[source])
        (minZ[lane], maxZ[lane]) = (other.minZ[source], other.maxZ[source])
        (minT[lane], maxT[lane]) = (other.minT[source], other.maxT[source])
        segments[lane] = other.segments[source]
    }

    /// Empties a lane: a box that overlaps nothing.
    mutating func clear(_ lane: Int) {
        (minX[lane], maxX[lane]) = (BucketBox.empty, -BucketBox.empty)
    }
}

/// One box in a bucket's whole numbers.
///
/// All numbers are within 16,382 of 0, so that differences of two fit 16 bits.
struct BucketBox {
    /// A lower limit above all others.
    static let empty: Int16 = 16_383
    var minX: Int16
    var maxX: Int16
    var minY: Int16
    var maxY: Int16
    var minZ: Int16
    var maxZ: Int16
    var minT: Int16
    var maxT: Int16

    /// Rounds outwards; what does not fit stands at the end of the range and overlaps more than it should.
    @inline(__always)
    init(
        _ box: SpaceTimeBox, originX: Double, originY: Double, originT: Double, perMeter: Double,
        perSecond: Double
    ) {
        (minX, maxX) = (
            Self.floor((box.minX - originX) * perMeter), Self.ceiling((box.maxX - originX) * perMeter)
        )
        (minY, maxY) = (
            Self.floor((box.minY - originY) * perMeter), Self.ceiling((box.maxY - originY) * perMeter)
        )
        (minZ, maxZ) = (Self.floor(box.minZ), Self.ceiling(box.maxZ))
        (minT, maxT) = (
            Self.floor((box.minT - originT) * perSecond), Self.ceiling((box.maxT - originT) * perSecond)
        )
    }

    /// At most the true floor, at least 1 below it; one step of slack covers the rounding of the scaling.
    @inline(__always)
    private static func floor(_ value: Double) -> Int16 {
        value > 16_000 ? 16_000 : value < -16_000 ? -16_382 : Int16(value) &- 2
    }

    @inline(__always)
    private static func ceiling(_ value: Double) -> Int16 {
        value > 16_000 ? 16_382 : value < -16_000 ? -16_000 : Int16(value) &+ 2
    }
}

/// Where and when a segment's tube is, slack included.
struct SpaceTimeBox {
    var minX: Double
    var maxX: Double
    var minY: Double
    var maxY: Double
    var minZ: Double
    var maxZ: Double
    var minT: Double
    var maxT: Double

    @inline(__always)
    init(_ segment: PlanSegment, _ tolerance: IntentTolerance, before: Double, after: Double) {
        let (dx, dy) = (segment.vx * segment.duration, segment.vy * segment.duration)
        let dz = segment.vz * segment.duration
        // A little more than the tube, for the rounding of velocity times duration.
        let (r, h) = (tolerance.radiusMeters + 0.001, tolerance.halfHeightMeters + 0.001)
        (minX, maxX) = (segment.x + (dx < 0 ? dx : 0) - r, segment.x + (dx > 0 ? dx : 0) + r)
        (minY, maxY) = (segment.y + (dy < 0 ? dy : 0) - r, segment.y + (dy > 0 ? dy : 0) + r)
        (minZ, maxZ) = (segment.z + (dz < 0 ? dz : 0) - h, segment.z + (dz > 0 ? dz : 0) + h)
        (minT, maxT) = (segment.start - before - 0.001, segment.start + segment.duration + after + 0.001)
    }
}
