/// When things happen along one sequence. Moments are nodes: 0 leaving, `i + 1` the begin of service at leg `i`,
/// `stops + 1` the end. Every rule is "this at least so long after that", also backwards in time, or says by itself when
/// a moment may be. With two schedules that keep all of these the earlier of both moment by moment keeps them too, so
/// that there is a least one, and raising moments only as far as a rule demands finds it.
final class ScheduleTimes {
    /// `value[to] >= value[from] + wait`.
    struct Rule {
        var from: Int
        var to: Int
        var wait: Int64
        var shipment: Int
        var kind: Violation.Kind
    }

    let table: StopTable
    private(set) var kind = 0
    private(set) var legs: [Schedule.Leg] = []
    private(set) var stops = 0
    var value: [Int64] = []
    /// Of time and lateness.
    var cost: Int128 = 0
    /// From the node before to this one: stay and way.
    private(set) var gap: [Int64] = []
    /// Not after.
    private(set) var ceiling: [Int64] = []
    private(set) var rules: [Rule] = []
    private(set) var timeCost: Int64 = 0
    /// Some stop has a gap in when it may be: a later begin may then be the cheaper.
    private(set) var hasGaps = false
    private(set) var taken: [Int: [TimeWindow]] = [:]
    var isMoving: [Bool] = []
    var best: [Int64] = []

    init(_ table: StopTable) { self.table = table }

    /// What fails first, or nil with `value` and `cost` of the cheapest schedule; the earliest of several.
    func solve(_ kind: Int, _ legs: [Schedule.Leg], _ bounds: Schedule.Bounds) -> Violation? {
        prepare(kind, legs, bounds)
        if let fault = settle() { return fault }
        cost = reckon()
        if timeCost > 0 {
            leaveBest()
        } else {
            value[0] = max(value[0], value[1] - gap[1])
        }
        return nil
    }

    func prepare(_ kind: Int, _ legs: [Schedule.Leg], _ bounds: Schedule.Bounds) {
        self.kind = kind
        self.legs.removeAll(keepingCapacity: true)
        self.legs.append(contentsOf: legs)
        stops = legs.count - (legs.last?.isHome == true ? 1 : 0)
        taken = bounds.taken
        timeCost = table.problem.vehicles[kind].timeCost
        hasGaps = false
        rules.removeAll(keepingCapacity: true)
        for i in value.count..<max(stops + 2, value.count) {
            value.append(0)
            gap.append(0)
            ceiling.append(0)
            isMoving.append(i < 0)
        }
        var stay: Int64 = 0
        for i in 0...stops + 1 {
            value[i] = 0
            ceiling[i] = .max
            gap[i] = stay + (i > 0 && i <= legs.count ? legs[i - 1].milliseconds : 0)
            stay = i > 0 && i <= stops ? legs[i - 1].stay : 0
        }
        value[0] = table.problem.vehicles[kind].shift.opensMilliseconds
        ceiling[stops + 1] = table.problem.vehicles[kind].shift.closesMilliseconds
        for i in 0..<stops where legs[i].id >= 0 {
            let s = Int(legs[i].id) >> 1
            let shape = table.shape[s]
            if windowCount(legs[i].id) > 1 || dock(legs[i].id) != nil { hasGaps = true }
            // Once a shipment.
            if legs[i].id & 1 == 1 || shape == .pickupOnly { prepare(s, shape, i + 1, bounds) }
        }
        if let longest = table.problem.vehicles[kind].longestMilliseconds {
            rules.append(Rule(from: stops + 1, to: 0, wait: -longest, shipment: -1, kind: .tooLong))
        }
    }

