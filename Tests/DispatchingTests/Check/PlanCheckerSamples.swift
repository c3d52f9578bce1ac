@testable import Dispatching

extension PlanCheckerTests {
    /// The first shipment is on board when the vehicle starts.
    static func unload(_ problem: inout DispatchProblem, _ plan: inout DispatchPlan) {
        problem.shipments[0].pickup = nil
        plan.routes[0].stops.removeFirst()
    }

    /// Each shipment on a route of its own.
    static func apart(_ plan: inout DispatchPlan, kinds: [Int]) {
        plan.routes = (0..<2).map {
            DispatchPlan.Route(vehicle: kinds[$0], stops: [.init(.pickup, $0), .init(.delivery, $0)])
        }
    }

    static func drop(_ plan: inout DispatchPlan, _ shipment: Int = 1) {
        plan.routes[0].stops.removeAll { $0.index == shipment }
        plan.unserved = [shipment]
    }

    /// Both shipments begin at one dock of one place at one time.
    static func atOneDock(_ problem: inout DispatchProblem, _ plan: inout DispatchPlan) {
        apart(&plan, kinds: [0, 1])
        problem.docks = [Dock(name: "gate", places: 1)]
        for s in 0..<2 { problem.shipments[s].pickup = Visit(location: 1, serviceMilliseconds: 10, dock: 0) }
    }

    static func chill(
        _ problem: inout DispatchProblem, _ first: ClosedRange<Int16>, _ second: ClosedRange<Int16>?
    ) {
        problem.vehicles[0].temperature = 0...100
        problem.shipments[0].temperature = first
        problem.shipments[1].temperature = second
    }

    static func charge(_ problem: inout DispatchProblem, _ plan: inout DispatchPlan) {
        problem.stations = [EnergyStation(name: "e", location: 0, swapMilliseconds: 5)]
        problem.vehicles[0].energy = EnergyModel(
            capacityJoules: 8100, reserveJoules: 0, joulesPerKilometer: 1_000_000)
        problem.vehicles[0].energy?.stations = [0]
        problem.vehicles[0].energy?.initialJoules = 0
        plan.routes[0].stops.insert(.init(.energy, 0), at: 0)
    }

    /// The line as a road of five nodes.
    static func roads(_ problem: inout DispatchProblem) {
        let cells = (0..<25).map { Int64(abs($0 / 5 - $0 % 5)) * 1000 }
        problem.modes = [TravelMode(.road(RoadTable(nodes: 5, millimeters: cells, milliseconds: cells)))]
        for i in 0..<5 {
            problem.locations[i].roads = [RoadAccess(node: i, millimeters: 0, milliseconds: 0)]
        }
    }
}
