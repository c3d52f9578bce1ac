/// Who sends vehicles through a day.
protocol DayDispatcher: AnyObject {
    var truth: DayTruth { get }
    var tally: DayTally { get set }
    /// Every vehicle does what it was sent for until then.
    func advance(to milliseconds: Int64) throws(ProblemFault)
    func take(_ order: Int, at milliseconds: Int64) throws(ProblemFault)
    func begin(_ incident: DayIncident, at milliseconds: Int64) throws(ProblemFault)
    func end(_ incident: DayIncident, at milliseconds: Int64) throws(ProblemFault)
}

/// What became of each order, and what was promised to vehicles.
struct DayTally {
    enum State: UInt8 { case unknown, open, begun, delivered, cancelled, expired }
    var states: [State]
    /// By order: whether anybody was ever to carry it.
    var hadVehicle: [Bool]
    /// By vehicle: the stop it was told to make, and those told altogether.
    var committed: [(order: Int, isPickup: Bool)?]
    var commitments = 0
    /// Told stops that were not the next the vehicle made, or not made.
    var changed = 0
    /// Stops left for in the past.
    var past = 0
    /// Stops that ended at another time in the plan than on the road.
    var astray = 0
    /// Orders that got another vehicle by improvements, and because of what happened.
    var improvedAway = 0
    var forcedAway = 0

    init(_ day: DispatchDay) {
        states = Array(repeating: .unknown, count: day.orders)
        hadVehicle = Array(repeating: false, count: day.orders)
        committed = Array(repeating: nil, count: day.problem.vehicles.count)
    }

    var isOver: Bool { states.allSatisfy { $0 != .open && $0 != .begun && $0 != .unknown } }

    mutating func commit(_ v: Int, _ order: Int, _ isPickup: Bool) {
        if committed[v] != nil { changed += 1 }
        committed[v] = (order, isPickup)
        commitments += 1
        if isPickup { states[order] = .begun }
    }

    mutating func finish(_ v: Int, _ order: Int, _ isPickup: Bool) {
        guard let told = committed[v], told.order == order, told.isPickup == isPickup else {
            changed += 1
            return
        }
        committed[v] = nil
        if !isPickup { states[order] = .delivered }
    }
}

extension DispatchDay {
    private enum Event {
        case order(Int)
        case begin(DayIncident)
        case end(DayIncident)
    }

    /// Plays the day through. At equal times incidents come before orders.
    func play(_ dispatcher: some DayDispatcher) throws(ProblemFault) {
        var events: [(at: Int64, rank: Int, event: Event)] = []
        for incident in incidents {
            events.append((incident.from, events.count, .begin(incident)))
            if incident.until > incident.from {
                events.append((incident.until, events.count, .end(incident)))
            }
        }
        for (order, release) in releases.enumerated() {
            events.append((heard(order, release), events.count, .order(order)))
        }
        events.sort { ($0.at, $0.rank) < ($1.at, $1.rank) }
        for (at, _, event) in events {
            try dispatcher.advance(to: at)
            switch event {
            case .order(let order): try dispatcher.take(order, at: at)
            case .begin(let incident): try dispatcher.begin(incident, at: at)
            case .end(let incident): try dispatcher.end(incident, at: at)
            }
        }
        // What is longest under way crosses the country in two days; ten are enough for everything.
        var now = events.last?.at ?? 0
        let latest = now + 240 * DayTime.hour
        while now < latest, !dispatcher.tally.isOver {
            now += DayTime.hour
            try dispatcher.advance(to: now)
        }
    }

    /// When an order comes through.
    func heard(_ order: Int, _ release: Int64) -> Int64 {
        var at = release
        for incident in incidents where incident.kind == .silence(company: problem.shipments[order].company) {
            if at >= incident.from && at < incident.until { at = incident.until }
        }
        return at
    }
}