    private func prepare(_ s: Int, _ shape: StopTable.Shape, _ node: Int, _ bounds: Schedule.Bounds) {
        let longest = table.problem.shipments[s].longestOnBoardMilliseconds
        let before = table.problem.shipments[s].after
        if longest == nil, before == nil, bounds.release.isEmpty, bounds.deadline.isEmpty { return }
        let up = shape == .pickupOnly ? node : shape == .deliveryOnly ? 0 : self.node(2 * s) ?? 0
        let down = shape == .pickupOnly ? stops + 1 : node
        if let longest {
            let stay = up > 0 ? legs[up - 1].stay : 0
            rules.append(
                Rule(from: down, to: up, wait: -longest - stay, shipment: s, kind: .tooLongOnBoard))
        }
        if let before {
            let wait = table.problem.shipments[s].handoverMilliseconds
            if let first = self.node(2 * before + 1) {
                let over = legs[first - 1].stay + wait
                rules.append(Rule(from: first, to: up, wait: over, shipment: s, kind: .beforeHandover))
            } else if table.shape[before] == .pickupOnly, self.node(2 * before) != nil {
                rules.append(
                    Rule(from: stops + 1, to: up, wait: wait, shipment: s, kind: .beforeHandover))
            }
        }
        if let release = bounds.release[s] { value[up] = max(value[up], release) }
        if let over = bounds.deadline[s] {
            ceiling[down] = min(ceiling[down], over - (down <= stops ? legs[down - 1].stay : 0))
        }
    }

    private func node(_ id: Int) -> Int? {
        for i in 0..<stops where Int(legs[i].id) == id { return i + 1 }
        return nil
    }

    // MARK: The least schedule

    /// Raises `value` to the least that keeps everything, or tells what cannot be kept. Where rules chase each other in
    /// a circle without any moment passing into another window, they will for ever: more rounds than moments prove it.
    func settle() -> Violation? {
        var cause: Violation?
        var calm = 0
        while calm <= stops + 2 {
            calm += 1
            for i in 1...stops + 1 {
                let ready = max(value[i], value[i - 1] &+ gap[i])
                guard let time = slot(i, ready) else { return cause ?? late(i, ready) }
                if time > ready { calm = 0 }
                value[i] = time
            }
            var isSettled = true
            for rule in rules where value[rule.to] < value[rule.from] &+ rule.wait {
                let least = value[rule.from] &+ rule.wait
                if cause == nil {
                    cause = Violation(
                        kind: rule.kind, stop: rule.to > 0 && rule.to <= stops ? seat(rule.to) : nil,
                        shipment: rule.shipment < 0 ? nil : rule.shipment, excess: least - value[rule.to])
                }
                value[rule.to] = least
                isSettled = false
            }
            if isSettled { return nil }
        }
        return cause
    }

    /// The first moment from `ready` on that the node allows by itself.
    private func slot(_ node: Int, _ ready: Int64) -> Int64? {
        var time = ready
        if node <= stops, legs[node - 1].id >= 0 {
            guard let free = firstSlot(legs[node - 1].id, ready, legs[node - 1].stay) else { return nil }
            time = free
        }
        return time > ceiling[node] ? nil : time
    }

    private func seat(_ node: Int) -> Int? { legs[node - 1].seat < 0 ? nil : Int(legs[node - 1].seat) }

    /// Why a moment cannot be at `ready` or later.
    private func late(_ node: Int, _ ready: Int64) -> Violation {
        guard node <= stops else {
            let isShift = ready > table.problem.vehicles[kind].shift.closesMilliseconds
            return Violation(
                kind: isShift ? .endsAfterShift : .beforeHandover, excess: ready - ceiling[node])
        }
        let id = Int(legs[node - 1].id)
        let shipment = id >= 0 ? id >> 1 : nil
        let closes = id >= 0 ? table.closes[id] : .max
        let over = ready - closes
        if over > 0 {
            return Violation(kind: .outsideWindow, stop: seat(node), shipment: shipment, excess: over)
        }
        if ready > ceiling[node] {
            return Violation(
                kind: .beforeHandover, stop: seat(node), shipment: shipment, excess: ready - ceiling[node])
        }
        return Violation(kind: .dockTaken, stop: seat(node), shipment: shipment)
    }
}
