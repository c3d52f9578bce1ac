/// The benchmark's own rules in plain double precision, apart from the model and from the checker of plans: a second
/// opinion on what is claimed against published values. One unit late is failed, and so is a millionth.
struct LiLimCheck {
    /// For the rounding of sums only.
    static let tolerance = 1e-6

    var vehicles = 0
    var distance = 0.0
    /// What is wrong, in words; empty when the plan is feasible.
    var problems: [String] = []

    /// - Parameter routes: ids of tasks in order, without the depot.
    init(_ instance: LiLimInstance, routes: [[Int]]) {
        var seen = Array(repeating: false, count: instance.tasks.count)
        seen[0] = true
        for (r, route) in routes.enumerated() where !route.isEmpty {
            vehicles += 1
            var (time, load, here) = (instance.tasks[0].ready, 0.0, 0)
            var aboard: Set<Int> = []
            for id in route {
                guard instance.tasks.indices.contains(id), !seen[id] else {
                    problems.append("route \(r + 1): task \(id) is unknown, the depot, or there twice")
                    continue
                }
                seen[id] = true
                let task = instance.tasks[id]
                let leg = length(instance, here, id)
                distance += leg
                time = max(time + leg / instance.speed, task.ready)
                if time > task.due + Self.tolerance {
                    problems.append("route \(r + 1): task \(id) is \(time - task.due) late")
                }
                time += task.service
                load += task.demand
                if load > instance.capacity {
                    problems.append("route \(r + 1): \(load - instance.capacity) too much after task \(id)")
                }
                if task.pickup == 0 {
                    aboard.insert(id)
                } else if aboard.remove(task.pickup) == nil {
                    problems.append("route \(r + 1): task \(id) comes without its pickup before it")
                }
                here = id
            }
            let leg = length(instance, here, 0)
            distance += leg
            let late = time + leg / instance.speed - instance.tasks[0].due
            if late > Self.tolerance { problems.append("route \(r + 1): back \(late) late") }
            if !aboard.isEmpty { problems.append("route \(r + 1): \(aboard.count) are never delivered") }
        }
        let missing = seen.count { !$0 }
        if missing > 0 { problems.append("\(missing) tasks are not served") }
        if vehicles > instance.vehicles {
            problems.append("\(vehicles) vehicles, more than the \(instance.vehicles) there are")
        }
    }

    private func length(_ instance: LiLimInstance, _ a: Int, _ b: Int) -> Double {
        let (dx, dy) = (instance.tasks[a].x - instance.tasks[b].x, instance.tasks[a].y - instance.tasks[b].y)
        return (dx * dx + dy * dy).squareRoot()
    }
}
