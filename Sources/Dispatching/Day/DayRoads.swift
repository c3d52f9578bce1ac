/// A road network whose stretches can be closed or slowed, with the quickest ways as they are now.
struct DayRoads {
    struct Stretch: Hashable {
        var a: Int
        var b: Int
        var millimeters: Int64
        var milliseconds: Int64
    }
    let nodes: Int
    let stretches: [Stretch]
    /// By node: stretches and where they lead.
    let around: [[(stretch: Int, node: Int)]]
    /// By stretch: how many times its time it takes now; 0: closed.
    private(set) var slowness: [Int64]
    private(set) var table: RoadTable

    init(nodes: Int, stretches: [Stretch]) {
        self.nodes = nodes
        self.stretches = stretches
        var around = Array(repeating: [(stretch: Int, node: Int)](), count: nodes)
        for (i, stretch) in stretches.enumerated() {
            around[stretch.a].append((i, stretch.b))
            around[stretch.b].append((i, stretch.a))
        }
        self.around = around
        slowness = Array(repeating: 1, count: stretches.count)
        table = RoadTable(nodes: nodes, millimeters: [], milliseconds: [])
        table = quickest()
    }

    mutating func set(_ stretch: Int, slowness times: Int64) {
        slowness[stretch] = times
        table = quickest()
    }

    /// Floyd and Warshall: least time, then least distance.
    private func quickest() -> RoadTable {
        let (n, none) = (nodes, DispatchLimits.latestMilliseconds)
        var far = [Int64](repeating: none, count: n * n)
        var long = far
        for i in 0..<n {
            far[i * n + i] = 0
            long[i * n + i] = 0
        }
        for (stretch, times) in zip(stretches, slowness) where times > 0 {
            for cell in [stretch.a * n + stretch.b, stretch.b * n + stretch.a] {
                let way = (stretch.milliseconds * times, stretch.millimeters)
                if way < (long[cell], far[cell]) { (long[cell], far[cell]) = way }
            }
        }
        long.withUnsafeMutableBufferPointer { long in
            far.withUnsafeMutableBufferPointer { far in
                for k in 0..<n {
                    for i in 0..<n {
                        let (first, lead) = (long[i &* n &+ k], far[i &* n &+ k])
                        if first == none || i == k { continue }
                        var (here, there) = (i &* n, k &* n)
                        for _ in 0..<n {
                            let time = first &+ long[there]
                            if time <= long[here] {
                                let length = lead &+ far[there]
                                if time < long[here] || length < far[here] {
                                    long[here] = time
                                    far[here] = length
                                }
                            }
                            here &+= 1
                            there &+= 1
                        }
                    }
                }
            }
        }
        return RoadTable(nodes: n, millimeters: far, milliseconds: long)
    }

    /// The first stretch of the quickest way; nil where there is none, or no way.
    func step(from: Int, to: Int) -> (node: Int, millimeters: Int64, milliseconds: Int64)? {
        let cell = from * nodes + to
        guard from != to, table.milliseconds[cell] < DispatchLimits.latestMilliseconds else { return nil }
        for (i, node) in around[from] where slowness[i] > 0 {
            let (stretch, rest) = (stretches[i], node * nodes + to)
            let time = stretch.milliseconds * slowness[i]
            if time + table.milliseconds[rest] == table.milliseconds[cell],
                stretch.millimeters + table.millimeters[rest] == table.millimeters[cell]
            {
                return (node, stretch.millimeters, time)
            }
        }
        return nil
    }
}
