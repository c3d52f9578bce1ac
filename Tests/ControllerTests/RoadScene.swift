@testable import Controller
@testable import World

/// Trucks that drive the missions of one controller on a few roads, five times a second: they accelerate and brake like
/// laden ones, hear commands late, and know nothing of each other. Judges from where they really are.
struct RoadScene {
    /// A truck as it is.
    struct Truck {
        var profile: VehicleProfile
        var at: Coordinate
        var mode = VehicleMode.parked
        var speed = 0.0
        var limit = 0.0
        var mission: Mission?
        var isStarted = false
        var leg = 0
        var stood = 0.0
        var heading = (east: 0.0, north: 0.0)
        var isSilent = false
        /// Stands still whatever it is told.
        var isBroken = false
        var drove = 0.0
        var stands = 0.0
        var longestStand = 0.0
    }

    static let seconds = 0.2
    let configuration: ControllerConfiguration
    let geography: Geography
    let network: RoadNetwork
    let works: [RoadWorks]
    var controller: Controller
    var trucks: [Truck] = []
    var now = Harness.epoch
    var events: [Event] = []
    var commands: [OutboundCommand] = []
    var notices: [String] = []
    /// Commands and uploads on their way.
    private var downlink: [(due: Instant, effect: Effect)] = []
    private var effects: [Effect] = []
    /// Trucks that touched, pairs that met in single-lane works, and the least gap of two on one lane.
    var touches = 0
    var meetings = 0
    var leastGap = Double.infinity
    var noiseMeters = 0.0
    var random = SplitMix64(seed: 1)

    /// Roads from node to node, straight, `nodes` in metres; works as (edge, from, length).
    init(
        nodes: [(Double, Double)], edges: [(Int, Int)], works: [(Int, Double, Double)] = [],
        isWatched: Bool = true, configuration change: (inout ControllerConfiguration) -> Void = { _ in }
    ) {
        let nodes = nodes.enumerated().map { RoadNode(id: "N\($0)", coordinate: Harness.place($1.0, $1.1)) }
        let graph = RoadGraph(
            nodes: nodes,
            edges: edges.map { a, b in
                let shape = [nodes[a].coordinate, nodes[b].coordinate]
                return RoadEdge(
                    id: "E\(a)-\(b)", a: a, b: b, lengthMeters: distanceMeters(shape[0], shape[1]) * 1.05,
                    speedMetersPerSecond: 25, status: .open, opens: nil, ref: "A\(a + 1)", shape: shape)
            })
        self.works = works.enumerated().map {
            RoadWorks(
                id: "W\($0)", edge: $1.0, fromMeters: $1.1, lengthMeters: $1.2, speedMetersPerSecond: 11)
        }
        guard let network = RoadNetwork(graph, works: self.works, gates: []) else { fatalError("no roads") }
        self.network = network
        geography = Geography(
            route: { from, to, date in
                graph.route(from: from, to: to, on: date).map {
                    Route(points: $0.points, lengthMeters: $0.lengthMeters, seconds: $0.seconds)
                }
            }, ground: { _ in Altitude(millimeters: 300_000) }, roads: isWatched ? network : nil)
        var configuration = ControllerConfiguration()
        configuration.telemetryPeriodSeconds = Self.seconds
        configuration.truckHandlingSeconds = 5
        change(&configuration)
        self.configuration = configuration
        controller = Controller(configuration: configuration, geography: geography)
        give(.stationStarted(fence: 1, at: now))
    }

    mutating func add(_ id: UInt32, at: Coordinate, cruise: UInt32 = 22_000) {
        var profile = Harness.profile(id, .truck)
        profile.cruiseSpeedMillimetersPerSecond = cruise
        profile.energyCapacityKilojoules = 3_000_000
        trucks.append(Truck(profile: profile, at: at))
        give(.vehicleConnected(profile, heldMission: nil, heldRevision: 0, at: now))
    }

    /// An order from one place to another that only truck `id` will get, because it stands at the pickup.
    mutating func order(_ id: UInt32, from: Coordinate, to: Coordinate) {
        func stop(_ at: Coordinate) -> Stop {
            Stop(place: "stop", coordinate: at, ground: Altitude(millimeters: 300_000))
        }
        give(
            .orderSubmitted(
                OrderRequest(
                    key: "k\(id)-\(now.nanoseconds)", company: "steppe", pickup: stop(from),
                    delivery: stop(to), massGrams: 5_000_000, volumeLiters: 10, cargo: .containers,
                    readyAt: now, deliverBy: nil, kinds: [.truck]), at: now))
    }

