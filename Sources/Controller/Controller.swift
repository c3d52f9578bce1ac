import Traffic
import World

/// Decides everything and touches nothing: inputs in, effects out, no clock, no disk, no network.
///
/// Durable state changes only through `apply`; `step` records every event it applies as an effect. The same
/// snapshot, configuration and inputs give the same effects and the same `hash`.
public struct Controller: Sendable {
    public let configuration: ControllerConfiguration
    let geography: Geography
    var state = DurableState()
    var tracks: [Track] = []
    var intents = FlightIntents()
    var plans = FleetPlan()
    var pads = PadReservations()
    var separation: Separation
    var surveillance = Surveillance()
    var routes = RouteCache()
    var road = RoadControl()
    var due = DueWatch()
    var now = Instant(nanoseconds: 0)
    var out: [Effect] = []
    /// Inputs that contradicted what is known and changed nothing.
    public internal(set) var ignoredInputs = 0
    /// By index in `RefusalCause.allCases`.
    var refusalCounts = [Int](repeating: 0, count: RefusalCause.allCases.count)
    /// Rolling over every event, command and tick so far.
    public private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    public init(configuration: ControllerConfiguration, geography: Geography) {
        self.configuration = configuration
        self.geography = geography
        separation = Separation(configuration)
    }

    /// Takes a snapshot back; apply the events recorded after it next, then step `stationStarted`.
    public init(
        restoring snapshot: ControllerSnapshot, configuration: ControllerConfiguration, geography: Geography
    ) {
        self.init(configuration: configuration, geography: geography)
        state = DurableState(snapshot)
        for (v, vehicle) in state.fleet.enumerated() {
            tracks.append(Track(vehicle.profile.id, at: now))
            intents.watches.append(FlightIntents.Watch())
            if let home = vehicle.home { hold(v, [home.coordinate]) }
        }
        for mission in state.missions { reservePads(of: mission) }
        for order in state.orders where order.state == .waiting { plans.add(order) }
        for order in state.orders where !order.state.isClosed { due.add(order) }
    }

    public var snapshot: ControllerSnapshot { state.snapshot }
    public var orders: [Order] { state.orders }
    public var missions: [Mission] { state.missions }
    public var fence: UInt64 { state.fence }
    public var separationStatistics: SeparationStatistics { separation.statistics }
    public var surveillanceStatistics: SurveillanceStatistics { surveillance.statistics }
    public func order(_ id: OrderID) -> Order? { state.order(id) }
    public func order(company: String, key: String) -> Order? { state.order(company: company, key: key) }
    public func mission(_ id: MissionID) -> Mission? { state.mission(id) }

    /// Folds one recorded event: restores from the journal, and is the only way `step` changes durable state.
    public mutating func apply(_ event: Event) {
        let missionsBefore = state.missions.count
        state.apply(event)
        switch event {
        case .vehicleEnrolled(let profile, let at):
            if tracks.count < state.fleet.count {
                tracks.append(Track(profile.id, at: max(now, at)))
                intents.watches.append(FlightIntents.Watch())
            } else if let v = state.index(of: profile.id), v < plans.vehicles.count {
                planAnew()
            }
        case .orderAccepted(let order):
            if order.state == .waiting, let kept = state.order(order.id) {
                plans.add(kept)
                due.add(kept)
            }
        case .orderChanged(let id, _, _, _, _):
            guard let order = state.order(id) else { break }
            if order.state == .waiting { plans.add(order) } else { plans.remove(id) }
        case .missionAccepted(let mission):
            if state.missions.count > missionsBefore { reservePads(of: mission) }
        case .vehicleHome(let id, let home, _):
            if let v = state.index(of: id), state.liveMission[v] == nil { hold(v, [home.coordinate]) }
        default: break
        }
        mix(event)
    }

