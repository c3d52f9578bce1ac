import World

/// Two airborne drones closer than both distances have lost separation; coming closer than both with the margins
/// within the horizon is a conflict.
struct SeparationLimits: Hashable, Sendable {
    var horizontalMeters: Double
    var verticalMeters: Double
    var horizontalMarginMeters: Double
    var verticalMarginMeters: Double
    var horizonSeconds: Double

    init(_ c: ControllerConfiguration) {
        func bounded(_ x: Double, _ most: Double) -> Double { x.isNaN ? 0 : x.clamped(to: 0...most) }
        horizontalMeters = bounded(c.separationHorizontalMeters, 5000)
        verticalMeters = bounded(c.separationVerticalMeters, 5000)
        horizontalMarginMeters = bounded(c.conflictMarginHorizontalMeters, 5000)
        verticalMarginMeters = bounded(c.conflictMarginVerticalMeters, 5000)
        horizonSeconds = bounded(c.conflictHorizonSeconds, 300)
    }

    /// Whether two come inside the limits with margins within the horizon. `up`, `east`, `north`: from one to the
    /// other, metres; the velocities are differences likewise, constant over the horizon. The margins are for what
    /// prediction does not know: two that are within one already, as above neighbouring pads, meet when they come
    /// inside the bare limit.
    ///
    /// Time inside the cylinder is the overlap of the horizontal interval (roots of a quadratic) and the vertical
    /// one with the horizon; closed form, no stepping.
    func meet(
        east: Double, north: Double, up: Double, velocityEast: Double, velocityNorth: Double,
        velocityUp: Double
    ) -> Bool {
        var radius = horizontalMeters + horizontalMarginMeters
        if east * east + north * north <= radius * radius { radius = horizontalMeters }
        var height = verticalMeters + verticalMarginMeters
        if abs(up) <= height { height = verticalMeters }
        var from = 0.0
        var to = horizonSeconds
        if abs(velocityUp) < 1e-6 {
            if abs(up) > height { return false }
        } else {
            let (x, y) = ((-height - up) / velocityUp, (height - up) / velocityUp)
            from = max(from, min(x, y))
            to = min(to, max(x, y))
            if from > to { return false }
        }
        let speed = velocityEast * velocityEast + velocityNorth * velocityNorth
        let gap = east * east + north * north - radius * radius
        if speed < 1e-6 { return gap <= 0 }
        let closing = east * velocityEast + north * velocityNorth
        let root = closing * closing - speed * gap
        if root < 0 { return false }
        from = max(from, (-closing - root.squareRoot()) / speed)
        to = min(to, (-closing + root.squareRoot()) / speed)
        return from <= to
    }
}

/// One airborne drone as the sweep sees it: flat, so that thousands go through without reference counting.
struct Flyer: Hashable, Sendable {
    /// Index of the vehicle.
    var vehicle: Int32
    var latitudeE7: Int32
    var longitudeE7: Int32
    var up: Double
    /// m/s, each at most 100 in size: what is claimed beyond that is not believed.
    var velocityEast: Double
    var velocityNorth: Double
    var velocityUp: Double
    private var eastMetersPerE7: Double
    private(set) var northMetersPerE7: Double

    init(_ vehicle: Int, _ r: TrackReport) {
        self.vehicle = Int32(truncatingIfNeeded: vehicle)
        latitudeE7 = r.position.coordinate.latitudeE7
        longitudeE7 = r.position.coordinate.longitudeE7
        up = r.position.altitude.meters
        velocityEast = (Double(r.velocityEastMillimetersPerSecond) * 1e-3).clamped(to: -100...100)
        velocityNorth = (Double(r.velocityNorthMillimetersPerSecond) * 1e-3).clamped(to: -100...100)
        velocityUp = (Double(r.velocityUpMillimetersPerSecond) * 1e-3).clamped(to: -100...100)
        let scale = LocalScale(latitudeDegrees: r.position.coordinate.latitudeDegrees)
        eastMetersPerE7 = scale.eastMetersPerE7
        northMetersPerE7 = scale.northMetersPerE7
    }

    var eastScale: Double { max(eastMetersPerE7, 1e-9) }

    /// Metres to `other` with the mean of both scales: the plane of the middle latitude, without trigonometry.
    @inline(__always)
    func displacement(to other: Flyer) -> (east: Double, north: Double) {
        var turn = Double(other.longitudeE7) - Double(longitudeE7)
        if turn > 1.8e9 { turn -= 3.6e9 } else if turn < -1.8e9 { turn += 3.6e9 }
        let rise = Double(other.latitudeE7) - Double(latitudeE7)
        return (
            turn * 0.5 * (eastScale + other.eastScale),
            rise * 0.5 * (northMetersPerE7 + other.northMetersPerE7)
        )
    }

