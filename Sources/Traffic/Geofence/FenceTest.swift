import World

/// One fence made ready for tests in space and time.
public struct FenceTest: Sendable {
    public let fence: Geofence
    public let shape: FenceShape
    private let floor: Double
    private let ceiling: Double

    public init(_ fence: Geofence, vectorPath: VectorPath = .best) {
        self.fence = fence
        shape = FenceShape(fence.outline, vectorPath: vectorPath)
        floor = fence.band.floorNanometers
        ceiling = fence.band.ceilingNanometers
    }

    /// The same fence at all times, and at all heights unless it keeps its band: for motions told without.
    public init(unlimited test: FenceTest, keepsBand: Bool) throws(FenceFault) {
        fence = try Geofence(
            id: test.fence.id, kind: test.fence.kind, outline: test.fence.outline,
            band: keepsBand ? test.fence.band : .unlimited)
        shape = test.shape
        floor = fence.band.floorNanometers
        ceiling = fence.band.ceilingNanometers
    }

    /// Whether a point is in the region while it holds; borders and limits included.
    public func contains(x: Double, y: Double, z: Double, at moment: Instant) -> Bool {
        z >= fence.band.floorMeters && z <= fence.band.ceilingMeters && holds(at: moment)
            && shape.contains(x: x, y: y)
    }

    public func holds(at moment: Instant) -> Bool {
        fence.windows.isEmpty || fence.windows.contains { $0.contains(moment) }
    }

    /// The first fraction of the sweep at which the fence is broken, touching included: a keep-out fence by meeting its
    /// region, a keep-in fence by meeting its border or not being inside. Nil when it is kept. A sweep that is not usable
    /// breaks every fence at once. Whether it is broken is exact on the nanometre and nanosecond grid.
    public func firstBreach(_ sweep: Sweep) -> Double? {
        guard sweep.isUsable else { return 0 }
        switch fence.kind {
        case .keepOut: return firstContact(usable: sweep)
        case .keepIn: return firstExit(usable: sweep)
        }
    }

    /// The first fraction of the sweep at which it meets the region while that holds, whatever the kind of fence.
    public func firstContact(_ sweep: Sweep) -> Double? {
        sweep.isUsable ? firstContact(usable: sweep) : 0
    }

    private func firstContact(usable sweep: Sweep) -> Double? {
        let half = NanometerGrid.nanometers(sweep.halfHeightMeters)
        let path = GridPath(sweep)
        guard let band = path.fractions(from: floor - half, to: ceiling + half) else { return nil }
        if fence.windows.isEmpty { return contact(path, band.0, band.1) }
        for window in fence.windows {
            guard let span = path.fractions(window), let (low, high) = Self.overlap(band, span) else {
                continue
            }
            if let first = contact(path, low, high) { return first }
        }
        return nil
    }

    private func contact(_ path: GridPath, _ low: PathRatio, _ high: PathRatio) -> Double? {
        shape.view.firstContact(path.piece(low, high), reach: path.reach)
    }

    private func firstExit(usable sweep: Sweep) -> Double? {
        let half = NanometerGrid.nanometers(sweep.halfHeightMeters)
        let path = GridPath(sweep)
        if fence.windows.isEmpty { return exit(path, .start, .end, half) }
        for window in fence.windows {
            guard let (low, high) = path.fractions(window) else { continue }
            if let first = exit(path, low, high, half) { return first }
        }
        return nil
    }

    /// While the fence holds from `low` to `high`.
    private func exit(_ path: GridPath, _ low: PathRatio, _ high: PathRatio, _ half: Double) -> Double? {
        var first: Double?
        var end = high
        // Limits of height may be touched by the body's centre line and its half height: they are included.
        if let band = path.fractions(from: floor + half, to: ceiling - half) {
            if low < band.0 || band.1 < low { return low.value }
            if band.1 < high {
                first = band.1.value
                end = band.1
            }
        } else {
            return low.value
        }
        let piece = path.piece(low, end)
        guard shape.view.placeOfStart(piece) == .inside else { return low.value }
        return shape.view.firstBorderContact(piece, reach: path.reach) ?? first
    }

    private static func overlap(
        _ a: (PathRatio, PathRatio), _ b: (PathRatio, PathRatio)
    ) -> (PathRatio, PathRatio)? {
        let low = a.0 < b.0 ? b.0 : a.0
        let high = a.1 < b.1 ? a.1 : b.1
        return high < low ? nil : (low, high)
    }
}

/// A sweep on the nanometre grid.
struct GridPath {
    let x0: Double
    let y0: Double
    let z0: Double
    let x1: Double
    let y1: Double
    let z1: Double
    let start: Int64
    let duration: Int64
    let reach: Double

    init(_ sweep: Sweep) {
        x0 = NanometerGrid.nanometers(sweep.fromX)
        y0 = NanometerGrid.nanometers(sweep.fromY)
        z0 = NanometerGrid.nanometers(sweep.fromZ)
        x1 = NanometerGrid.nanometers(sweep.toX)
        y1 = NanometerGrid.nanometers(sweep.toY)
        z1 = NanometerGrid.nanometers(sweep.toZ)
        start = sweep.start.nanoseconds
        duration = sweep.end.nanoseconds &- sweep.start.nanoseconds
        reach = NanometerGrid.nanometers(sweep.radiusMeters)
    }

    func piece(_ low: PathRatio, _ high: PathRatio) -> PathPiece {
        if low.numerator == 0, high.numerator == high.denominator {
            return PathPiece(x0: x0, y0: y0, x1: x1, y1: y1)
        }
        return PathPiece(x0: x0, y0: y0, x1: x1, y1: y1, lower: low, upper: high)
    }

    /// Between which fractions of the way the height is in a band.
    func fractions(from floor: Double, to ceiling: Double) -> (PathRatio, PathRatio)? {
        if floor > ceiling { return nil }
        let (low, high) = z0 < z1 ? (z0, z1) : (z1, z0)
        if low > ceiling || high < floor { return nil }
        if low >= floor, high <= ceiling { return (.start, .end) }
        // Here z0 != z1.
        let rise = Int64(high - low)
        let toFloor = low >= floor ? 0 : Int64(floor - low)
        let toCeiling = high <= ceiling ? rise : Int64(ceiling - low)
        return z0 < z1
            ? (
                PathRatio(numerator: toFloor, denominator: rise),
                PathRatio(numerator: toCeiling, denominator: rise)
            )
            : (
                PathRatio(numerator: rise - toCeiling, denominator: rise),
                PathRatio(numerator: rise - toFloor, denominator: rise)
            )
    }

    /// Between which fractions of the time a window is open.
    func fractions(_ window: TimeWindow) -> (PathRatio, PathRatio)? {
        let end = start &+ duration
        if window.start.nanoseconds > end || window.end.nanoseconds < start { return nil }
        if window.start.nanoseconds <= start, window.end.nanoseconds >= end { return (.start, .end) }
        // Here the duration is not 0.
        let from = max(window.start.nanoseconds, start) - start
        let to = min(window.end.nanoseconds, end) - start
        return (
            PathRatio(numerator: from, denominator: duration), PathRatio(numerator: to, denominator: duration)
        )
    }
}