    mutating func give(_ input: Input) {
        effects.removeAll(keepingCapacity: true)
        controller.step(input, effects: &effects)
        for effect in effects {
            switch effect {
            case .record(let event): events.append(event)
            case .command(let command, _):
                commands.append(command)
                downlink.append((now.advanced(bySeconds: 0.4), effect))
            case .upload: downlink.append((now.advanced(bySeconds: 0.4), effect))
            case .notice(let text, _, _): notices.append(text)
            case .answer: break
            }
        }
    }

    /// kill -9: a controller with what was recorded, and nothing else.
    mutating func restart() {
        controller = Controller(configuration: configuration, geography: geography)
        for event in events { controller.apply(event) }
        downlink = []
        now = now.advanced(bySeconds: 3)
        give(.stationStarted(fence: controller.fence + 1, at: now))
        for t in trucks where !t.isSilent {
            give(
                .vehicleConnected(
                    t.profile, heldMission: t.mission?.id, heldRevision: t.mission?.revision ?? 0, at: now))
        }
    }

    // MARK: Trucks

    private func index(_ id: VehicleID) -> Int? { trucks.firstIndex { $0.profile.id == id && !$0.isSilent } }

    private mutating func deliver(_ effect: Effect) {
        switch effect {
        case .upload(let mission, _):
            guard let i = index(mission.vehicle), trucks[i].mode != .moving else { return }
            trucks[i].mission = mission
            trucks[i].leg = 0
            trucks[i].isStarted = false
            trucks[i].mode = .ready
            give(.uploadFinished(mission.vehicle, mission.id, revision: mission.revision, .complete, at: now))
        case .command(let command, _):
            guard let i = index(command.vehicle) else { return }
            let isOurs = trucks[i].mission?.id == command.mission
            switch command.verb {
            case .start where isOurs && !trucks[i].isStarted:
                trucks[i].isStarted = true
                trucks[i].mode = .moving
                say(i, .started)
            case .hold where trucks[i].mode == .moving: trucks[i].mode = .holding
            case .resume where isOurs && trucks[i].mode == .holding: trucks[i].mode = .moving
            case .speedLimit: trucks[i].limit = Double(command.speedMillimetersPerSecond) / 1000
            case .abort where isOurs:
                trucks[i].mission = nil
                if trucks[i].mode == .moving { trucks[i].mode = .holding }
            case .returnHome, .land:
                trucks[i].mode = .parked
                trucks[i].speed = 0
            default: break
            }
        default: break
        }
    }

    private mutating func say(_ i: Int, _ kind: ProgressReport) {
        guard let mission = trucks[i].mission, !trucks[i].isSilent else { return }
        give(
            .progress(
                trucks[i].profile.id, mission.id, revision: mission.revision, leg: trucks[i].leg, kind,
                at: now))
    }

    private mutating func move(_ i: Int) {
        let dt = Self.seconds
        guard trucks[i].mode == .moving || trucks[i].mode == .holding, let mission = trucks[i].mission,
            let step = mission.step(trucks[i].leg)
        else {
            trucks[i].speed = max(trucks[i].speed - dt, 0)
            advance(i)
            return
        }
        if step.action != .drive, trucks[i].mode == .moving {
            trucks[i].speed = 0
            trucks[i].stood += dt
            guard step.action == .contingency || trucks[i].stood * 1000 >= Double(step.durationMilliseconds)
            else { return }
            if step.action == .load { say(i, .loaded) }
            if step.action == .unload { say(i, .unloaded) }
            next(i, mission)
            return
        }
        let far = trucks[i].at.meters(to: step.target.coordinate)
        var wanted = Double(trucks[i].profile.cruiseSpeedMillimetersPerSecond) / 1000
        if trucks[i].limit > 0 { wanted = min(wanted, trucks[i].limit) }
        if mission.step(trucks[i].leg + 1)?.action != .drive {
            wanted = min(wanted, (2 * far).squareRoot() + 0.2)
        }
        if trucks[i].mode == .holding || trucks[i].isBroken { wanted = 0 }
        trucks[i].speed += (wanted - trucks[i].speed).clamped(to: -dt...dt)
        let d = trucks[i].at.displacement(to: step.target.coordinate)
        if far > 0.01 { trucks[i].heading = (d.east / far, d.north / far) }
        if trucks[i].speed * dt >= far || far < 1 {
            trucks[i].at = step.target.coordinate
            next(i, mission)
        } else {
            advance(i)
        }
    }

