import World

/// Keep-out fences of one tile as the airspace of a tick: a manoeuvre is allowed when no fence is in its way that the
/// flight is not in already. One that is inside may fly on: every way out begins inside.
///
/// Used by one tick at a time; a steady one allocates nothing.
public final class FencedAirspace: FlightAirspace {
    public let index: GeofenceIndex
    /// The plane in whose metres the fences are told.
    public let tile: LocalPlane
    /// When the tick is; fences have windows of time.
    public var now: Instant
    /// Room taken around the path, metres.
    public let radiusMeters: Double
    public let halfHeightMeters: Double
    private var scratch: [Int32] = []

    public init(
        _ index: GeofenceIndex, tile: LocalPlane, now: Instant, radiusMeters: Double = 10,
        halfHeightMeters: Double = 5
    ) {
        (self.index, self.tile, self.now) = (index, tile, now)
        (self.radiusMeters, self.halfHeightMeters) = (radiusMeters, halfHeightMeters)
    }

    public func around(_ plane: LocalPlane, extentMeters: Double) -> Local {
        Local(
            air: self, tile: plane.place(latitudeE7: tile.latitudeE7, longitudeE7: tile.longitudeE7))
    }

    /// The fences seen from a plane of flights.
    public struct Local: ResolutionAirspace {
        unowned(unsafe) let air: FencedAirspace
        /// Where the tile's origin is on the plane, and how it is turned.
        let tile: LocalPlane.Place

        public func admits(_ body: borrowing ResolutionBody, _ manoeuvre: Manoeuvre, seconds: Double) -> Bool
        {
            air.admits(body.motion, manoeuvre, acceleration: 3, seconds: seconds, tile)
        }
    }

    private func admits(
        _ motion: Motion, _ manoeuvre: Manoeuvre, acceleration: Double, seconds: Double,
        _ tile: LocalPlane.Place
    ) -> Bool {
        let path = FlightPath(motion, manoeuvre, acceleration: acceleration)
        collect(path, seconds, tile)
        if scratch.isEmpty { return true }
        var time = 0.0
        var from = path.position(0)
        while time < seconds {
            // Up to the next change of its acceleration.
            let next =
                time < path.reached
                ? path.reached
                : time < path.levelStart ? path.levelStart : time < path.levelEnd ? path.levelEnd : seconds
            let end = next < seconds ? next : seconds
            let to = path.position(end)
            // A parabola is nowhere farther from its chord than an eighth of what its velocity changes, times its time.
            let (v, w) = (path.velocity(time), path.velocity(end))
            let (dx, dy) = (w.x - v.x, w.y - v.y)
            let bend = (dx * dx + dy * dy).squareRoot() * (end - time) / 8
            let rise = (w.z - v.z).magnitude * (end - time) / 8
            if isBarred(from, to, time, end, bend, rise, tile) { return false }
            (time, from) = (end, to)
        }
        return true
    }

    /// Fences that may be in the way, into `scratch`: few are. The way bends from one straight line into another.
    private func collect(_ path: FlightPath, _ seconds: Double, _ tile: LocalPlane.Place) {
        let turn = path.reached < seconds ? path.reached : seconds
        let (p, q) = (path.position(turn), path.position(seconds))
        let (dx, dy) = (path.cx - path.vx, path.cy - path.vy)
        let reach = radiusMeters + (dx * dx + dy * dy).squareRoot() * turn / 8 + 1
        let a = tile.turnedBack(path.x - tile.x, path.y - tile.y)
        let b = tile.turnedBack(p.x - tile.x, p.y - tile.y)
        let c = tile.turnedBack(q.x - tile.x, q.y - tile.y)
        index.collect(
            minX: min(a.vx, b.vx, c.vx) - reach, minY: min(a.vy, b.vy, c.vy) - reach,
            maxX: max(a.vx, b.vx, c.vx) + reach, maxY: max(a.vy, b.vy, c.vy) + reach, into: &scratch)
        guard !scratch.isEmpty else { return }
        let line = PathLine(path, until: seconds)
        let (lowest, highest) = (line.lowest - halfHeightMeters - 1, line.highest + halfHeightMeters + 1)
        var kept = 0
        index.tests.withUnsafeBufferPointer { tests in
            for place in 0..<scratch.count {
                let position = scratch[place]
                let (band, circle) = (tests[Int(position)].fence.band, tests[Int(position)].shape.circle)
                guard band.floorMeters <= highest, band.ceilingMeters >= lowest else { continue }
                let near = circle.radius + reach
                let first = Self.distanceSquared(circle.x, circle.y, a.vx, a.vy, b.vx, b.vy)
                let second = Self.distanceSquared(circle.x, circle.y, b.vx, b.vy, c.vx, c.vy)
                guard first <= near * near || second <= near * near else { continue }
                scratch[kept] = position
                kept += 1
            }
        }
        scratch.removeLast(scratch.count - kept)
    }

    /// From a point to a stretch of a straight line.
    @inline(__always)
    private static func distanceSquared(
        _ x: Double, _ y: Double, _ ax: Double, _ ay: Double, _ bx: Double, _ by: Double
    ) -> Double {
        let (dx, dy, px, py) = (bx - ax, by - ay, x - ax, y - ay)
        let run = dx * dx + dy * dy
        var share = run > 0 ? (px * dx + py * dy) / run : 0
        share = share < 0 ? 0 : share > 1 ? 1 : share
        let (ex, ey) = (px - share * dx, py - share * dy)
        return ex * ex + ey * ey
    }

    private func isBarred(
        _ from: (x: Double, y: Double, z: Double), _ to: (x: Double, y: Double, z: Double), _ start: Double,
        _ end: Double, _ bend: Double, _ rise: Double, _ tile: LocalPlane.Place
    ) -> Bool {
        let a = tile.turnedBack(from.x - tile.x, from.y - tile.y)
        let b = tile.turnedBack(to.x - tile.x, to.y - tile.y)
        let reach = radiusMeters + bend
        let sweep = Sweep(
            from: (a.vx, a.vy, from.z), to: (b.vx, b.vy, to.z), start: now.advanced(bySeconds: start),
            end: now.advanced(bySeconds: end), radiusMeters: reach, halfHeightMeters: halfHeightMeters + rise)
        return index.tests.withUnsafeBufferPointer { tests in
            for position in scratch {
                let position = Int(position)
                guard tests[position].fence.kind == .keepOut, tests[position].firstBreach(sweep) != nil else {
                    continue
                }
                let here = Sweep(
                    from: (a.vx, a.vy, from.z), to: (a.vx, a.vy, from.z), start: now, end: now,
                    radiusMeters: radiusMeters, halfHeightMeters: halfHeightMeters)
                if start > 0 || tests[position].firstBreach(here) == nil { return true }
            }
            return false
        }
    }
}