    @inline(__always)
    func meets(_ other: Flyer, _ limits: SeparationLimits) -> Bool {
        let d = displacement(to: other)
        return limits.meet(
            east: d.east, north: d.north, up: other.up - up, velocityEast: other.velocityEast - velocityEast,
            velocityNorth: other.velocityNorth - velocityNorth, velocityUp: other.velocityUp - velocityUp)
    }
}

/// A pair that has lost separation or is about to.
struct Encounter: Hashable, Sendable {
    /// Indices of the vehicles, `a` below `b`.
    var a: Int32
    var b: Int32
    var horizontalMeters: Double
    var isLost: Bool
    var isConflict: Bool
}

/// Finds all encounters among airborne drones: exactly those that comparing every pair would find, in the order
/// of (a, b), but looking only into neighbouring cells of a grid. Its arrays are kept, so that a tick with no
/// more drones than before allocates nothing.
struct ConflictSweep: Sendable {
    private(set) var flyers: [Flyer] = []
    private(set) var encounters: [Encounter] = []
    /// Pairs near enough to come into conflict within the horizon at the speed of the fastest.
    private(set) var pairsWatched = 0
    /// Smallest horizontal distance of a watched pair that is closer than the vertical limit; infinite for none.
    private(set) var closestMeters = Double.infinity
    /// Index into `flyers` by vehicle; -1 for one not airborne.
    private var place: [Int32] = []
    private var cells: [(row: Int32, column: Int32)] = []
    /// First flyer of each bucket of cells, then the next one: higher indices first.
    private var head: [Int32] = []
    private var next: [Int32] = []
    /// Of the grid, around the earth; 32 bits hold them as cells are metres wide.
    private var columns = 1
    private var rowE7 = 1
    /// At the highest latitude among the flyers.
    private var leastScale = (east: 0.0, north: 0.0)

    /// How far apart two may be and still meet: at most this at the speed of the fastest.
    private(set) var reachMeters = 0.0

    mutating func begin(vehicles: Int) {
        var i = 0
        while i < flyers.count {
            place[Int(flyers[i].vehicle)] = -1
            i += 1
        }
        flyers.removeAll(keepingCapacity: true)
        if place.count < vehicles {
            place.append(contentsOf: repeatElement(-1, count: vehicles - place.count))
        }
    }

    /// Vehicles must come in ascending order.
    mutating func add(_ flyer: Flyer) {
        place[Int(flyer.vehicle)] = Int32(flyers.count)
        flyers.append(flyer)
    }

    func flyer(_ vehicle: Int) -> Flyer? {
        guard place.indices.contains(vehicle), place[vehicle] >= 0 else { return nil }
        return flyers[Int(place[vehicle])]
    }

    mutating func run(_ limits: SeparationLimits) {
        encounters.removeAll(keepingCapacity: true)
        pairsWatched = 0
        closestMeters = .infinity
        fillGrid(limits)
        // Plain counting: ranges cost allocations where the compiler does not optimise.
        var i = 0
        while i < flyers.count {
            let first = encounters.count
            var near = 0
            while let cell = neighbour(of: i, near) {
                var j = head[bucket(cell.row, cell.column)]
                while j > i {
                    let other = Int(j)
                    if cells[other].row == cell.row, cells[other].column == cell.column {
                        compare(flyers[i], flyers[other], limits)
                    }
                    j = next[other]
                }
                near += 1
            }
            sortEncounters(from: first)
            i += 1
        }
    }

    /// The same by comparing every pair, for tests.
    mutating func runOnEveryPair(_ limits: SeparationLimits) {
        encounters.removeAll(keepingCapacity: true)
        pairsWatched = 0
        closestMeters = .infinity
        measureReach(limits)
        for i in flyers.indices {
            for j in flyers.indices where j > i { compare(flyers[i], flyers[j], limits) }
        }
    }

    /// Whether no other drone than `except` is within `radius` (at most the reach) of this vehicle and about as
    /// high as `up`.
    func isClear(
        _ vehicle: Int, except: Int, up: Double, radius: Double, height: Double
    ) -> Bool {
        guard let me = flyer(vehicle) else { return false }
        var near = 0
        while let cell = neighbour(of: Int(place[vehicle]), near) {
            var j = head[bucket(cell.row, cell.column)]
            while j >= 0 {
                let other = flyers[Int(j)]
                if cells[Int(j)].row == cell.row, cells[Int(j)].column == cell.column,
                    other.vehicle != me.vehicle, Int(other.vehicle) != except, abs(other.up - up) < height
                {
                    let d = me.displacement(to: other)
                    if d.east * d.east + d.north * d.north < radius * radius { return false }
                }
                j = next[Int(j)]
            }
            near += 1
        }
        return true
    }

