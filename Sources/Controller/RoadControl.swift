import Traffic
import World

/// What the controller knows of trucks on roads. Volatile: rebuilt from telemetry after a restart.
struct RoadControl: Sendable {
    /// One truck, by its number in the table.
    struct Truck: Sendable {
        var vehicle: Int
        /// The stretch between two stops that it drives now.
        var way: RoadWay?
        /// Steps of a mission for which there is no way on known roads.
        var unknown: (mission: MissionID, revision: UInt16, steps: ClosedRange<Int>)?
        /// In the table.
        var isOn = false
        /// The leg it was on when it was last located.
        var leg = 0
        /// What it was told not to exceed, mm/s; 0 for nothing, nil when nobody knows any more.
        var limit: UInt32? = 0
        var limitCommand: UInt64 = 0
        /// It does not take speed limits: it is held instead.
        var refusesLimits = false
        /// Since when it could drive faster than told, or stands still without a mission.
        var couldGoSince: Instant?
        var standsSince: Instant?
        /// It does not ask to come onto the road before this.
        var joinsAt = Instant(nanoseconds: 0)
        /// Since when it waits, and after how many seconds of it that is told next.
        var waitsSince: Instant?
        var toldNext = 0.0
    }

    var trucks: [Truck] = []
    /// Vehicles looked at so far for trucks among them, and the number of each in the table, -1 for none.
    var numbers: [Int32] = []
    var reports: [RoadReport] = []
    var statistics = RoadStatistics()
    var table: Table?

    /// Of one controller, see `ownTable`, and in it of one thread at a time.
    final class Table: @unchecked Sendable {
        var traffic: RoadTraffic
        init(_ traffic: RoadTraffic) { self.traffic = traffic }
    }

    /// A copy of a controller shares the table until one of both writes to it.
    mutating func ownTable() {
        guard table != nil, !isKnownUniquelyReferenced(&table) else { return }
        table = table.map { Table(RoadTraffic($0.traffic, truckCapacity: $0.traffic.truckCapacity)) }
    }
}

/// Trucks on roads since the station started.
public struct RoadStatistics: Hashable, Sendable, Codable {
    /// In the table now.
    public var trucks = 0
    /// Commands to hold, to go on, and about speed.
    public var holds = 0
    public var resumes = 0
    public var limits = 0
    /// Trucks that waited long, each told anew after twice the time.
    public var longWaits = 0
    public init() {}
}

extension Controller {
    public var roadStatistics: RoadStatistics { road.statistics }

    /// Keeps trucks apart: places them in the table as they are heard, steps it, and tells them what it says.
    mutating func keepTrucksApart() {
        guard let network = geography.roads else { return }
        road.ownTable()
        numberTrucks(network)
        guard let table = road.table else { return }
        road.reports.removeAll(keepingCapacity: true)
        for i in road.trucks.indices { follow(Int32(i), network, table) }
        road.reports.withUnsafeBufferPointer { table.traffic.step(now: roadSeconds(now), reports: $0) }
        for i in road.trucks.indices where road.trucks[i].isOn { direct(Int32(i), network, table.traffic) }
        road.statistics.trucks = table.traffic.truckCount
    }

    /// Two controllers whose roads differ have different hashes.
    mutating func mixRoads() {
        guard let traffic = road.table?.traffic, traffic.truckCount > 0 else { return }
        mix(traffic.hash())
    }

    func roadSeconds(_ at: Instant) -> Double { Double(at.nanoseconds) * 1e-9 }

    /// New vehicles that are trucks get a number, and the table room for them.
    private mutating func numberTrucks(_ network: RoadNetwork) {
        while road.numbers.count < state.fleet.count {
            let v = road.numbers.count
            let isTruck = state.fleet[v].profile.kind == .truck
            road.numbers.append(isTruck ? Int32(road.trucks.count) : -1)
            if isTruck { road.trucks.append(.init(vehicle: v)) }
        }
        guard !road.trucks.isEmpty else { return }
        if let table = road.table {
            let room = table.traffic.truckCapacity
            if room < road.trucks.count {
                table.traffic = RoadTraffic(table.traffic, truckCapacity: max(2 * room, road.trucks.count))
            }
        } else {
            var settings = RoadSettings()
            let period = configuration.telemetryPeriodSeconds.clamped(to: 0...10)
            settings.reactionSeconds = (configuration.truckReactionSeconds + 4 * period).clamped(to: 0...59)
            settings.marginMeters = configuration.truckMarginMeters
            settings.silentSeconds = configuration.lostSeconds(flies: false)
            settings.cutOffSeconds = configuration.truckCutOffSeconds.clamped(to: 0...599)
            let room = max(64, road.trucks.count)
            road.table = RoadTraffic(
                layout: network.layout, truckCapacity: room, routeCapacity: RoadNetwork.sectionsMax,
                settings: settings
            ).map { RoadControl.Table($0) }
        }
    }

