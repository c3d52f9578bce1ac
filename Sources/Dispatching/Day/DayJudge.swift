/// Drives every way of a day again, stretch by stretch, by the incidents alone: what the truth and the plans are held to.
struct DayJudge {
    let day: DispatchDay
    /// Moments at which roads change.
    private let changes: [Int64]
    /// By epoch and goal: time and distance from every node.
    private var goals: [Int: [(time: Int64, far: Int64)]] = [:]

    init(_ day: DispatchDay) {
        self.day = day
        var changes: Set<Int64> = []
        for incident in day.incidents {
            if case .road = incident.kind { changes.formUnion([incident.from, incident.until]) }
        }
        self.changes = changes.sorted()
    }

    /// When the vehicle of `v` is there by rights, and how far it went.
    mutating func drive(_ v: Int, _ stop: DrivenStop) -> (arrives: Int64, millimeters: Int64) {
        day.isTruck(v) ? roll(stop) : fly(v, stop)
    }

    private func epoch(_ time: Int64) -> Int { changes.count { $0 <= time } }

    private func slowness(_ stretch: Int, _ time: Int64) -> Int64 {
        for incident in day.incidents {
            if case .road(stretch, slowness: let times) = incident.kind, incident.from <= time,
                time < incident.until
            {
                return times
            }
        }
        return 1
    }

    private mutating func roll(_ stop: DrivenStop) -> (Int64, Int64) {
        var (node, time, far) = (stop.from, stop.leaves, Int64(0))
        var holds = stop.holds[...]
        while true {
            while let hold = holds.first, hold.at <= time {
                time += hold.milliseconds
                holds.removeFirst()
            }
            if node == stop.to { return (time, far) }
            let away = goal(stop.to, time)
            guard away[node].time < .max else {
                guard let next = changes.first(where: { $0 > time }) else { return (.max, far) }
                time = next
                continue
            }
            for (i, other) in day.roads.around[node] {
                let (stretch, times) = (day.roads.stretches[i], slowness(i, time))
                guard times > 0, away[other].time < .max,
                    stretch.milliseconds * times + away[other].time == away[node].time,
                    stretch.millimeters + away[other].far == away[node].far
                else { continue }
                node = other
                time += stretch.milliseconds * times
                far += stretch.millimeters
                break
            }
        }
    }

    /// Dijkstra's algorithm from the goal, over the roads as they are at a time.
    private mutating func goal(_ node: Int, _ time: Int64) -> [(time: Int64, far: Int64)] {
        let key = epoch(time) * day.roads.nodes + node
        if let known = goals[key] { return known }
        var away = Array(repeating: (time: Int64.max, far: Int64.max), count: day.roads.nodes)
        var isDone = Array(repeating: false, count: away.count)
        away[node] = (0, 0)
        while let here = away.indices.filter({ !isDone[$0] && away[$0].time < .max }).min(by: {
            away[$0] < away[$1]
        }) {
            isDone[here] = true
            for (i, other) in day.roads.around[here] {
                let (stretch, times) = (day.roads.stretches[i], slowness(i, time))
                guard times > 0 else { continue }
                let way = (
                    away[here].time + stretch.milliseconds * times, away[here].far + stretch.millimeters
                )
                if way < away[other] { away[other] = way }
            }
        }
        goals[key] = away
        return away
    }

    private func fly(_ v: Int, _ stop: DrivenStop) -> (Int64, Int64) {
        let mode = day.problem.vehicles[v].mode
        let travel = PlainTravel(locations: day.problem.locations)
        guard let way = travel.way(day.problem.modes[mode], stop.from, stop.to) else { return (.max, 0) }
        var events = stop.holds.map { (at: $0.at, pause: $0.milliseconds) }
        for incident in day.incidents {
            if case .wind(mode: mode, pace: _) = incident.kind {
                events += [(incident.from, 0), (incident.until, 0)]
            }
        }
        events.sort { $0 < $1 }
        var (time, left) = (stop.leaves, way.millimeters)
        func pace() -> Int64 {
            for incident in day.incidents {
                if case .wind(mode: mode, let pace) = incident.kind, incident.from <= time,
                    time < incident.until
                {
                    return pace
                }
            }
            return day.problem.modes[mode].pace
        }
        func arrival() -> Int64 { time + (left * pace() + 0xF_FFFF) >> 20 }
        for event in events {
            if event.at > time {
                if arrival() <= event.at { break }
                left -= ((event.at - time) << 20) / pace()
                time = event.at
            }
            time += event.pause
        }
        return (arrival(), way.millimeters)
    }
}
