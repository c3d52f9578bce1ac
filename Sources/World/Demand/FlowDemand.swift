extension Demand {
    /// A whole day of the freight and express flows, or `share` of it (0...1) spread evenly over them: a shipment for
    /// each truck and for each parcel, released during the 24 h after `start`, by release. Half of the trucks are
    /// full, the others carry some pallets. Same arguments, same shipments.
    public static func flows(
        world: WorldData, seed: UInt64, start: Instant, share: Double = 1
    ) -> [Shipment] {
        let share = share >= 0 ? min(share, 1) : 0
        let demand = Demand(world: world, bases: [], start: start)
        var dice = Dice(seed: seed)
        var drafts: [(at: Instant, draft: Draft)] = []
        // What a flow has beyond whole trucks goes to the next, so that the sum is right at every share.
        var rest = 0.5
        for flow in world.freightFlows {
            guard let lane = FlowLane(world, flow) else { continue }
            rest += flow.trucksPerDay * share * (flow.peakMonths.contains(demand.month) ? 1.5 : 1)
            while rest >= 1 {
                rest -= 1
                drafts.append(demand.released(demand.load(lane, &dice), &dice))
            }
        }
        rest = 0.5
        for flow in world.expressFlows {
            guard let airport = world.place(flow.airport), let town = world.place(flow.town) else { continue }
            rest += flow.parcelsPerDay * share
            while rest >= 1 {
                rest -= 1
                drafts.append(demand.released(demand.parcel(flow, airport, town, &dice), &dice))
            }
        }
        return demand.numbered(drafts, seed: seed)
    }

    private struct FlowLane {
        var origin: Place
        var destination: Place
        var seconds: Double
        var goods: [String]
        var base: Base

        init?(_ world: WorldData, _ flow: FreightFlow) {
            guard let origin = world.place(flow.origin), let destination = world.place(flow.destination),
                let route = world.roads.route(from: origin.coordinate, to: destination.coordinate, on: nil)
            else { return nil }
            self.origin = origin
            self.destination = destination
            seconds = route.seconds
            goods = flow.goods
            base = Base(coordinate: origin.coordinate, kind: .truck)
        }
    }

    private func load(_ lane: FlowLane, _ dice: inout Dice) -> Draft {
        let difficulty = dice.difficulty()
        let limit = Double(lane.base.payloadGrams)
        var grams = limit * dice.between(0.5, 1)
        if dice.unit() < 0.5 {
            grams = min(limit, dice.between(1, 14).rounded(.down) * dice.between(300_000, 900_000))
        }
        if difficulty == .tooHeavy { grams = limit * dice.between(1.1, 1.8) }
        grams = (grams / 10_000).rounded() * 10_000
        let drive = lane.seconds + 3600
        let due: Double? =
            switch difficulty {
            case .tightWindow: drive * dice.between(1, 1.25)
            case .impossibleWindow: lane.seconds * dice.between(0.3, 0.7)
            default: dice.unit() < 0.05 ? nil : drive * dice.between(1.5, 3) + dice.between(1, 6) * 3600
            }
        return Draft(
            byAir: false, company: company(near: lane.base, &dice),
            pickup: (lane.origin.id, lane.origin.coordinate),
            delivery: (lane.destination.id, lane.destination.coordinate), grams: grams,
            liters: grams / 1000 * dice.between(1.5, 3.5),
            goods: lane.goods[dice.pick(lane.goods.map { _ in 1 })],
            kinds: [.truck], difficulty: difficulty, readyAfterSeconds: dice.between(0, 3 * 3600),
            dueAfterSeconds: due)
    }

    private func parcel(
        _ flow: ExpressFlow, _ airport: Place, _ town: Place, _ dice: inout Dice
    ) -> Draft {
        let difficulty = dice.difficulty()
        // People live as `ExpressArea` says.
        let radius = min(6.5 * Double(max(town.population, 4000)).squareRoot(), 9000)
        let address = Geodesic.direct(
            from: town.coordinate, azimuthDegrees: dice.between(0, 360),
            meters: radius * dice.unit().squareRoot())
        let limit = flow.heaviestKilograms * 1000
        let share = dice.unit()
        var grams = (0.9 * limit * share * share).clamped(to: 200...max(200, limit))
        if difficulty == .tooHeavy { grams = 20_000 * dice.between(1.3, 3) }
        let flight = flow.meters / 25 + 300
        let due =
            switch difficulty {
            case .tightWindow: flight * dice.between(1.1, 1.5)
            case .impossibleWindow: flight * dice.between(0.1, 0.3)
            default: flow.deadlineHours * 3600
            }
        return Draft(
            byAir: true,
            company: company(near: Base(coordinate: airport.coordinate, kind: .vtol), &dice),
            pickup: (airport.id, airport.coordinate), delivery: (town.id, address), grams: grams,
            liters: (grams / 1000 * dice.between(2, 4)).rounded(.up),
            goods: ["parcel", "medical", "electronics", "food"][dice.pick([70, 12, 10, 8])], kinds: [.vtol],
            difficulty: difficulty, readyAfterSeconds: dice.between(0, 1800), dueAfterSeconds: due)
    }
}