    // MARK: Where trucks are

    private mutating func follow(_ i: Int32, _ network: RoadNetwork, _ table: RoadControl.Table) {
        let v = road.trucks[Int(i)].vehicle
        guard tracks[v].hasReport else { return }
        let ours = mission(of: v)
        guard tracks[v].heardAt == now else {
            // Nobody but an operator knows that a truck nobody hears has left the road.
            if road.trucks[Int(i)].isOn, ours == nil, tracks[v].link == .lost, state.fleet[v].isGrounded {
                notice("\(name(v)) is silent; aborted by hand, it counts as off the road", v)
                leaveRoad(i, table)
            }
            return
        }
        let r = tracks[v].report
        guard let ours, r.missionNumber == ours.id.number, r.missionRevision == ours.revision else {
            return followStray(i, r, table)
        }
        road.trucks[Int(i)].standsSince = nil
        let leg = Int(r.leg)
        if !isOnWay(i, ours, leg) {
            leaveRoad(i, table)
            guard ours.step(leg)?.action == .drive, tracks[v].positionTrusted else { return }
            findWay(i, ours, leg, network)
        }
        guard let way = road.trucks[Int(i)].way else { return }
        // Parked and ready it stands beside the road; behind its last leg by road it has left it.
        guard !tracks[v].stands, leg <= way.onRoad.upperBound else { return leaveRoad(i, table) }
        guard tracks[v].positionTrusted else { return }
        if !road.trucks[Int(i)].isOn { enter(i, ours, way, network, table) }
        if road.trucks[Int(i)].isOn {
            let waits = ours.state == .active || ours.state == .loaded || isHeldOnRoad(ours)
            hear(i, r, leg: leg, isDisabled: !waits)
        }
    }

    /// A truck that is not on its mission: with nothing to do it stands at the road side after a while.
    private mutating func followStray(_ i: Int32, _ r: TrackReport, _ table: RoadControl.Table) {
        let v = road.trucks[Int(i)].vehicle
        guard road.trucks[Int(i)].isOn else { return }
        if tracks[v].stands { return leaveRoad(i, table) }
        if r.mode == .holding, tracks[v].isSlow, mission(of: v) == nil {
            let since = road.trucks[Int(i)].standsSince ?? now
            road.trucks[Int(i)].standsSince = since
            if now.seconds(since: since) > configuration.roadSideSeconds { return leaveRoad(i, table) }
        } else {
            road.trucks[Int(i)].standsSince = nil
        }
        if tracks[v].positionTrusted { hear(i, r, leg: road.trucks[Int(i)].leg, isDisabled: true) }
    }

    private func isOnWay(_ i: Int32, _ ours: Mission, _ leg: Int) -> Bool {
        if let way = road.trucks[Int(i)].way {
            return way.mission == ours.id && way.revision == ours.revision && way.steps.contains(leg)
        }
        guard let unknown = road.trucks[Int(i)].unknown else { return false }
        return unknown.mission == ours.id && unknown.revision == ours.revision && unknown.steps.contains(leg)
    }

    private mutating func findWay(_ i: Int32, _ ours: Mission, _ leg: Int, _ network: RoadNetwork) {
        let v = road.trucks[Int(i)].vehicle
        road.trucks[Int(i)].unknown = nil
        road.trucks[Int(i)].way = network.way(ours, leg: leg, from: tracks[v].coordinate)
        guard road.trucks[Int(i)].way == nil else { return }
        var last = leg
        while ours.step(last + 1)?.action == .drive { last += 1 }
        loseWay(i, ours, leg...last)
    }

    private mutating func loseWay(_ i: Int32, _ ours: Mission, _ steps: ClosedRange<Int>) {
        let v = road.trucks[Int(i)].vehicle
        road.trucks[Int(i)].way = nil
        road.trucks[Int(i)].unknown = (ours.id, ours.revision, steps)
        guard let end = ours.step(steps.upperBound)?.target.coordinate,
            tracks[v].coordinate.meters(to: end) > 5000
        else { return }
        notice("\(name(v)) drives where no road is known: nothing keeps it and other trucks apart", v)
    }

