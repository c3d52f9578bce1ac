import World

/// Metres above mean sea level a fence reaches from and to, both included; infinite where it has no floor or ceiling.
public struct AltitudeBand: Hashable, Sendable {
    public let floorMeters: Double
    public let ceilingMeters: Double

    /// All heights.
    public static let unlimited = AltitudeBand()

    private init() { (floorMeters, ceilingMeters) = (-.infinity, .infinity) }

    /// Nil is open; limits within 100,000 m of sea level.
    public init(floorMeters: Double?, ceilingMeters: Double?) throws(FenceFault) {
        for limit in [floorMeters, ceilingMeters] {
            guard let limit, limit.magnitude != .infinity else { continue }
            guard limit.magnitude <= NanometerGrid.altitudeMetersMax else { throw .bandOutOfRange }
        }
        self.floorMeters = floorMeters ?? -.infinity
        self.ceilingMeters = ceilingMeters ?? .infinity
        guard self.floorMeters <= self.ceilingMeters else { throw .bandEmpty }
    }

    /// Nanometres; what is infinite lies beyond every altitude taken.
    var floorNanometers: Double { floorMeters.isFinite ? NanometerGrid.nanometers(floorMeters) : -0x1p50 }
    var ceilingNanometers: Double {
        ceilingMeters.isFinite ? NanometerGrid.nanometers(ceilingMeters) : 0x1p50
    }
}

/// A span of time, both ends included.
public struct TimeWindow: Hashable, Sendable {
    public let start: Instant
    public let end: Instant

    public init(start: Instant, end: Instant) {
        (self.start, self.end) = (start, end)
    }

    public func contains(_ moment: Instant) -> Bool { start <= moment && moment <= end }
}

/// A region that vehicles stay out of, or stay in: an outline in a tile's metres, an altitude band, and when it holds.
public struct Geofence: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case keepOut = "keep-out"
        case keepIn = "keep-in"
    }

    /// Most windows of a fence.
    public static let windowsMax = 1_000

    public let id: UInt32
    public let kind: Kind
    public let outline: FenceOutline
    public let band: AltitudeBand
    /// When it holds, by start, none overlapping another; empty means always.
    public let windows: [TimeWindow]

    public init(
        id: UInt32, kind: Kind, outline: FenceOutline, band: AltitudeBand = .unlimited,
        windows: [TimeWindow] = []
    ) throws(FenceFault) {
        guard windows.count <= Self.windowsMax else {
            throw .tooManyWindows(count: windows.count, limit: Self.windowsMax)
        }
        for (index, window) in windows.enumerated() where window.end < window.start {
            throw .windowEmpty(index: index)
        }
        (self.id, self.kind, self.outline, self.band) = (id, kind, outline, band)
        var merged: [TimeWindow] = []
        for window in windows.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
            if let last = merged.last, window.start <= last.end {
                merged[merged.count - 1] = TimeWindow(start: last.start, end: max(last.end, window.end))
            } else {
                merged.append(window)
            }
        }
        self.windows = merged
    }
}

/// A straight motion at constant velocity with a tube around it: the vehicle and its error are within `radiusMeters`
/// horizontally and `halfHeightMeters` vertically of the line.
public struct Sweep: Hashable, Sendable {
    public var fromX: Double
    public var fromY: Double
    public var fromZ: Double
    public var toX: Double
    public var toY: Double
    public var toZ: Double
    public var start: Instant
    public var end: Instant
    public var radiusMeters: Double
    public var halfHeightMeters: Double

    public init(
        from: (x: Double, y: Double, z: Double), to: (x: Double, y: Double, z: Double), start: Instant,
        end: Instant, radiusMeters: Double = 0, halfHeightMeters: Double = 0
    ) {
        (fromX, fromY, fromZ) = from
        (toX, toY, toZ) = to
        (self.start, self.end) = (start, end)
        (self.radiusMeters, self.halfHeightMeters) = (radiusMeters, halfHeightMeters)
    }

    /// What a body does in the next `seconds` (0...4e6) from `start`.
    public init(
        _ motion: Motion, start: Instant, seconds: Double, radiusMeters: Double = 0,
        halfHeightMeters: Double = 0
    ) {
        let end = motion.advanced(by: seconds)
        self.init(
            from: (motion.x, motion.y, motion.z), to: (end.x, end.y, end.z), start: start,
            end: start.advanced(bySeconds: seconds), radiusMeters: radiusMeters,
            halfHeightMeters: halfHeightMeters)
    }

    /// Whether fences can answer: finite, within 1,000 km and 100,000 m of height, not longer than 52 days.
    @inline(__always)
    public var isUsable: Bool {
        let limit = NanometerGrid.metersMax
        let height = NanometerGrid.altitudeMetersMax
        return fromX.magnitude <= limit && fromY.magnitude <= limit && toX.magnitude <= limit
            && toY.magnitude <= limit && fromZ.magnitude <= height && toZ.magnitude <= height
            && radiusMeters >= 0 && radiusMeters <= NanometerGrid.radiusMetersMax && halfHeightMeters >= 0
            && halfHeightMeters <= height && start <= end
            && end.nanoseconds &- start.nanoseconds <= NanometerGrid.durationNanosecondsMax
            && end.nanoseconds &- start.nanoseconds >= 0
    }
}
