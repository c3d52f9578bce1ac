import Controller
import World

/// Which part of a list: entries numbered above `after`, `limit` at most. The answer's `next` is the `after` of the
/// next part, nil when nothing is left.
public struct Page: Hashable, Sendable {
    public var after: UInt64
    /// 1 to `ControlLimits.pageMax`.
    public var limit: Int
    public init(after: UInt64 = 0, limit: Int = ControlLimits.pageDefault) {
        self.after = after
        self.limit = limit
    }

    /// Walks `entries`, which are in the order of their numbers, and keeps those that fit.
    func cut<Entry>(
        _ entries: some Sequence<Entry>, number: (Entry) -> UInt64, where fits: (Entry) -> Bool
    ) -> (entries: [Entry], next: UInt64?) {
        let limit = limit.clamped(to: 1...ControlLimits.pageMax)
        var kept: [Entry] = []
        for entry in entries where number(entry) > after && fits(entry) {
            if kept.count == limit { return (kept, kept.last.map(number)) }
            kept.append(entry)
        }
        return (kept, nil)
    }
}

/// Whether `value` is what is wanted; nil wants anything.
private func passes<Value: Equatable>(_ wanted: Value?, _ value: @autoclosure () -> Value) -> Bool {
    wanted == nil || wanted == value()
}

/// Which vehicles; nil members let everything pass.
public struct VehicleFilter: Hashable, Sendable {
    public var company: String?
    public var kind: VehicleKind?
    public var mode: VehicleMode?
    public var link: LinkState?
    public var isGrounded: Bool?
    public var page: Page
    public init(
        company: String? = nil, kind: VehicleKind? = nil, mode: VehicleMode? = nil, link: LinkState? = nil,
        isGrounded: Bool? = nil, page: Page = Page()
    ) {
        self.company = company
        self.kind = kind
        self.mode = mode
        self.link = link
        self.isGrounded = isGrounded
        self.page = page
    }

    /// The part of the fleet asked for, by number.
    public func cut(_ fleet: [VehicleView]) -> (vehicles: [VehicleView], next: UInt64?) {
        let (entries, next) = page.cut(
            fleet.sorted { $0.profile.id < $1.profile.id }, number: { UInt64($0.profile.id.number) },
            where: { view in
                passes(company, view.profile.company) && passes(kind, view.profile.kind)
                    && passes(mode, view.mode) && passes(link, view.link)
                    && passes(isGrounded, view.isGrounded)
            })
        return (entries, next)
    }
}

/// Which orders; nil members let everything pass.
public struct OrderFilter: Hashable, Sendable {
    public var state: OrderState?
    public var company: String?
    /// Delivered late, or still open after the time promised.
    public var isLate: Bool?
    public var page: Page
    public init(
        state: OrderState? = nil, company: String? = nil, isLate: Bool? = nil, page: Page = Page()
    ) {
        self.state = state
        self.company = company
        self.isLate = isLate
        self.page = page
    }

    /// The answer from all orders in the order of their numbers.
    public func cut(_ orders: [Order], at now: Instant) -> OrderPage {
        let (entries, next) = page.cut(
            orders, number: \.id.number,
            where: { order in
                passes(state, order.state) && passes(company, order.request.company)
                    && passes(isLate, order.isLate(at: now))
            })
        return OrderPage(orders: entries.map { OrderStatus($0, at: now) }, next: next, at: now)
    }
}

/// Which missions; nil members let everything pass.
public struct MissionFilter: Hashable, Sendable {
    public var state: MissionState?
    public var vehicle: VehicleID?
    /// True leaves out what is completed or aborted.
    public var isOpen: Bool?
    public var page: Page
    public init(
        state: MissionState? = nil, vehicle: VehicleID? = nil, isOpen: Bool? = nil, page: Page = Page()
    ) {
        self.state = state
        self.vehicle = vehicle
        self.isOpen = isOpen
        self.page = page
    }

    /// The answer of what the controller knows, without the missions' steps.
    public func cut(_ controller: Controller, at now: Instant) -> MissionPage {
        let (entries, next) = page.cut(
            controller.missions, number: \.id.number,
            where: { mission in
                passes(state, mission.state) && passes(vehicle, mission.vehicle)
                    && passes(isOpen, !mission.state.isOver)
            })
        return MissionPage(
            missions: entries.map { MissionStatus($0, in: controller, withSteps: false) }, next: next, at: now
        )
    }
}

extension MissionStatus {
    init(_ mission: Mission, in controller: Controller, withSteps: Bool = true) {
        self.init(
            mission, view: controller.missionView(mission.id),
            vehicleName: controller.vehicle(mission.vehicle)?.profile.name ?? "", withSteps: withSteps)
    }
}