    private mutating func hear(_ i: Int32, _ r: TrackReport, leg: Int, isDisabled: Bool) {
        guard let at = road.trucks[Int(i)].way?.locate(r.position.coordinate, leg: leg),
            let entry = road.trucks[Int(i)].way?.entryMeters
        else { return }
        road.trucks[Int(i)].leg = leg
        // Its clock may be wrong, but not by more than messages take.
        let seconds = min(max(roadSeconds(r.measuredAt), roadSeconds(now) - 1), roadSeconds(now))
        road.reports.append(
            RoadReport(
                truck: i, routeMeters: max(at.meters, entry), speed: r.groundSpeed, measuredSeconds: seconds,
                isDisabled: isDisabled || r.mode == .fault
                    || r.health & (HealthFault.propulsion | HealthFault.brakes) != 0,
                uncertaintyMeters: Double(r.horizontalAccuracyCentimeters) / 100))
    }

    // MARK: Onto the road and off it

    private mutating func enter(
        _ i: Int32, _ ours: Mission, _ way: RoadWay, _ network: RoadNetwork, _ table: RoadControl.Table
    ) {
        let v = road.trucks[Int(i)].vehicle
        let (r, speed) = (tracks[v].report, tracks[v].report.groundSpeed)
        guard now >= road.trucks[Int(i)].joinsAt else { return }
        let toGo = way.entry.meters(to: r.position.coordinate)
        let isBeside = Int(r.leg) < way.onRoad.lowerBound
        let braking = configuration.truckBrakingMetersPerSecondSquared
        let stopping =
            speed * table.traffic.settings.reactionSeconds + speed * speed / (2 * max(braking, 0.2)) + 20
        if isBeside, toGo > 2 * stopping { return }
        let meters =
            isBeside ? way.entryMeters : max(way.locate(r.position.coordinate, leg: Int(r.leg)).meters, 0)
        let end = way.sections.reduce(0) { $0 + network.layout.sections[Int($1)].lengthMeters }
        guard meters < end else { return }
        // At the start of its way it still stands beside the road.
        let joins = isBeside || meters - way.entryMeters < 50
        let type = RoadTruckType(
            lengthMeters: configuration.truckLengthMeters.clamped(to: 1...60),
            brakingAtLeast: braking.clamped(to: 0.2...6.5), priority: 0)
        let result = table.traffic.add(
            i, type, route: way.sections, at: meters, speed: min(speed, 100), joins ? .joins : .isThere)
        switch result {
        case .success:
            road.trucks[Int(i)].isOn = true
            // What it was told before, nobody remembers.
            if !joins { road.trucks[Int(i)].limit = nil }
        case .failure(.taken), .failure(.deadlock):
            road.trucks[Int(i)].joinsAt = now.advanced(bySeconds: 1)
            guard !isBeside || toGo < stopping, ours.state == .active else { return }
            let (section, along) = network.place(way, meters)
            hold(
                i, ours,
                "waits for a gap to join the road at \(network.name(section: section, meters: along))")
        case .failure(.identity):
            // It is there already.
            road.trucks[Int(i)].isOn = true
        case .failure(.invalid), .failure(.impassable), .failure(.committed):
            loseWay(i, ours, way.steps)
        }
    }

    mutating func leaveRoad(_ i: Int32, _ table: RoadControl.Table) {
        if road.trucks[Int(i)].isOn { table.traffic.remove(i) }
        road.trucks[Int(i)].isOn = false
        road.trucks[Int(i)].way = nil
        road.trucks[Int(i)].waitsSince = nil
        let v = road.trucks[Int(i)].vehicle
        guard road.trucks[Int(i)].limit != 0, tracks[v].link.isHeard, let ours = mission(of: v) else {
            return
        }
        limit(i, ours, 0, "off the road: as fast as it likes")
    }
}

extension TrackReport {
    /// Metres a second over ground.
    var groundSpeed: Double {
        let (e, n) = (Double(velocityEastMillimetersPerSecond), Double(velocityNorthMillimetersPerSecond))
        return ((e * e + n * n).squareRoot() / 1000).clamped(to: 0...100)
    }
}