    private mutating func advance(_ i: Int) {
        let way = trucks[i].speed * Self.seconds
        guard way > 0 else { return }
        trucks[i].drove += way
        trucks[i].at = trucks[i].at.moved(
            east: trucks[i].heading.east * way, north: trucks[i].heading.north * way)
    }

    private mutating func next(_ i: Int, _ mission: Mission) {
        trucks[i].stood = 0
        guard let next = mission.step(trucks[i].leg + 1), next.action != .contingency else {
            say(i, .completed)
            trucks[i].mission = nil
            trucks[i].mode = .parked
            trucks[i].speed = 0
            return
        }
        say(i, .legDone)
        if trucks[i].mission?.id == mission.id { trucks[i].leg += 1 }
    }

    // MARK: Time

    mutating func run(_ seconds: Double, until done: (RoadScene) -> Bool = { _ in false }) {
        for _ in 0..<Int(seconds / Self.seconds) {
            tick()
            if done(self) { return }
        }
    }

    var allDelivered: Bool { controller.orders.allSatisfy { $0.state == .delivered } }

    mutating func tick() {
        now = now.advanced(bySeconds: Self.seconds)
        while let first = downlink.first, first.due <= now {
            downlink.removeFirst()
            deliver(first.effect)
        }
        for i in trucks.indices { move(i) }
        judge()
        give(.tick(at: now, reports: trucks.filter { !$0.isSilent }.map { report($0) }))
    }

    private mutating func report(_ t: Truck) -> TrackReport {
        let noise = { (r: inout SplitMix64) in (r.unit() * 2 - 1) }
        let at =
            noiseMeters == 0
            ? t.at : t.at.moved(east: noise(&random) * noiseMeters, north: noise(&random) * noiseMeters)
        return TrackReport(
            vehicle: t.profile.id, measuredAt: now,
            position: Position(at, altitude: Altitude(millimeters: 300_000)),
            velocityEastMillimetersPerSecond: Int32(t.heading.east * t.speed * 1000),
            velocityNorthMillimetersPerSecond: Int32(t.heading.north * t.speed * 1000),
            velocityUpMillimetersPerSecond: 0, horizontalAccuracyCentimeters: 100,
            verticalAccuracyCentimeters: 100, headingCentidegrees: 0, mode: t.mode, health: 0,
            energyKilojoules: 2_900_000, payloadGrams: 0, missionNumber: t.mission?.id.number ?? 0,
            missionRevision: t.mission?.revision ?? 0, leg: UInt16(t.leg))
    }

    /// Only who is under way on a road: at stops trucks stand beside it.
    private mutating func judge() {
        struct Place {
            var lane: Int
            var along: Double
            var truck: Int
        }
        var places: [Place] = []
        for (n, t) in trucks.enumerated() {
            if t.mode != .parked, t.speed < 0.1 {
                trucks[n].stands += Self.seconds
                trucks[n].longestStand = max(trucks[n].longestStand, trucks[n].stands)
            } else {
                trucks[n].stands = 0
            }
            guard t.mode == .moving || t.mode == .holding, t.mission?.step(t.leg)?.action == .drive,
                t.drove > 30
            else { continue }
            for (e, edge) in network.graph.edges.enumerated() {
                let d = edge.shape[0].displacement(to: edge.shape[1])
                let (share, off) = projection(t.at, edge.shape[0], edge.shape[1])
                guard off < 5 else { continue }
                let forward = d.east * t.heading.east + d.north * t.heading.north > 0
                let along = share * edge.shapeMeters
                places.append(
                    Place(
                        lane: 2 * e + (forward ? 0 : 1), along: forward ? along : edge.shapeMeters - along,
                        truck: n))
            }
        }
        for (n, p) in places.enumerated() {
            for q in places[(n + 1)...] where q.lane == p.lane && q.truck != p.truck {
                let gap = abs(p.along - q.along) - configuration.truckLengthMeters
                leastGap = min(leastGap, gap)
                if gap < 0 { touches += 1 }
            }
            for w in works where p.lane == 2 * w.edge {
                let length = network.graph.edges[w.edge].shapeMeters
                func isIn(_ from: Double, _ to: Double, _ x: Double) -> Bool {
                    x > from && x - configuration.truckLengthMeters < to
                }
                guard isIn(w.fromMeters, w.fromMeters + w.lengthMeters, p.along) else { continue }
                for q in places where q.lane == p.lane + 1 {
                    if isIn(length - w.fromMeters - w.lengthMeters, length - w.fromMeters, q.along) {
                        meetings += 1
                    }
                }
            }
        }
    }
}