    /// Takes one input and appends what must be done, in order. Never traps, whatever the input says.
    public mutating func step(_ input: Input, effects: inout [Effect]) {
        // Time never goes back, and never so far ahead (2096) that adding a timeout could overflow.
        now = max(now, min(input.at, Instant(nanoseconds: 4_000_000_000_000_000_000)))
        switch input {
        case .stationStarted(let fence, _): start(fence)
        case .vehicleConnected(let profile, let held, let revision, _):
            connect(profile, held: held, revision: revision)
        case .vehicleDisconnected(let id, let reason, _):
            guard let v = state.index(of: id) else { return ignore() }
            tracks[v].connected = false
            notice("\(name(v)) is disconnected: \(reason)", v)
        case .orderSubmitted(let request, _): submit(request)
        case .orderCancelled(let id, let person, _): cancel(id, by: person)
        case .operatorAction(let action, let id, let person, _): perform(action, id, by: person)
        case .uploadFinished(let id, let mission, let revision, let result, _):
            uploadFinished(id, mission, revision, result)
        case .commandAcknowledged(let id, let command, let stage, let detail, _):
            acknowledged(id, command, stage, detail)
        case .progress(let id, let mission, let revision, let leg, let report, _):
            progress(id, mission, revision, leg, report)
        case .incident(let id, let incident, let value, _): happened(id, incident, value)
        case .surveillance(_, let contacts):
            for contact in contacts { surveillance.take(contact, at: now, configuration) }
        case .tick(_, let reports): tick(reports)
        }
        effects.append(contentsOf: out)
        out.removeAll(keepingCapacity: true)
    }

    private mutating func start(_ fence: UInt64) {
        guard fence > state.fence, fence <= UInt64(UInt32.max) else { return ignore() }
        record(.stationStarted(fence: fence, at: now))
        for v in tracks.indices {
            tracks[v].heardAt = now
            tracks[v].freshSince = now
            tracks[v].restUntil = now
        }
    }

    // MARK: What every part uses

    mutating func record(_ event: Event) {
        apply(event)
        out.append(.record(event))
    }

    mutating func ignore() { ignoredInputs += 1 }

    mutating func notice(_ text: String, _ vehicle: Int?) {
        out.append(.notice(text, vehicle: vehicle.map { state.fleet[$0].profile.id }, at: now))
    }

    /// What people must know and what must be found later: both on the screen and in the journal.
    mutating func tellIncident(_ text: String, _ v: Int) {
        record(.incident(state.fleet[v].profile.id, text, at: now))
        notice(text, v)
    }

    func name(_ v: Int) -> String { state.fleet[v].profile.name }

    func mission(of v: Int) -> Mission? { state.liveMission[v].flatMap { state.mission($0) } }

    /// Issues a command. What makes safe is sent at once; `afterDurable` for what starts something. A manoeuvre
    /// lasts `seconds`, and is void when it would be over.
    mutating func command(
        _ verb: CommandVerb, _ v: Int, mission: Mission?, reason: String, afterDurable: Bool = false,
        altitude: Altitude<MeanSeaLevel>? = nil, speedMillimetersPerSecond: UInt32 = 0,
        manoeuvre: Manoeuvre? = nil, seconds: Double = 0
    ) {
        let counter = state.commandCounter &+ 1
        var command = OutboundCommand(
            id: state.fence << 32 | UInt64(counter), fence: state.fence,
            vehicle: state.fleet[v].profile.id, verb: verb, mission: mission?.id,
            revision: mission?.revision ?? 0, speedMillimetersPerSecond: speedMillimetersPerSecond,
            altitude: altitude, issuedAt: now,
            notAfter: now.advanced(bySeconds: configuration.commandValidSeconds), reason: reason)
        if let manoeuvre {
            command.ask(manoeuvre, seconds: seconds)
            let end = now.advanced(bySeconds: Double(command.durationMilliseconds) / 1000)
            command.notAfter = min(command.notAfter, end)
        }
        if verb == .start { tracks[v].startCommand = command.id }
        record(.commandIssued(command, at: now))
        out.append(.command(command, afterDurable: afterDurable))
    }

