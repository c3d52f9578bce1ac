// What was driven, before the judges: the plan checker with the times as they were, and every way driven again.

extension DispatchDay {
    func judge(_ truth: DayTruth, _ report: inout DayReport) throws(ProblemFault) {
        var problem = self.problem
        problem.shipments = truth.shipments
        var plan = DispatchPlan()
        var begun = Array(repeating: Int64(0), count: orders)
        var isServed = Array(repeating: false, count: orders)
        var road = DayJudge(self)
        for (v, stops) in truth.driven.enumerated() where !stops.isEmpty {
            var route = DispatchPlan.Route(vehicle: v, stops: [])
            route.startMilliseconds = stops[0].leaves
            for stop in stops {
                isServed[stop.order] = true
                route.stops.append(
                    .init(
                        stop.isPickup ? .pickup : .delivery, stop.order, arrivalMilliseconds: stop.arrives,
                        startMilliseconds: stop.starts, departureMilliseconds: stop.departs))
                let closes = truth.visit(stop.order, stop.isPickup)?.windows.last?.closesMilliseconds ?? .max
                if stop.isPickup { begun[stop.order] = stop.leaves }
                if stop.starts > closes, isExcused(v, stop, since: begun[stop.order]) {
                    // Without anything having happened the checker shall tell it.
                    if stop.isPickup {
                        problem.shipments[stop.order].pickup?.windows[0].closesMilliseconds = stop.starts
                    } else {
                        problem.shipments[stop.order].delivery?.windows[0].closesMilliseconds = stop.starts
                        report.late += 1
                    }
                }
                look(v, stop, &road, &report)
            }
            let last = stops[stops.count - 1]
            let home = self.problem.vehicles[v].end.map { truth.way(v, last.to, $0) } ?? 0
            route.endMilliseconds = last.departs + home
            plan.routes.append(route)
            if !isTruck(v) { lookAtReach(v, stops, truth, &report) }
        }
        plan.unserved = isServed.indices.filter { !isServed[$0] }
        let verdict = try PlanChecker(problem).check(plan)
        report.violations += verdict.violations.map(\.description)
    }

    /// Whether something happened to the vehicle or its way since the order was begun.
    private func isExcused(_ v: Int, _ stop: DrivenStop, since begun: Int64) -> Bool {
        incidents.contains { incident in
            let falls = [incident.from, incident.until].contains { $0 >= begun && $0 <= stop.starts }
            return switch incident.kind {
            case .lost(v), .late(v): falls
            case .road: isTruck(v) && falls
            case .wind(mode: problem.vehicles[v].mode, pace: _): falls
            case .post(stop.to): incident.until >= begun && incident.from <= stop.starts
            default: false
            }
        }
    }

    /// One stop by itself.
    private func look(_ v: Int, _ stop: DrivenStop, _ road: inout DayJudge, _ report: inout DayReport) {
        let name = problem.vehicles[v].name
        let right = road.drive(v, stop)
        if right != (stop.arrives, stop.millimeters) {
            report.violations.append(
                "\(name) is at \(stop.to) for order \(stop.order), from \(stop.from) at \(stop.leaves) ms, after "
                    + "\(stop.arrives - stop.leaves) ms and \(stop.millimeters) mm; the roads allow "
                    + "\(right.arrives - stop.leaves), \(right.millimeters); it stood \(stop.holds.map(\.at))"
            )
        }
        if stop.leaves < heard(stop.order, releases[stop.order]) {
            report.violations.append("\(name) leaves for order \(stop.order) before anybody knows of it")
        }
        for incident in incidents where stop.starts > incident.from && stop.starts < incident.until {
            switch incident.kind {
            case .post(stop.to):
                report.violations.append("\(name) is served at \(stop.to), which is closed")
            case .sky(mode: problem.vehicles[v].mode, let location, let radius)
            where stop.isPickup && stop.leaves > incident.from:
                let (a, b) = (problem.locations[stop.to], problem.locations[location])
                let (x, y, z) = (a.x - b.x, a.y - b.y, a.z - b.z)
                if x * x + y * y + z * z <= radius * radius {
                    report.violations.append("\(name) takes off at \(stop.to) under a closed sky")
                }
            default: break
            }
        }
    }

    /// How far a drone goes from one visit of its hub to the next.
    private func lookAtReach(_ v: Int, _ stops: [DrivenStop], _ truth: DayTruth, _ report: inout DayReport) {
        let hub = problem.vehicles[v].start
        var far: Int64 = 0
        for stop in stops {
            far += stop.millimeters
            let home = truth.flight(stop.to, hub)
            if far + home > droneReach {
                report.violations.append(
                    "\(problem.vehicles[v].name) goes \(far + home) mm from hub to hub by order \(stop.order)"
                )
            }
            if stop.to == hub { far = 0 }
        }
    }
}
