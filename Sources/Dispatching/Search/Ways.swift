/// A point as travel sees it.
struct Spot {
    var x = 0.0
    var y = 0.0
    var z = 0.0
    /// Index of the location; what roads look up.
    var place: Int32 = 0
}

/// A `TravelMode`, flat: what a way between two spots takes, in whole millimetres and milliseconds.
struct Ways: @unchecked Sendable {
    let isRoad: Bool
    /// Every time equals its distance, in both directions: nothing but distances need be reckoned.
    let isPlain: Bool
    /// What plain distances are cut down to multiples of; 1: rounded up to whole millimetres.
    private let cut: Double
    private let perCut: Double
    private let pace: Int64
    private let bend: Double
    private let quantum: Double
    private let roundsDown: Bool
    private let wind: SIMD3<Double>
    private let hasWind: Bool
    private let airspeed: Double
    /// Flat, so that a copy of this costs nothing: from node to node time and distance, and two entries a location.
    private let nodes: Int
    private let cells: UnsafeMutablePointer<SIMD2<Int64>>
    private var access: UnsafeMutablePointer<RoadAccess>
    private var accessCount: UnsafeMutablePointer<UInt8>
    private var places = 0
    private var room: Int

    init(_ mode: TravelMode, _ locations: [Location]) {
        pace = mode.pace
        quantum = Double(mode.quantumMillimeters)
        roundsDown = mode.roundsDown
        wind = mode.wind
        hasWind = wind != SIMD3()
        // Millimetres a second.
        airspeed = 1000 * 0x1p20 / Double(mode.pace)
        room = 0
        access = .allocate(capacity: 0)
        accessCount = .allocate(capacity: 0)
        switch mode.way {
        case .straight(let radius):
            isRoad = false
            bend = radius > 0 ? 1 / (4 * radius * radius) : 0
            nodes = 0
            cells = .allocate(capacity: 0)
        case .road(let roads):
            isRoad = true
            bend = 0
            nodes = roads.nodes
            cells = .allocate(capacity: nodes * nodes)
            for cell in 0..<nodes * nodes {
                (cells + cell).initialize(to: SIMD2(roads.milliseconds[cell], roads.millimeters[cell]))
            }
        }
        isPlain =
            !isRoad && !hasWind && bend == 0 && mode.pace == TravelMode.unitPace
            && (mode.roundsDown || mode.quantumMillimeters == 1)
        cut = mode.roundsDown ? quantum : 1
        perCut = 1 / cut
        for (i, location) in locations.enumerated() { take(location, at: i) }
    }

    /// Nothing may be asked of it or of its copies any more.
    func deallocate() {
        cells.deallocate()
        access.deallocate()
        accessCount.deallocate()
    }

    /// Takes a place in, new or instead of another.
    mutating func take(_ location: Location, at i: Int) {
        guard isRoad else { return }
        if i >= room {
            let more = max(2 * room, i + 1, 64)
            func moved<T>(_ old: UnsafeMutablePointer<T>, _ each: Int) -> UnsafeMutablePointer<T> {
                let new = UnsafeMutablePointer<T>.allocate(capacity: each * more)
                new.moveInitialize(from: old, count: each * places)
                old.deallocate()
                return new
            }
            access = moved(access, 2)
            accessCount = moved(accessCount, 1)
            room = more
        }
        let none = RoadAccess(node: 0, millimeters: 0, milliseconds: 0)
        for k in places..<max(places, i + 1) {
            (accessCount + k).initialize(to: 0)
            (access + 2 * k).initialize(repeating: none, count: 2)
        }
        places = max(places, i + 1)
        accessCount[i] = UInt8(min(location.roads.count, 2))
        for k in 0..<min(location.roads.count, 2) { access[2 * i + k] = location.roads[k] }
    }

    /// The least whole number not below `c`, for 0 ... 2^51; without the call to libm that SSE2 would need.
    @inline(__always)
    static func ceiling(_ c: Double) -> Int64 {
        let shifted = c + 0x1p52
        let nearest = shifted - 0x1p52
        return Int64(truncatingIfNeeded: shifted.bitPattern & 0xF_FFFF_FFFF_FFFF) &+ (nearest < c ? 1 : 0)
    }

    @inline(__always)
    func plain(_ a: Spot, _ b: Spot) -> Int64 {
        let (dx, dy, dz) = (a.x - b.x, a.y - b.y, a.z - b.z)
        let c = (dx * dx + dy * dy + dz * dz).squareRoot()
        if cut == 1 { return Ways.ceiling(c) }
        // The nearest multiple, less one where that is too far; the product is exact below 2^53.
        let shifted = c * perCut + 0x1p52 - 0x1p52
        let far = shifted * cut
        return Ways.ceiling(far > c ? far - cut : far)
    }

    /// Distance and time from `a` to `b`.
    @inline(__always)
    func way(_ a: Spot, _ b: Spot) -> (millimeters: Int64, milliseconds: Int64) {
        if isPlain {
            let d = plain(a, b)
            return (d, d)
        }
        return isRoad ? road(a, b) : bent(a, b)
    }

    @inline(never)
    private func bent(_ a: Spot, _ b: Spot) -> (millimeters: Int64, milliseconds: Int64) {
        let d = SIMD3(b.x - a.x, b.y - a.y, b.z - a.z)
        let square = (d * d).sum()
        var c = square.squareRoot()
        if bend > 0 {
            // 2R asin(c / 2R) by its series; the last term covers the rest up to x = 0.5.
            let s = square * bend
            c *= 1 + s * (1 / 6 + s * (3 / 40 + s * (15 / 336 + s * 0.05)))
        }
        var far = quantum == 1 ? Ways.ceiling(c) : Ways.ceiling(c / quantum) * Int64(quantum)
        if roundsDown {
            let units = c / quantum
            let up = Ways.ceiling(units)
            far = (Double(up) > units ? up - 1 : up) * Int64(quantum)
        }
        guard hasWind, square > 0 else { return (far, (far &* pace &+ 0xF_FFFF) >> 20) }
        // The least time t with |d - w t| = v t, for the chord; the arc takes as much longer as it is longer.
        let along = (wind * d).sum()
        let room = max(airspeed * airspeed - (wind * wind).sum(), 1)
        let seconds = ((along * along + room * square).squareRoot() - along) / room
        let milliseconds = min(1000 * seconds * (c / square.squareRoot()), 0x1p42)
        return (far, Ways.ceiling(milliseconds))
    }

    @inline(never)
    private func road(_ a: Spot, _ b: Spot) -> (millimeters: Int64, milliseconds: Int64) {
        if a.place == b.place { return (0, 0) }
        let none = DispatchLimits.latestMilliseconds
        var best = (millimeters: none, milliseconds: none)
        let (i, j) = (2 * Int(a.place), 2 * Int(b.place))
        for k in i..<i + Int(accessCount[Int(a.place)]) {
            let row = access[k].node &* nodes
            for l in j..<j + Int(accessCount[Int(b.place)]) {
                let cell = cells[row &+ access[l].node]
                let time = access[k].milliseconds &+ cell.x &+ access[l].milliseconds
                if time < best.milliseconds {
                    best.milliseconds = time
                    best.millimeters = access[k].millimeters &+ cell.y &+ access[l].millimeters
                }
            }
        }
        return best
    }
}