    mutating func set(_ mission: Mission, _ new: MissionState, step: Int? = nil, _ reason: String) {
        record(.missionChanged(mission.id, new, nextStep: step ?? mission.nextStep, reason: reason, at: now))
    }

    mutating func set(_ order: Order, _ new: OrderState, mission: MissionID?, _ reason: String) {
        record(.orderChanged(order.id, new, mission: mission, reason: reason, at: now))
    }

    /// What a vehicle's mission needs of the ground, see `PadReservations`.
    mutating func reservePads(of mission: Mission) {
        guard let v = state.index(of: mission.vehicle) else { return }
        let flies = state.fleet[v].profile.kind.flies
        var spots = mission.steps.filter {
            flies ? $0.action == .land : $0.action == .load || $0.action == .unload || $0.action == .wait
        }.map(\.target.coordinate)
        if let last = mission.steps.last, last.action == .contingency { spots.append(last.target.coordinate) }
        if tracks[v].hasReport, tracks[v].stands { spots.append(tracks[v].coordinate) }
        hold(v, spots)
    }

    mutating func hold(_ v: Int, _ spots: [Coordinate]) {
        let flies = state.fleet[v].profile.kind.flies
        pads.replace(v, spots, clear: flies ? 0 : configuration.padToTruckMeters.clamped(to: 0...150))
    }

    // MARK: Rolling hash (FNV-1a over 64-bit words)

    mutating func mix(_ word: UInt64) { hash = (hash ^ word) &* 0x100_0000_01B3 }

    private mutating func mix(_ text: String) {
        for byte in text.utf8 { mix(UInt64(byte)) }
    }

    private mutating func mix(_ event: Event) {
        switch event {
        case .stationStarted(let fence, _): mix(fence)
        case .vehicleEnrolled(let profile, _): mix(UInt64(profile.id.number))
        case .orderAccepted(let order):
            mix(order.id.number)
            mix(order.reason)
        case .orderChanged(let id, let state, let mission, let reason, _):
            mix(id.number)
            mix(state.rawValue)
            mix(mission?.number ?? 0)
            mix(reason)
        case .missionAccepted(let mission):
            mix(mission.id.number)
            for step in mission.steps {
                mix(UInt64(UInt32(bitPattern: step.target.coordinate.latitudeE7)))
                mix(UInt64(UInt32(bitPattern: step.target.coordinate.longitudeE7)))
                mix(UInt64(UInt32(bitPattern: step.target.altitude.millimeters)))
            }
        case .missionChanged(let id, let state, let step, let reason, _):
            mix(id.number)
            mix(state.rawValue)
            mix(UInt64(truncatingIfNeeded: step))
            mix(reason)
        case .commandIssued(let command, _):
            mix(command.id)
            mix(command.verb.rawValue)
            guard command.verb == .manoeuvre else { return }
            mix(UInt64(UInt32(bitPattern: command.velocityEastMillimetersPerSecond)))
            mix(UInt64(UInt32(bitPattern: command.velocityNorthMillimetersPerSecond)))
            mix(UInt64(UInt32(bitPattern: command.altitude?.millimeters ?? 0)))
            mix(UInt64(command.climbMillimetersPerSecond) << 32 | UInt64(command.durationMilliseconds))
        case .incident(let id, let text, _):
            mix(UInt64(id.number))
            mix(text)
        case .vehicleHome(let id, let position, _):
            mix(UInt64(id.number))
            mix(UInt64(UInt32(bitPattern: position.coordinate.latitudeE7)))
        case .vehicleGrounded(let id, let grounded, let reason, _):
            mix(UInt64(id.number) << 1 | (grounded ? 1 : 0))
            mix(reason)
        }
    }
}
