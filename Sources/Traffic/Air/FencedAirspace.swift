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

    private func isBarred(
        _ from: (x: Double, y: Double, z: Double), _ to: (x: Double, y: Double, z: Double), _ start: Double,
        _ end: Double, _ bend: Double, _ rise: Double, _ tile: LocalPlane.Place
    ) -> Bool {
        let a = tile.turnedBack(from.x - tile.x, from.y - tile.y)
        let b = tile.turnedBack(to.x - tile.x, to.y - tile.y)
        let reach = radiusMeters + bend
        index.collect(
            minX: min(a.vx, b.vx) - reach, minY: min(a.vy, b.vy) - reach, maxX: max(a.vx, b.vx) + reach,
            maxY: max(a.vy, b.vy) + reach, into: &scratch)
        guard !scratch.isEmpty else { return false }
        let sweep = Sweep(
            from: (a.vx, a.vy, from.z), to: (b.vx, b.vy, to.z), start: now.advanced(bySeconds: start),
            end: now.advanced(bySeconds: end), radiusMeters: reach, halfHeightMeters: halfHeightMeters + rise)
        for position in scratch {
            let test = index.tests[Int(position)]
            guard test.fence.kind == .keepOut, test.firstBreach(sweep) != nil else { continue }
            let here = Sweep(
                from: (a.vx, a.vy, from.z), to: (a.vx, a.vy, from.z), start: now, end: now,
                radiusMeters: radiusMeters, halfHeightMeters: halfHeightMeters)
            if start > 0 || test.firstBreach(here) == nil { return true }
        }
        return false
    }
}
