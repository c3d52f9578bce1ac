/// The stops of one vehicle in one slab of memory, with what an insertion needs to know of each. Stop 0 is where the
/// vehicle starts, the last where it ends.
struct Route {
    var memory: UnsafeMutableRawPointer
    var capacity: Int
    /// Stops with both ends: at least 2.
    var count = 2
    /// Index of the vehicle (kind).
    var kind: Int32 = 0
    /// Changes with every change and comes back with an undone one.
    var version: UInt32 = 0
    /// Nothing is inserted behind a stop before this one: what is committed.
    var frozen = 0
    var millimeters: Int64 = 0
    /// What it costs above its vehicle and its way, by its proof.
    var extra: Int64 = 0
    var needs: Needs = []

    static let bytesPerStop = 112

    init(capacity: Int) {
        self.capacity = (max(capacity, 8) + 7) & ~7
        memory = .allocate(byteCount: self.capacity * Route.bytesPerStop, alignment: 64)
    }

    @inline(__always)
    private func column<T>(_ offset: Int, _: T.Type) -> UnsafeMutablePointer<T> {
        (memory + offset &* capacity).assumingMemoryBound(to: T.self)
    }
    /// Earliest departure.
    @inline(__always) var depart: UnsafeMutablePointer<Int64> { column(0, Int64.self) }
    /// Latest arrival with which everything after still fits.
    @inline(__always) var latest: UnsafeMutablePointer<Int64> { column(8, Int64.self) }
    /// Distance and time to the next stop.
    @inline(__always) var leg: UnsafeMutablePointer<Int64> { column(16, Int64.self) }
    @inline(__always) var legTime: UnsafeMutablePointer<Int64> { column(24, Int64.self) }
    @inline(__always) var service: UnsafeMutablePointer<Int64> { column(32, Int64.self) }
    @inline(__always) var opens: UnsafeMutablePointer<Int64> { column(40, Int64.self) }
    @inline(__always) var closes: UnsafeMutablePointer<Int64> { column(48, Int64.self) }
    @inline(__always) var spot: UnsafeMutablePointer<Spot> { column(56, Spot.self) }
    /// On board after the stop. The capacity is a multiple of 8, so that columns lie on 16 bytes.
    @inline(__always) var load: UnsafeMutablePointer<Load> { column(88, Load.self) }

    /// Stop of the `StopTable`, or one of the ends.
    @inline(__always) var ids: UnsafeMutablePointer<Int32> { column(104, Int32.self) }

    static let startID: Int32 = -1
    static let endID: Int32 = -2

    /// Offset for each stop of the capacity, and size, of every column.
    static let columns: [(offset: Int, size: Int)] = [
        (0, 8), (8, 8), (16, 8), (24, 8), (32, 8), (40, 8), (48, 8), (56, 32), (88, 16), (104, 4),
    ]

    /// The same route in memory of another capacity.
    func copied(capacity: Int) -> Route {
        var copy = Route(capacity: capacity)
        copy.take(self)
        return copy
    }

    /// Becomes the same as `other` within its own memory, which must be large enough.
    mutating func take(_ other: Route) {
        let (memory, capacity) = (self.memory, self.capacity)
        for (offset, size) in Route.columns {
            (memory + offset &* capacity).copyMemory(
                from: other.memory + offset &* other.capacity, byteCount: other.count &* size)
        }
        self = other
        self.memory = memory
        self.capacity = capacity
    }

    /// Room behind stop `k` for one more.
    mutating func open(after k: Int) {
        shift(from: k + 1, to: k + 2, count - k - 1)
        count += 1
    }

    /// Takes stop `k` out.
    mutating func close(_ k: Int) {
        shift(from: k + 1, to: k, count - k - 1)
        count -= 1
    }

    private func shift(from a: Int, to b: Int, _ n: Int) {
        func move<T>(_ column: UnsafeMutablePointer<T>) { (column + b).update(from: column + a, count: n) }
        // Departures and loads are reckoned anew anyway.
        move(leg)
        move(legTime)
        move(service)
        move(opens)
        move(closes)
        move(spot)
        move(ids)
    }
}