    @inline(__always)
    private mutating func compare(_ a: Flyer, _ b: Flyer, _ limits: SeparationLimits) {
        let d = a.displacement(to: b)
        let square = d.east * d.east + d.north * d.north
        guard square <= reachMeters * reachMeters else { return }
        pairsWatched += 1
        let up = b.up - a.up
        // Most neighbours keep to other layers: told apart by height alone.
        let vertical = limits.verticalMeters + limits.verticalMarginMeters
        if abs(up) > vertical + limits.horizonSeconds * abs(b.velocityUp - a.velocityUp) { return }
        var isLost = false
        let horizontal = square.squareRoot()
        if abs(up) < limits.verticalMeters {
            closestMeters = min(closestMeters, horizontal)
            isLost = horizontal < limits.horizontalMeters
        }
        let isConflict = limits.meet(
            east: d.east, north: d.north, up: up, velocityEast: b.velocityEast - a.velocityEast,
            velocityNorth: b.velocityNorth - a.velocityNorth, velocityUp: b.velocityUp - a.velocityUp)
        guard isLost || isConflict else { return }
        encounters.append(
            Encounter(
                a: a.vehicle, b: b.vehicle, horizontalMeters: horizontal, isLost: isLost,
                isConflict: isConflict))
    }

    // MARK: Grid

    private mutating func measureReach(_ limits: SeparationLimits) {
        var fastest = 0.0
        leastScale = (.infinity, .infinity)
        var i = 0
        while i < flyers.count {
            let f = flyers[i]
            fastest = max(fastest, f.velocityEast * f.velocityEast + f.velocityNorth * f.velocityNorth)
            leastScale.east = min(leastScale.east, f.eastScale)
            leastScale.north = min(leastScale.north, f.northMetersPerE7)
            i += 1
        }
        reachMeters =
            limits.horizontalMeters + limits.horizontalMarginMeters + 2 * limits.horizonSeconds
            * fastest.squareRoot() + 1
    }

    private mutating func fillGrid(_ limits: SeparationLimits) {
        measureReach(limits)
        // Cells are at least as wide as the reach at the highest latitude, so neighbours are at most one away.
        rowE7 = Int(min((reachMeters / leastScale.north).rounded(.up), 1.8e9)) + 1
        let fitting = 3.6e9 * leastScale.east / reachMeters
        columns = fitting.isFinite ? Int(min(fitting, 3.6e9)) : 1
        if columns < 3 { columns = 1 }
        cells.removeAll(keepingCapacity: true)
        next.removeAll(keepingCapacity: true)
        var buckets = max(head.count, 64)
        while buckets < 2 * flyers.count { buckets *= 2 }
        if head.count < buckets { head = [Int32](repeating: -1, count: buckets) }
        var k = 0
        while k < head.count {
            head[k] = -1
            k += 1
        }
        k = 0
        while k < flyers.count {
            let f = flyers[k]
            let row = Int32((Int(f.latitudeE7) + 900_000_000) / rowE7)
            let column = Int32((Int(f.longitudeE7) + 1_800_000_000) * columns / 3_600_000_001)
            cells.append((row, column))
            let b = bucket(row, column)
            next.append(head[b])
            head[b] = Int32(k)
            k += 1
        }
    }

    /// The cell of flyer `i` and those around it, by number; nil after the last. Columns go round the earth.
    @inline(__always)
    private func neighbour(of i: Int, _ number: Int) -> (row: Int32, column: Int32)? {
        let wide: Int32 = columns == 1 ? 1 : 3
        guard number < 3 * wide else { return nil }
        let (row, column) = Int32(number).quotientAndRemainder(dividingBy: wide)
        let across = columns == 1 ? 0 : cells[i].column + column - 1
        let count = Int32(columns)
        return (cells[i].row + row - 1, across < 0 ? count - 1 : across >= count ? 0 : across)
    }

    @inline(__always)
    private func bucket(_ row: Int32, _ column: Int32) -> Int {
        let mixed =
            (UInt64(UInt32(bitPattern: row)) << 32 | UInt64(UInt32(bitPattern: column)))
            &* 0x9E37_79B9_7F4A_7C15
        return Int(mixed >> 40) & (head.count - 1)
    }

    /// By insertion: a drone has few encounters, and this needs no memory.
    private mutating func sortEncounters(from first: Int) {
        guard encounters.count - first > 1 else { return }
        for i in first + 1..<encounters.count {
            let moving = encounters[i]
            var j = i
            while j > first, encounters[j - 1].b > moving.b {
                encounters[j] = encounters[j - 1]
                j -= 1
            }
            encounters[j] = moving
        }
    }
}
