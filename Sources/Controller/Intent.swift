import World

/// A stretch of a planned flight: straight, at constant speed, within a band of heights.
struct FlightSegment: Hashable, Sendable {
    /// Seconds since 1970.
    var start: Double
    var end: Double
    var from: Coordinate
    var to: Coordinate
    var lowMeters: Double
    var highMeters: Double
}

/// Where a drone intends to be from now on: its mission in space and time.
struct FlightIntent: Sendable {
    private(set) var segments: [FlightSegment] = []
    /// All segments lie within.
    private(set) var start = Double.infinity
    private(set) var end = -Double.infinity
    private(set) var south = Int32.max
    private(set) var north = Int32.min
    private(set) var west = Int32.max
    private(set) var east = Int32.min
    /// What it was made from and when, to know when it must be made again.
    var mission: MissionID?
    var leg = -1
    var state = MissionState.accepted
    var madeAt = Instant(nanoseconds: 0)

    mutating func clear() {
        segments.removeAll(keepingCapacity: true)
        (start, end) = (.infinity, -.infinity)
        (south, north, west, east) = (.max, .min, .max, .min)
        mission = nil
    }

    mutating func add(_ s: FlightSegment) {
        segments.append(s)
        start = min(start, s.start)
        end = max(end, s.end)
        for c in [s.from, s.to] {
            south = min(south, c.latitudeE7)
            north = max(north, c.latitudeE7)
            west = min(west, c.longitudeE7)
            east = max(east, c.longitudeE7)
        }
    }

    func delayed(bySeconds seconds: Double) -> FlightIntent {
        var later = self
        later.start += seconds
        later.end += seconds
        for i in later.segments.indices {
            later.segments[i].start += seconds
            later.segments[i].end += seconds
        }
        return later
    }

    /// Whether the two may be within `slack` seconds of each other somewhere: a quick look at their boxes, 10,000
    /// units (100 m, less to the east) larger.
    func mayMeet(_ other: FlightIntent, slack: Double) -> Bool {
        guard !segments.isEmpty, !other.segments.isEmpty, start - slack <= other.end,
            other.start - slack <= end
        else { return false }
        let room: Int64 = 20_000
        return Int64(south) - room <= Int64(other.north) && Int64(other.south) - room <= Int64(north)
            && Int64(west) - room <= Int64(other.east) && Int64(other.west) - room <= Int64(east)
    }
}

extension FlightSegment {
    private var seconds: Double { max(end - start, 1e-3) }

    /// Whether the two come within `radius` of each other, in height within `height`, when each may be up to `slack`
    /// seconds off the other's clock.
    ///
    /// With t the time of one and u that of the other, the difference of their places is linear in (t, u). The
    /// allowed (t, u) are the rectangle of both durations cut by |t - u| <= slack: a convex polygon, whose image is
    /// a convex polygon of differences. They meet if that comes within the radius of the origin. Exact.
    func meets(_ other: FlightSegment, radius: Double, height: Double, slack: Double) -> Bool {
        guard lowMeters - height < other.highMeters, other.lowMeters - height < highMeters,
            start - slack <= other.end, other.start - slack <= end
        else { return false }
        var times = [(start, other.start), (end, other.start), (end, other.end), (start, other.end)]
        times = Self.cut(times) { slack - ($0 - $1) }
        times = Self.cut(times) { slack + ($0 - $1) }
        guard !times.isEmpty else { return false }
        let origin = from.displacement(to: other.from)
        let mine = from.displacement(to: to)
        let its = other.from.displacement(to: other.to)
        let differences = times.map { t, u in
            let (a, b) = ((t - start) / seconds, (u - other.start) / other.seconds)
            return (
                east: origin.east + its.east * b - mine.east * a,
                north: origin.north + its.north * b - mine.north * a
            )
        }
        return Self.isNear(differences, radius)
    }

    /// The part of a convex polygon where `inside` is not negative; `inside` is linear.
    private static func cut(
        _ polygon: [(Double, Double)], _ inside: (Double, Double) -> Double
    ) -> [(Double, Double)] {
        var kept: [(Double, Double)] = []
        for i in polygon.indices {
            let p = polygon[i]
            let q = polygon[(i + 1) % polygon.count]
            let (a, b) = (inside(p.0, p.1), inside(q.0, q.1))
            if a >= 0 { kept.append(p) }
            if (a < 0) != (b < 0) {
                let share = a / (a - b)
                kept.append((p.0 + (q.0 - p.0) * share, p.1 + (q.1 - p.1) * share))
            }
        }
        return kept
    }

    /// Whether the origin is inside a convex polygon or within `radius` of its edge.
    private static func isNear(_ polygon: [(east: Double, north: Double)], _ radius: Double) -> Bool {
        var left = false
        var right = false
        for i in polygon.indices {
            let p = polygon[i]
            let q = polygon[(i + 1) % polygon.count]
            let (e, n) = (q.east - p.east, q.north - p.north)
            let length = e * e + n * n
            let share = length > 0 ? (-(p.east * e + p.north * n) / length).clamped(to: 0...1) : 0
            let (x, y) = (p.east + e * share, p.north + n * share)
            if x * x + y * y < radius * radius { return true }
            let side = e * -p.north - n * -p.east
            if side > 0 { left = true }
            if side < 0 { right = true }
        }
        return left != right
    }
}
