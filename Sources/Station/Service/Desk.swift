import Controller
import Transport
import World

extension StationCore {
    /// Answers one request of an operator, to be told when `promised` is durable. Nothing here waits.
    mutating func answer(_ request: ControlRequest) -> ControlResponse {
        switch request {
        case .status: return .status(status)
        case .vehicles(let filter):
            let (part, next) = filter.cut(controller.vehicles)
            return .vehicles(VehiclePage(vehicles: part.map(vehicleStatus), next: next, at: now))
        case .vehicle(let selector):
            guard let vehicle = find(selector) else { return problem(noVehicle(selector)) }
            return .vehicle(vehicleStatus(vehicle))
        case .orders(let filter):
            return .orders(filter.cut(controller.orders, at: now))
        case .order(let id):
            guard let order = controller.order(id) else { return problem(nothing("order", "\(id.number)")) }
            return .order(OrderStatus(order, at: now))
        case .orderOfKey(let company, let key):
            guard let order = controller.order(company: company, key: key) else {
                return problem(nothing("order", "\(company)/\(key)"))
            }
            return .order(OrderStatus(order, at: now))
        case .submitOrders(let requests): return submit(requests)
        case .cancelOrder(let id, let person):
            guard controller.order(id) != nil else { return problem(nothing("order", "\(id.number)")) }
            return told(step(.orderCancelled(id, by: person, at: now)), "order \(id.number)")
        case .missions(let filter):
            return .missions(filter.cut(controller, at: now))
        case .mission(let id):
            guard let mission = controller.mission(id) else {
                return problem(nothing("mission", "\(id.number)"))
            }
            return .mission(MissionStatus(mission, in: controller))
        case .operatorAction(let action, let vehicle, let person):
            guard let view = controller.vehicle(vehicle) else {
                return problem(noVehicle("\(vehicle.number)"))
            }
            return told(step(.operatorAction(action, vehicle, by: person, at: now)), view.profile.name)
        case .missionAction(let action, let id, let person):
            guard let mission = controller.mission(id) else {
                return problem(nothing("mission", "\(id.number)"))
            }
            guard !mission.state.isOver else {
                return problem(
                    ControlProblem(
                        what: "it is \(mission.state.rawValue) already", where: "mission \(id.number)",
                        todo: "'keruen mission list' shows the open ones"))
            }
            return told(
                step(.operatorAction(action, mission.vehicle, by: person, at: now)), "mission \(id.number)")
        case .surveillance(let contacts): return survey(contacts)
        case .near(let selector): return near(selector)
        case .revokeKey, .reloadKeys, .shutdown:
            return problem(
                ControlProblem(
                    what: "the station's own matters are not for the desk", where: "request",
                    todo: "This is a fault of the station; please report it"))
        }
    }

    private mutating func submit(_ requests: [OrderRequest]) -> ControlResponse {
        var results: [SubmittedOrder] = []
        results.reserveCapacity(requests.count)
        for var request in requests {
            let known = controller.order(company: request.company, key: request.key)
            if request.readyAt == ControlLimits.atOnce { request.readyAt = known?.request.readyAt ?? now }
            let answer =
                step(.orderSubmitted(request, at: now))
                ?? Answer(accepted: false, reason: "the controller gave no answer")
            results.append(
                SubmittedOrder(
                    request, answer: answer, before: known,
                    after: answer.order.flatMap { controller.order($0) }))
        }
        return .submitted(results)
    }

    private func told(_ answer: Answer?, _ place: String) -> ControlResponse {
        guard let answer, answer.accepted else {
            return problem(
                ControlProblem(
                    what: answer?.reason ?? "the controller gave no answer", where: place,
                    todo: "Look at it with 'keruen' and try what its state allows"))
        }
        return .done(answer.reason)
    }

    private func problem(_ problem: ControlProblem) -> ControlResponse { .problem(problem) }

    private func nothing(_ what: String, _ selector: String) -> ControlProblem {
        ControlProblem(
            .notFound, what: "there is no such \(what)", where: "\(what) \(selector)",
            todo: "'keruen \(what) list' shows what there is")
    }

    func noVehicle(_ selector: String) -> ControlProblem {
        ControlProblem(
            .notFound, what: "there is no such vehicle", where: "vehicle \(selector.prefix(64))",
            todo: "'keruen vehicle list' shows those the station has met")
    }

    /// By name, or by number.
    func find(_ selector: String) -> VehicleView? {
        controller.vehicle(named: selector)
            ?? UInt32(selector).flatMap { controller.vehicle(VehicleID($0)) }
    }

    private func vehicleStatus(_ view: VehicleView) -> VehicleStatus {
        let number = view.profile.id.number
        return VehicleStatus(
            view, link: link.status(of: number), refused: link.refusals(of: number), at: now)
    }

    private var status: StationStatus {
        let roads = controller.roadStatistics
        return StationStatus(
            version: keruenVersion, fence: fence, startedAt: startedAt, now: now,
            uptimeSeconds: meter.uptimeSeconds, pace: pace,
            vehicles: VehicleCounts(enrolled: enrolments.count, fleet: controller.vehicles),
            orders: OrderCounts(controller.orders, refusals: controller.refusals, at: now),
            missions: MissionCounts(controller.missions),
            separation: SeparationCounts(controller.separationStatistics), surveillance: surveillance,
            roads: roads == RoadStatistics() ? nil : roads,
            telemetry: TelemetryCounts(
                messages: telemetryMessages, messagesPerSecond: meter.perSecond, counters: link.counters),
            ignoredInputs: controller.ignoredInputs, durableSequence: journal.durableSequence)
    }
}
