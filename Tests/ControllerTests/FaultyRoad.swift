import Controller
import World

/// A station that is killed, a network that loses, repeats and reorders, and vehicles that fall silent, reboot or
/// vanish, around one controller. Knows where each freight really is.
struct FaultyRoad {
    enum Freight: Equatable { case atPickup, onBoard(VehicleID), delivered }

    var random: SplitMix64
    let configuration: ControllerConfiguration
    var controller: Controller
    var fence: UInt64 = 1
    var now = Harness.epoch
    /// Events on disk; what `pending` holds is lost when the station is killed.
    var journal: [Event] = []
    private var pending: [Event] = []
    private var afterDurable: [Effect] = []
    private var acksAfterDurable: [(VehicleID, ProgressReport, MissionID, Int)] = []
    private var snapshot: (at: Int, value: ControllerSnapshot)?
    var vehicles: [StandIn] = []
    private var silentUntil: [Instant] = []
    private var heardStationAt: [Instant] = []
    private var seenFence: [UInt64] = []
    private var seenCommands: Set<UInt64> = []
    var isGone: [Bool] = []
    private var uplink: [(due: Instant, input: Input)] = []
    private var downlink: [(due: Instant, effect: Effect)] = []
    var freight: [OrderID: Freight] = [:]
    /// Unloadings done by vehicles that had the freight.
    var realUnloads: [OrderID: Int] = [:]
    var kills = 0
    var reboots = 0
    var faults = true

    init(seed: UInt64, vehicles count: Int) {
        random = SplitMix64(seed: seed)
        var configuration = ControllerConfiguration()
        configuration.telemetryPeriodSeconds = 1
        configuration.abandonSeconds = 120
        configuration.writeOffSeconds = 900
        self.configuration = configuration
        controller = Controller(configuration: configuration, geography: Harness.geography)
        step(.stationStarted(fence: 1, at: now))
        for n in 0..<count {
            let profile = Harness.profile(UInt32(n + 1), n % 4 == 3 ? .truck : .multirotor)
            vehicles.append(
                StandIn(profile, at: Harness.place(Double(n) * 300, -500), ground: Harness.geography.ground))
            silentUntil.append(now)
            heardStationAt.append(now)
            seenFence.append(0)
            isGone.append(false)
            connect(n)
        }
    }

    private mutating func chance(_ p: Double) -> Bool { random.unit() < p }

    private mutating func connect(_ i: Int) {
        let v = vehicles[i]
        let held = v.isCompleted ? nil : v.mission
        uplink.append(
            (
                now.advanced(bySeconds: random.unit() * 8),
                .vehicleConnected(
                    v.profile, heldMission: held?.id, heldRevision: held?.revision ?? 0, at: now)
            ))
    }

    // MARK: Station

    private mutating func step(_ input: Input) {
        var effects: [Effect] = []
        controller.step(input, effects: &effects)
        for effect in effects {
            switch effect {
            case .record(let event): pending.append(event)
            case .upload(_, let durable), .command(_, let durable):
                if durable { afterDurable.append(effect) } else { send(effect) }
            case .notice, .answer: break
            }
        }
    }

    private mutating func send(_ effect: Effect) {
        downlink.append((now.advanced(bySeconds: random.unit() * 2), effect))
        if faults, chance(0.1) { downlink.append((now.advanced(bySeconds: random.unit() * 20), effect)) }
    }

    private mutating func flush() {
        journal.append(contentsOf: pending)
        pending = []
        for effect in afterDurable { send(effect) }
        afterDurable = []
        for (id, kind, mission, leg) in acksAfterDurable where !faults || chance(0.8) {
            guard let i = vehicles.firstIndex(where: { $0.profile.id == id }) else { continue }
            vehicles[i].reports.removeAll { $0.kind == kind && $0.mission == mission && $0.leg == leg }
        }
        acksAfterDurable = []
        if chance(0.002) { snapshot = (journal.count, controller.snapshot) }
    }

    /// kill -9: what was not on disk never happened; then it starts again.
    mutating func kill() {
        kills += 1
        pending = []
        afterDurable = []
        acksAfterDurable = []
        uplink = []
        let survivors = downlink
        downlink = survivors.filter { _ in random.unit() < 0.5 }
        if let snapshot, chance(0.7) {
            controller = Controller(
                restoring: snapshot.value, configuration: configuration, geography: Harness.geography)
            for event in journal[snapshot.at...] { controller.apply(event) }
        } else {
            controller = Controller(configuration: configuration, geography: Harness.geography)
            for event in journal { controller.apply(event) }
        }
        now = now.advanced(bySeconds: 2 + random.unit() * 30)
        fence += 1
        step(.stationStarted(fence: fence, at: now))
        for i in vehicles.indices where !isGone[i] { connect(i) }
    }

    /// True when the station says that the order is taken, which it does only once that is on disk.
    mutating func submit(_ request: OrderRequest) -> Bool {
        step(.orderSubmitted(request, at: now))
        flush()
        return controller.order(company: request.company, key: request.key).map { $0.state != .refused }
            ?? false
    }

