import Traffic
import World

/// Trucks that do exactly as told, in a grid of one-truck zones and streets for eight, on routes of random turns; who
/// arrives sets out again elsewhere.
struct RoadCity {
    let traffic: RoadTraffic
    private let layout: RoadLayout
    private let side: Int
    private var dice = SplitMix64(seed: 42)
    private var reports: [RoadReport]
    private var routes: [[Int32]]
    private var now = 0.0
    var moving = 0
    var arrived = 0

    init?(side: Int, trucks: Int, streetMeters: Double) {
        var sections: [RoadLayout.Section] = []
        // Of each crossing: four lanes into it, four ways across, and a yard to start from and to end in.
        for n in 0..<side * side {
            for _ in 0..<4 { sections.append(.init(lengthMeters: streetMeters, speedLimit: 14)) }
            for _ in 0..<4 {
                sections.append(.init(lengthMeters: 15, speedLimit: 8, zone: Int32(n), mayStand: false))
            }
            sections.append(.init(lengthMeters: 2000, speedLimit: 14))
            sections.append(.init(lengthMeters: 2000, speedLimit: 14))
        }
        guard
            let layout = RoadLayout(
                sections: sections, zones: .init(repeating: .init(), count: side * side)),
            let traffic = RoadTraffic(layout: layout, truckCapacity: trucks)
        else { return nil }
        self.layout = layout
        self.traffic = traffic
        self.side = side
        reports = (0..<trucks).map {
            RoadReport(truck: Int32($0), routeMeters: 0, speed: 0, measuredSeconds: 0)
        }
        routes = .init(repeating: [], count: trucks)
        for i in 0..<trucks { setOut(i) }
    }

    private func inside(_ r: Int, _ c: Int) -> Bool { r >= 0 && c >= 0 && r < side && c < side }

    /// From a yard by 6 to 20 crossings to a yard.
    private mutating func setOut(_ i: Int) {
        let steps = [(0, 1), (1, 0), (0, -1), (-1, 0)]
        for _ in 0..<20 {
            var (r, c, d) = (dice.below(side), dice.below(side), dice.below(4))
            var route = [Int32((r * side + c) * 10 + 8), Int32((r * side + c) * 10 + 4 + d)]
            let hops = 6 + dice.below(15)
            for _ in 0..<hops {
                let (nr, nc) = (r + steps[d].0, c + steps[d].1)
                guard inside(nr, nc) else { break }
                (r, c) = (nr, nc)
                route.append(Int32((r * side + c) * 10 + d))
                route.append(Int32((r * side + c) * 10 + 4 + d))
                d = (d + [0, 0, 1, 3][dice.below(4)]) % 4
            }
            guard route.count > 4 else { continue }
            route.append(Int32((r * side + c) * 10 + 9))
            for back in [60.0, 100, 140, 180, 220, 260, 300, 340, 380, 420, 460, 500] {
                let at = 2000 - back
                guard case .success = traffic.add(Int32(i), RoadTruckType(), route: route, at: at) else {
                    continue
                }
                routes[i] = route
                reports[i] = RoadReport(truck: Int32(i), routeMeters: at, speed: 0, measuredSeconds: now)
                return
            }
        }
    }

    /// A tenth of a second; `watch` is given the table's step and must take it, once.
    mutating func advance(_ watch: (() -> Void) -> Void = { $0() }) {
        now += 0.1
        for i in reports.indices { reports[i].measuredSeconds = now }
        reports.withUnsafeBufferPointer { [traffic, now] reports in
            watch { traffic.step(now: now, reports: reports) }
        }
        moving = 0
        for i in reports.indices {
            guard let a = traffic.advisory(of: Int32(i)) else {
                setOut(i)
                continue
            }
            let v = reports[i].speed
            let next = max(v + max(min(a.speedLimit - v, 0.1), -0.2), 0)
            reports[i].speed = next
            reports[i].routeMeters += (v + next) * 0.05
            if next > 0.3 { moving += 1 }
            if next < 0.3, a.reason == .routeEnd, a.gapMeters < 6 {
                traffic.remove(Int32(i))
                arrived += 1
                setOut(i)
            }
        }
    }
}
