import Controller
import Station
import World

/// Questions to a running station, each answered or thrown as a `ControlProblem`.
struct Conversation {
    private let client: ControlClient

    init(directory: String, timeoutMilliseconds: Int) throws {
        client = try ControlClient(directory: directory, timeoutMilliseconds: timeoutMilliseconds)
    }

    func status() throws -> StationStatus {
        try ask(.status) { if case .status(let status) = $0 { status } else { nil } }
    }

    func vehicle(_ selector: String) throws -> VehicleStatus {
        try ask(.vehicle(selector: selector)) { if case .vehicle(let vehicle) = $0 { vehicle } else { nil } }
    }

    func near(_ selector: String) throws -> TrafficNear {
        try ask(.near(selector: selector)) { if case .near(let near) = $0 { near } else { nil } }
    }

    func report(_ contacts: [ReportedContact]) throws -> SurveillanceReceipt {
        try ask(.surveillance(contacts)) { if case .surveyed(let receipt) = $0 { receipt } else { nil } }
    }

    func order(_ request: ControlRequest) throws -> OrderStatus {
        try ask(request) { if case .order(let order) = $0 { order } else { nil } }
    }

    func mission(_ id: MissionID) throws -> MissionStatus {
        try ask(.mission(id: id)) { if case .mission(let mission) = $0 { mission } else { nil } }
    }

    func submit(_ orders: [OrderRequest]) throws -> [SubmittedOrder] {
        let answers = try ask(.submitOrders(orders)) {
            if case .submitted(let answers) = $0 { answers } else { nil }
        }
        guard answers.count == orders.count else { throw Self.misunderstanding }
        return answers
    }

    /// Something to be done; gives what the station says about it.
    func command(_ request: ControlRequest) throws -> String {
        try ask(request) { if case .done(let text) = $0 { text } else { nil } }
    }

    func vehicles(_ filter: VehicleFilter, limit: Int? = nil) throws -> VehiclePage {
        var filter = filter
        var whole = VehiclePage(vehicles: [], next: nil, at: Instant(nanoseconds: 0))
        repeat {
            filter.page.limit = Self.limit(limit, whole.vehicles.count)
            let part = try ask(.vehicles(filter)) { if case .vehicles(let part) = $0 { part } else { nil } }
            whole.now = part.now
            whole.vehicles += part.vehicles
            whole.next = part.next
            filter.page.after = part.next ?? 0
        } while whole.next != nil && whole.vehicles.count < limit ?? .max
        return whole
    }

    func orders(_ filter: OrderFilter, limit: Int? = nil) throws -> OrderPage {
        var filter = filter
        var whole = OrderPage(orders: [], next: nil, at: Instant(nanoseconds: 0))
        repeat {
            filter.page.limit = Self.limit(limit, whole.orders.count)
            let part = try ask(.orders(filter)) { if case .orders(let part) = $0 { part } else { nil } }
            whole.now = part.now
            whole.orders += part.orders
            whole.next = part.next
            filter.page.after = part.next ?? 0
        } while whole.next != nil && whole.orders.count < limit ?? .max
        return whole
    }

    func missions(_ filter: MissionFilter, limit: Int? = nil) throws -> MissionPage {
        var filter = filter
        var whole = MissionPage(missions: [], next: nil, at: Instant(nanoseconds: 0))
        repeat {
            filter.page.limit = Self.limit(limit, whole.missions.count)
            let part = try ask(.missions(filter)) { if case .missions(let part) = $0 { part } else { nil } }
            whole.now = part.now
            whole.missions += part.missions
            whole.next = part.next
            filter.page.after = part.next ?? 0
        } while whole.next != nil && whole.missions.count < limit ?? .max
        return whole
    }

    private static func limit(_ limit: Int?, _ had: Int) -> Int {
        min((limit ?? .max) - had, ControlLimits.pageMax).clamped(to: 1...ControlLimits.pageMax)
    }

    private func ask<Answer>(
        _ request: ControlRequest, _ pick: (ControlResponse) -> Answer?
    ) throws -> Answer {
        guard let answer = pick(try client.ask(request)) else { throw Self.misunderstanding }
        return answer
    }

    private static let misunderstanding = ControlProblem(
        what: "the station answered something else than was asked", where: "station",
        todo: "Use the 'keruen' of the version that runs as the station")
}
