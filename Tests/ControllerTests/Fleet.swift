import Controller
import World

/// A station and stand-in vehicles around one controller: uploads and commands arrive at the next step, reports
/// at the next tick. Knows which physical unloads happened, whatever the controller believes.
struct Fleet {
    var controller: Controller
    let configuration: ControllerConfiguration
    let geography: Geography
    var vehicles: [StandIn] = []
    /// Index by vehicle number.
    private var index: [UInt32: Int] = [:]
    /// Vehicles that send nothing and hear nothing.
    var silent: Set<VehicleID> = []
    var now = Harness.epoch
    var inputs: [Input] = []
    let keepsInputs: Bool
    /// After each tick: the controller's own hash and one over all effects so far.
    let keepsHashes: Bool
    var hashes: [[UInt64]] = []
    private var digest = EffectDigest()
    var ticks = 0
    var notices: [String] = []
    var incidents: [String] = []
    /// Reasons of the missions as they were planned.
    var assigned: [String] = []
    var answers: [Answer] = []
    var commands: [CommandVerb: Int] = [:]
    var rejections: [String] = []
    var chargers: [(at: Coordinate, kilowatts: Double, flies: Bool)] = []
    /// Unloadings that happened, by order.
    var unloads: [OrderID: Int] = [:]
    /// Drones that ran out of energy in the air.
    var crashes: [String] = []
    /// What the ticks took, of real time.
    var tickSeconds = 0.0
    var slowestTick = 0.0
    private var outbox: [Effect] = []
    private var effects: [Effect] = []

    init(_ configuration: ControllerConfiguration, _ geography: Geography, keeps: Bool = false) {
        keepsInputs = keeps
        keepsHashes = keeps
        var configuration = configuration
        configuration.telemetryPeriodSeconds = 1
        self.configuration = configuration
        self.geography = geography
        controller = Controller(configuration: configuration, geography: geography)
        give(.stationStarted(fence: 1, at: now))
    }

    mutating func add(_ profile: VehicleProfile, at: Coordinate) {
        index[profile.id.number] = vehicles.count
        vehicles.append(StandIn(profile, at: at, ground: geography.ground))
        give(.vehicleConnected(profile, heldMission: nil, heldRevision: 0, at: now))
    }

    func vehicle(_ id: VehicleID) -> StandIn? { index[id.number].map { vehicles[$0] } }

    mutating func change(_ id: VehicleID, _ body: (inout StandIn) -> Void) {
        if let i = index[id.number] { body(&vehicles[i]) }
    }

    mutating func give(_ input: Input) {
        if keepsInputs { inputs.append(input) }
        effects.removeAll(keepingCapacity: true)
        controller.step(input, effects: &effects)
        for effect in effects {
            if keepsHashes { digest.add(effect) }
            switch effect {
            case .upload, .command: outbox.append(effect)
            case .notice(let text, _, _): notices.append(text)
            case .record(.incident(_, let text, _)): incidents.append(text)
            case .answer(let answer): answers.append(answer)
            case .record(.missionAccepted(let mission)): assigned.append(mission.reason)
            case .record: break
            }
        }
    }

    @discardableResult
    mutating func submit(_ request: OrderRequest) -> Answer? {
        let before = answers.count
        give(.orderSubmitted(request, at: now))
        return answers.count > before ? answers.last : nil
    }

    /// One second passes.
    mutating func second() {
        now = now.advanced(bySeconds: 1)
        let due = outbox
        outbox.removeAll(keepingCapacity: true)
        for effect in due { deliver(effect) }
        var reports: [TrackReport] = []
        reports.reserveCapacity(vehicles.count)
        for i in vehicles.indices {
            let id = vehicles[i].profile.id
            vehicles[i].step(1)
            if vehicles[i].isStanding { charge(i) }
            if vehicles[i].energyKilojoules <= 0, !vehicles[i].isOnGround {
                crashes.append("\(vehicles[i].profile.name) ran out of energy in the air")
                vehicles[i].energyKilojoules = 1e6
            }
            for (kind, mission, revision, leg) in vehicles[i].reports {
                if kind == .loaded,
                    let order = controller.mission(mission)?.order.flatMap({ controller.order($0) })
                {
                    vehicles[i].payloadGrams = order.request.massGrams
                }
                if kind == .unloaded { vehicles[i].payloadGrams = 0 }
                if kind == .unloaded, let order = controller.mission(mission)?.order {
                    unloads[order, default: 0] += 1
                }
                guard !silent.contains(id) else { continue }
                give(.progress(id, mission, revision: revision, leg: leg, kind, at: now))
            }
            if !silent.contains(id) {
                vehicles[i].reports.removeAll(keepingCapacity: true)
                reports.append(vehicles[i].telemetry(now))
            }
        }
        let start = ContinuousClock.now
        give(.tick(at: now, reports: reports))
        let spent = Double((ContinuousClock.now - start).components.attoseconds) * 1e-18
        tickSeconds += spent
        slowestTick = max(slowestTick, spent)
        ticks += 1
        if keepsHashes { hashes.append([controller.hash, digest.value]) }
    }

    private mutating func charge(_ i: Int) {
        guard vehicles[i].energyKilojoules < Double(vehicles[i].profile.energyCapacityKilojoules) else {
            return
        }
        for charger in chargers where charger.flies == vehicles[i].flies {
            // Cheap look first: a tenth of a degree is farther than any charger reaches.
            guard abs(charger.at.latitudeE7 - vehicles[i].at.latitudeE7) < 300_000,
                charger.at.meters(to: vehicles[i].at) < 2000
            else { continue }
            return vehicles[i].charge(1, kilowatts: charger.kilowatts)
        }
    }

    private mutating func deliver(_ effect: Effect) {
        switch effect {
        case .upload(let mission, _):
            guard !silent.contains(mission.vehicle), let i = index[mission.vehicle.number] else { return }
            let result = vehicles[i].take(mission)
            give(.uploadFinished(mission.vehicle, mission.id, revision: mission.revision, result, at: now))
        case .command(let command, _):
            commands[command.verb, default: 0] += 1
            guard !silent.contains(command.vehicle), let i = index[command.vehicle.number] else { return }
            if let why = vehicles[i].obey(command) {
                rejections.append("\(command.verb) \(why)")
                give(
                    .commandAcknowledged(
                        command.vehicle, command: command.id, .rejected, detail: why, at: now))
            } else {
                give(.commandAcknowledged(command.vehicle, command: command.id, .done, detail: "", at: now))
            }
        default: break
        }
    }

    mutating func run(_ seconds: Int) {
        for _ in 0..<seconds { second() }
    }

    func count(_ state: OrderState) -> Int { controller.orders.count { $0.state == state } }
}
