import Traffic
import World

/// What zones and terrain allow a manoeuvre, for the resolver: over the zones near a frame's origin, in its metres (x
/// east, y north; z above mean sea level), and a grid of the highest ground.
///
/// Errs to the safe side: the way of a manoeuvre is taken as two straight stretches with room for the bend between them,
/// over all heights it passes. A zone the body is in already does not count: leaving it is as good as any other way; one whose
/// margin it is in counts without the margin.
/// One question costs about a microsecond where zones are near, some nanoseconds elsewhere; nothing is allocated.
struct ZoneAirspace: ResolutionAirspace {
    /// Least height above the ground below that a manoeuvre may lead to, metres.
    let clearanceMeters: Double
    /// By class of the resolver, m/s2.
    private let accelerations: [Double]
    private let zones: ZoneMap
    private let tile: ZoneMap.Tile
    private let terrain: TerrainGrid
    /// By position in the index: whether it applies; see `refresh`.
    private var applies: [Bool]
    private let memory = Memory()

    /// Positions found by a question, kept for the next. One resolver asks, one question after the other.
    private final class Memory: @unchecked Sendable { var scratch: [Int32] = [] }

    /// `reachMeters` is how far from the origin bodies and their manoeuvres are, at most 40 km.
    init(
        _ geography: Geography, frame: LocalFrame, reachMeters: Double, clearanceMeters: Double,
        accelerations: [Double]
    ) {
        zones = geography.zones
        tile = zones.tile(frame: frame, reachMeters: reachMeters + ZoneMap.marginMeters)
        terrain = TerrainGrid(frame, reachMeters: reachMeters, geography.ground)
        self.clearanceMeters = clearanceMeters
        self.accelerations = accelerations.isEmpty ? [1] : accelerations.map { max($0, 0.1) }
        applies = [Bool](repeating: true, count: tile.owners.count)
    }

    /// Which zones count until `horizon` seconds from `now`: to be called once a tick. Before the first call all do.
    mutating func refresh(now: Instant, horizon: Double) {
        let end = now.advanced(bySeconds: horizon.clamped(to: 0...86_400))
        for i in applies.indices where !zones.zones[Int(tile.owners[i])].applicability.isEmpty {
            let zone = zones.zones[Int(tile.owners[i])]
            applies[i] = zone.applies(from: now, to: end)
        }
    }

    func admits(_ body: borrowing ResolutionBody, _ manoeuvre: Manoeuvre, seconds: Double) -> Bool {
        let m = body.motion
        let acceleration = accelerations[min(Int(body.classIndex), accelerations.count - 1)]
        let (dx, dy) = (manoeuvre.vx - m.vx, manoeuvre.vy - m.vy)
        let turn = (dx * dx + dy * dy).squareRoot()
        let bend = min(turn / acceleration, seconds)
        let share = turn > 0 ? bend * acceleration / turn : 1
        // A climb begun at the same time leaves less for the turn.
        let rising = manoeuvre.climbRate + m.vz.magnitude
        let whole = (turn * turn + rising * rising).squareRoot() / acceleration
        let slow = 0.5 * turn * (whole - turn / acceleration)
        let (x1, y1) = (m.x + (m.vx + 0.5 * share * dx) * bend, m.y + (m.vy + 0.5 * share * dy) * bend)
        let left = seconds - bend
        let (x2, y2) = (x1 + (m.vx + share * dx) * left, y1 + (m.vy + share * dy) * left)
        // What it climbs already it goes on with until it has changed its velocity.
        let over = m.vz * min(0.5 * whole, seconds)
        let rise = manoeuvre.levelMeters - m.z
        let climb = manoeuvre.climbRate * seconds
        let z = m.z + (rise > climb ? climb : rise < -climb ? -climb : rise)
        let low = min(m.z, z, m.z + over)
        let high = max(m.z, z, m.z + over)
        // A mission that leads straight down is there to land; else none would land after a manoeuvre.
        let lands = manoeuvre == body.wanted && manoeuvre.vx == 0 && manoeuvre.vy == 0 && rise < 0
        if !lands {
            let floor = terrain.highest(m.x, m.y, x1, y1, x2, y2) + clearanceMeters
            // Who comes down to land is below it, and does not stop at once.
            let least = m.z < floor && over < 0 ? m.z + over : m.z
            guard low >= min(least - 1, floor) else { return false }
        }
        guard !tile.owners.isEmpty else { return true }
        let radius = ZoneMap.marginMeters + slow
        // A parabola is nowhere farther from its chord than an eighth of the change of velocity times its time.
        let bent = radius + 0.125 * share * turn * bend
        guard isClear(m.x, m.y, x1, y1, low, high, bent, body) else { return false }
        return isClear(x1, y1, x2, y2, low, high, radius, body)
    }

