import Controller
import Transport
import World

/// What an operator's request came to: the answer, and the event that must be durable before it is told.
struct DeskAnswer {
    var response: ControlResponse
    var after: UInt64 = 0
}

extension StationCore {
    /// Answers one request of an operator. Nothing here waits.
    mutating func answer(_ request: ControlRequest) -> DeskAnswer {
        switch request {
        case .status: return DeskAnswer(response: .status(status))
        case .vehicles:
            return DeskAnswer(response: .vehicles(controller.vehicles.map(vehicleStatus)))
        case .vehicle(let selector):
            guard let vehicle = find(selector) else { return problem(noVehicle(selector)) }
            return DeskAnswer(response: .vehicle(vehicleStatus(vehicle)))
        case .orders(let state, let company):
            let chosen = controller.orders.filter {
                (state == nil || $0.state == state) && (company == nil || $0.request.company == company)
            }
            return DeskAnswer(response: .orders(chosen))
        case .order(let id):
            guard let order = controller.order(id) else { return problem(nothing("order", id.number)) }
            return DeskAnswer(response: .order(order))
        case .submitOrders(let requests): return submit(requests)
        case .cancelOrder(let id, let person):
            guard controller.order(id) != nil else { return problem(nothing("order", id.number)) }
            return told(step(.orderCancelled(id, by: person, at: now)), "order \(id.number)")
        case .missions: return DeskAnswer(response: .missions(controller.missions))
        case .mission(let id):
            guard let mission = controller.mission(id) else { return problem(nothing("mission", id.number)) }
            return DeskAnswer(response: .mission(mission))
        case .operatorAction(let action, let vehicle, let person):
            return told(
                step(.operatorAction(action, vehicle, by: person, at: now)), "vehicle \(vehicle.number)")
        case .revokeKey, .reloadKeys, .shutdown:
            return problem(
                ControlProblem(
                    what: "the station's own matters are not for the desk", where: "request",
                    todo: "This is a fault of the station; please report it"))
        }
    }

    private mutating func submit(_ requests: [OrderRequest]) -> DeskAnswer {
        var results: [SubmittedOrder] = []
        results.reserveCapacity(requests.count)
        for request in requests {
            let answer = step(.orderSubmitted(request, at: now))
            var problem: ControlProblem?
            if answer?.accepted != true {
                problem = ControlProblem(
                    what: answer?.reason ?? "the controller gave no answer", where: "order '\(request.key)'",
                    todo: "Correct it and submit it again")
            }
            results.append(SubmittedOrder(key: request.key, id: answer?.order, problem: problem))
        }
        return DeskAnswer(response: .submitted(results), after: recorded)
    }

    private func told(_ answer: Answer?, _ place: String) -> DeskAnswer {
        guard let answer, answer.accepted else {
            return problem(
                ControlProblem(
                    what: answer?.reason ?? "the controller gave no answer", where: place,
                    todo: "Look at it with 'keruen' and try what its state allows"))
        }
        return DeskAnswer(response: .done(answer.reason), after: recorded)
    }

    private func problem(_ problem: ControlProblem) -> DeskAnswer { DeskAnswer(response: .problem(problem)) }

    private func nothing(_ what: String, _ number: UInt64) -> ControlProblem {
        ControlProblem(
            what: "there is no \(what) \(number)", where: "\(what) \(number)",
            todo: "'keruen \(what) list' shows what there is")
    }

    func noVehicle(_ selector: String) -> ControlProblem {
        ControlProblem(
            what: "there is no such vehicle", where: "vehicle '\(selector.prefix(64))'",
            todo: "'keruen vehicle list' shows those the station has met")
    }

    /// By name, or by number.
    func find(_ selector: String) -> VehicleView? {
        controller.vehicles.first { $0.profile.name == selector }
            ?? UInt32(selector).flatMap { controller.vehicle(VehicleID($0)) }
    }

    private func vehicleStatus(_ view: VehicleView) -> VehicleStatus {
        VehicleStatus(
            profile: view.profile, isConnected: view.isConnected, lastReport: nil, mission: view.mission)
    }

    private var status: StationStatus {
        var orders: [String: Int] = [:]
        for state in OrderState.allCases { orders[state.rawValue] = 0 }
        for order in controller.orders { orders[order.state.rawValue, default: 0] += 1 }
        let counters = link.counters
        var refused: [String: UInt64] = [:]
        for cause in LinkRefusal.allCases where counters[cause] > 0 { refused["\(cause)"] = counters[cause] }
        return StationStatus(
            fence: fence, startedAt: startedAt, now: now, vehiclesEnrolled: enrolments.count,
            vehiclesConnected: controller.vehicles.count { $0.isConnected && $0.link != .lost },
            orders: orders,
            missionsOpen: controller.missions.count { !$0.state.isOver },
            telemetryMessages: telemetryMessages,
            refusedMessages: refused, durableSequence: journal.durableSequence)
    }
}
