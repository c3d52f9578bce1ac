/// Counts who came too near to whom.
struct FlowCensus {
    /// First tick of each pair.
    private(set) var lost: [UInt64: Int] = [:]
    private(set) var collided: Set<UInt64> = []
    private(set) var nearestSquared = Double.infinity
    private var order: [Int32]
    private var keys: [Int64]
    private var starts: [Int32] = []
    private var tick = 0

    init(count: Int) {
        order = Array(repeating: 0, count: count)
        keys = Array(repeating: 0, count: count)
    }

    /// Looks at all pairs of the moment: drones sorted into cells a little wider than the separation. The smallest
    /// distance of all is found as long as it is below twice the separation, which it is in any flow worth a run;
    /// else it is told as infinite.
    mutating func take(_ states: [FlowState]) {
        tick += 1
        let cell = 2 * FlowRules.separationMeters
        for i in 0..<states.count {
            keys[i] = Self.key(
                Int64((states[i].x / cell).rounded(.down)), Int64((states[i].y / cell).rounded(.down)))
        }
        // Open borders: cells are hashed into a table about twice as long as the fleet.
        var size = 64
        while size < 2 * states.count { size *= 2 }
        let mask = UInt64(size - 1)
        if starts.count != size + 1 { starts = Array(repeating: 0, count: size + 1) }
        for b in 0...size { starts[b] = 0 }
        for i in 0..<states.count { starts[Self.bucket(keys[i], mask) + 1] += 1 }
        for b in 0..<size { starts[b + 1] += starts[b] }
        for i in 0..<states.count {
            let b = Self.bucket(keys[i], mask)
            order[Int(starts[b])] = Int32(i)
            starts[b] += 1
        }
        for b in stride(from: size, to: 0, by: -1) { starts[b] = starts[b - 1] }
        starts[0] = 0
        for i in 0..<states.count {
            for neighbour in 0..<9 {
                let key = keys[i] &+ Self.key(Int64(neighbour % 3 - 1), Int64(neighbour / 3 - 1))
                let b = Self.bucket(key, mask)
                for place in starts[b]..<starts[b + 1] {
                    let j = Int(order[Int(place)])
                    if j > i, keys[j] == key { measure(states[i], states[j], i, j) }
                }
            }
        }
    }

    private mutating func measure(_ a: FlowState, _ b: FlowState, _ i: Int, _ j: Int) {
        let (dx, dy, dz) = (a.x - b.x, a.y - b.y, a.z - b.z)
        let flat = dx * dx + dy * dy
        let squared = flat + dz * dz
        nearestSquared = min(nearestSquared, squared)
        guard squared < FlowRules.separationMeters * FlowRules.separationMeters else { return }
        let pair = UInt64(i) << 32 | UInt64(j)
        if lost[pair] == nil { lost[pair] = tick }
        if flat < FlowRules.collisionRadiusMeters * FlowRules.collisionRadiusMeters,
            abs(dz) < FlowRules.collisionHeightMeters
        {
            collided.insert(pair)
        }
    }

    private static func key(_ column: Int64, _ row: Int64) -> Int64 { column &+ row &* 0x1_0000_0001 }
    private static func bucket(_ key: Int64, _ mask: UInt64) -> Int {
        let mixed = UInt64(bitPattern: key) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (mixed ^ (mixed >> 29)) & mask)
    }
}