    private func isClear(
        _ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ low: Double, _ high: Double,
        _ radius: Double, _ body: borrowing ResolutionBody
    ) -> Bool {
        let middle = 0.5 * (low + high)
        let moment = Instant(nanoseconds: 0)
        let sweep = Sweep(
            from: (x0, y0, middle), to: (x1, y1, middle), start: moment, end: moment, radiusMeters: radius,
            halfHeightMeters: 0.5 * (high - low) + ZoneMap.marginVerticalMeters)
        tile.index.collect(
            minX: min(x0, x1) - radius - 1e-6, minY: min(y0, y1) - radius - 1e-6,
            maxX: max(x0, x1) + radius + 1e-6, maxY: max(y0, y1) + radius + 1e-6, into: &memory.scratch)
        let m = body.motion
        var i = 0
        while i < memory.scratch.count {
            let test = tile.index.tests[Int(memory.scratch[i])]
            let counts = applies[Int(memory.scratch[i])]
            i += 1
            guard counts, test.firstContact(sweep) != nil else { continue }
            var here = Sweep(
                from: (m.x, m.y, m.z), to: (m.x, m.y, m.z), start: moment, end: moment,
                radiusMeters: ZoneMap.marginMeters, halfHeightMeters: ZoneMap.marginVerticalMeters)
            if test.firstContact(here) == nil { return false }
            // Within the margin it may stay, and in the zone, but not go from one to the other.
            (here.radiusMeters, here.halfHeightMeters) = (0, 0)
            if test.firstContact(here) != nil { continue }
            var bare = sweep
            bare.radiusMeters -= ZoneMap.marginMeters
            bare.halfHeightMeters -= ZoneMap.marginVerticalMeters
            if test.firstContact(bare) != nil { return false }
        }
        return true
    }
}

/// The highest ground of square cells about a frame's origin, by their corners.
private struct TerrainGrid: Sendable {
    private static let cellMeters = 500.0
    private let half: Double
    private let columns: Int
    /// By row and column, of the four corners of each cell.
    private let cells: [Double]

    init(
        _ frame: LocalFrame, reachMeters: Double, _ ground: (Coordinate) -> Altitude<MeanSeaLevel>
    ) {
        let reach = reachMeters.clamped(to: 0...40_000)
        let side = max(Int((2 * reach / Self.cellMeters).rounded(.up)), 1)
        let half = Double(side) * Self.cellMeters / 2
        var corners: [Double] = []
        corners.reserveCapacity((side + 1) * (side + 1))
        for row in 0...side {
            for column in 0...side {
                let point = LocalPoint(
                    east: Double(column) * Self.cellMeters - half,
                    north: Double(row) * Self.cellMeters - half,
                    up: 0)
                corners.append(ground(frame.position(of: point).coordinate).meters)
            }
        }
        var cells: [Double] = []
        for row in 0..<side {
            for column in 0..<side {
                let k = row * (side + 1) + column
                let (a, b) = (max(corners[k], corners[k + 1]), k + side + 1)
                cells.append(max(a, corners[b], corners[b + 1]))
            }
        }
        (self.half, columns, self.cells) = (half, side, cells)
    }

    private func cell(_ meters: Double) -> Int {
        let scaled = (meters + half) / Self.cellMeters
        return scaled > 0 ? scaled < Double(columns) ? Int(scaled) : columns - 1 : 0
    }

    /// Of the cells that three places span.
    func highest(
        _ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double
    ) -> Double {
        var highest = -Double.infinity
        let (west, east) = (cell(min(x0, x1, x2)), cell(max(x0, x1, x2)))
        for row in cell(min(y0, y1, y2))...cell(max(y0, y1, y2)) {
            for column in west...east { highest = max(highest, cells[row * columns + column]) }
        }
        return highest
    }
}