    mutating func cancel(_ id: OrderID) { step(.orderCancelled(id, by: "Dana", at: now)) }

    // MARK: One second

    mutating func second() {
        now = now.advanced(bySeconds: 1)
        if faults, chance(1.0 / 400) { kill() }
        for message in downlink.filter({ $0.due <= now }) { deliver(message.effect) }
        downlink.removeAll { $0.due <= now }
        for i in vehicles.indices where !isGone[i] { move(i) }
        // Messages due now, in any order.
        var due = uplink.filter { $0.due <= now }
        uplink.removeAll { $0.due <= now }
        if faults { due.shuffle(using: &random) }
        for message in due { take(message.input) }
        var reports: [TrackReport] = []
        for i in vehicles.indices where !isGone[i] && silentUntil[i] <= now && (!faults || !chance(0.02)) {
            reports.append(vehicles[i].telemetry(now))
        }
        step(.tick(at: now, reports: reports))
        if !faults || chance(0.8) { flush() }
    }

    private mutating func take(_ input: Input) {
        step(input)
        if case .progress(let id, let mission, _, let leg, let kind, _) = input {
            acksAfterDurable.append((id, kind, mission, leg))
        }
    }

    private mutating func move(_ i: Int) {
        let id = vehicles[i].profile.id
        if silentUntil[i] <= now {
            if faults, chance(1.0 / 1500) {
                silentUntil[i] = now.advanced(bySeconds: 5 + random.unit() * random.unit() * 600)
            }
            heardStationAt[i] = now
        } else if now.seconds(since: heardStationAt[i]) > 8,
            vehicles[i].task == .mission || vehicles[i].task == .hold
        {
            vehicles[i].beginContingency()
        }
        if silentUntil[i] > now, silentUntil[i].seconds(since: now) <= 1 { connect(i) }
        if faults, chance(1.0 / 2500) {
            reboots += 1
            vehicles[i].reboot()
            connect(i)
        }
        if faults, i == 0, chance(1.0 / 4000) { isGone[i] = true }
        let before = vehicles[i].reports.count
        vehicles[i].step(1)
        vehicles[i].charge(1, kilowatts: vehicles[i].isStanding ? 20 : 0)
        for report in vehicles[i].reports.dropFirst(before) {
            if report.kind == .loaded, let order = loads[report.mission], freight[order] != .atPickup {
                vehicles[i].findNothing(said: before)
                break
            }
            happen(id, report.kind, report.mission)
        }
        guard silentUntil[i] <= now else { return }
        // What was not acknowledged is said again, in no certain order, sometimes twice.
        for report in vehicles[i].reports.prefix(12) where !faults || chance(0.5) {
            for _ in 0..<(faults && chance(0.1) ? 2 : 1) {
                uplink.append(
                    (
                        now.advanced(bySeconds: faults ? random.unit() * 4 : 0),
                        .progress(
                            id, report.mission, revision: report.revision, leg: report.leg, report.kind,
                            at: now)
                    ))
            }
        }
    }

    /// What loading and unloading does to real freight.
    private mutating func happen(_ id: VehicleID, _ kind: ProgressReport, _ mission: MissionID) {
        guard let order = loads[mission] else { return }
        if kind == .loaded, freight[order] == .atPickup { freight[order] = .onBoard(id) }
        if kind == .unloaded, freight[order] == .onBoard(id) {
            freight[order] = .delivered
            realUnloads[order, default: 0] += 1
        }
    }
    /// What each mission that was ever sent is for.
    private var loads: [MissionID: OrderID] = [:]

    private mutating func deliver(_ effect: Effect) {
        switch effect {
        case .upload(let mission, _):
            guard let i = reachable(mission.vehicle) else {
                return answer(mission, .timedOut, after: 20)
            }
            if let order = mission.order {
                loads[mission.id] = order
                if freight[order] == nil { freight[order] = .atPickup }
            }
            answer(mission, vehicles[i].take(mission), after: random.unit() * 2)
        case .command(let command, _):
            guard let i = reachable(command.vehicle), command.fence >= seenFence[i],
                command.notAfter >= now, seenCommands.insert(command.id).inserted
            else { return }
            seenFence[i] = command.fence
            let why = vehicles[i].obey(command)
            uplink.append(
                (
                    now.advanced(bySeconds: random.unit() * 2),
                    .commandAcknowledged(
                        command.vehicle, command: command.id, why == nil ? .done : .rejected,
                        detail: why ?? "", at: now)
                ))
        default: break
        }
    }

    private mutating func reachable(_ id: VehicleID) -> Int? {
        guard let i = vehicles.firstIndex(where: { $0.profile.id == id }), !isGone[i],
            silentUntil[i] <= now, !faults || !chance(0.1)
        else { return nil }
        return i
    }

    private mutating func answer(_ mission: Mission, _ result: UploadResult, after seconds: Double) {
        uplink.append(
            (
                now.advanced(bySeconds: seconds),
                .uploadFinished(
                    mission.vehicle, mission.id, revision: mission.revision, result, at: now)
            ))
    }
}
