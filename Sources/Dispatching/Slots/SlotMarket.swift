import World

public struct SlotError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
}

/// Gives out the slots of shared docks, pads, checkpoints and corridor entries between companies.
///
/// A pure state machine: `step` takes the inputs of one tick, in any order, and tells every decision with its reason and
/// what it was decided from. The rule is one: *a slot that begins within the freeze horizon and has a free place is given
/// to the first in the order who can use it*, be it one who waits or one who holds a later slot and agrees to come earlier.
/// New slots, late requests and holes left by others are all this one case; a hole wanders to later slots until somebody
/// waiting fills it.
///
/// Nothing that can be bought with clicks, plates, shells, phantoms or early arrival is part of the order. The time a
/// vehicle has waited stays its own when it gives its slot up for a later one; the time it has not waited it never gets.
/// A decision takes O(log n + owners at the place), a hole O(open slots of the place) more.
public struct SlotMarket: Sendable {
    public let policy: SlotPolicy
    public let publicSeed: UInt64
    var books: [SlotBooks]
    var vehicles: [SlotVehicle] = []
    var companies: [SlotCompany] = []
    var owners: [SlotOwner] = []
    var bookings: [SlotBooking] = []
    /// When bookings end by themselves: nothing was found in time, or nobody came.
    var deadlines = SlotQueue()
    var decisions: [SlotDecision] = []
    public private(set) var nowMilliseconds: Int64 = -1

    public init(policy: SlotPolicy, places: [SlotPlace], publicSeed: UInt64) throws(SlotError) {
        guard policy.quotaPermille.count == SlotLane.allCases.count,
            policy.quotaPermille.allSatisfy({ (0...1000).contains($0) }),
            (1...1000).contains(policy.capPermille),
            [
                policy.wasteDebtMilliseconds, policy.falseClassDebtMilliseconds,
                policy.longestHoldMilliseconds,
                policy.noShowWindowMilliseconds, policy.falseClassBlockMilliseconds,
            ].allSatisfy({ SlotLimits.time.contains($0) }),
            (-86_400_000...86_400_000).contains(policy.dayOffsetMilliseconds)
        else {
            throw SlotError(
                description: "the policy has a share outside 0...1000 permille or a time out of bounds")
        }
        guard places.count <= SlotLimits.places else {
            throw SlotError(description: "there are \(places.count) places; at most \(SlotLimits.places)")
        }
        for (index, place) in places.enumerated() where !place.isSound {
            throw SlotError(
                description:
                    "place \(index): a capacity of 1...\(SlotLimits.capacity), slots of 1 s to a day and a "
                    + "freeze of at most 12 h, longer than the notice, are needed")
        }
        self.policy = policy
        self.publicSeed = publicSeed
        books = places.map(SlotBooks.init)
    }

    /// One tick. `now` is later than in the tick before; inputs in any order.
    public mutating func step(
        atMilliseconds now: Int64, _ inputs: [SlotInput]
    ) throws(SlotError) -> [SlotDecision] {
        guard now > nowMilliseconds, SlotLimits.time.contains(now) else {
            throw SlotError(
                description:
                    "tick \(now) ms does not follow \(nowMilliseconds) ms; give ticks in order of time")
        }
        nowMilliseconds = now
        decisions.removeAll(keepingCapacity: true)
        for index in books.indices { advance(index) }
        let words = inputs.map(\.words)
        for index in inputs.indices.sorted(by: { words[$0] < words[$1] }) { take(inputs[index]) }
        endOverdue()
        for index in books.indices { fill(index) }
        return decisions
    }

    /// Begin of the slot a vehicle holds now; nil: none.
    public func slotMilliseconds(vehicle: Int) -> Int64? {
        guard bookings.indices.contains(vehicle), bookings[vehicle].state == .awarded else { return nil }
        return books[Int(bookings[vehicle].place)].begin(bookings[vehicle].slot)
    }

    /// Held back from an owner's later requests, in all.
    public func debtMilliseconds(owner: Int) -> Int64 {
        owners.indices.contains(owner) ? owners[owner].debt : 0
    }

    // MARK: - The tick

    /// Slots that have begun leave the books.
    private mutating func advance(_ index: Int) {
        let current = books[index].slot(containing: nowMilliseconds)
        while books[index].base < current {
            if books[index].isEmpty {
                books[index].skip(to: current)
                break
            }
            for i in 0..<books[index].count(books[index].base) {
                let holder = books[index].holder(books[index].base, i)
                let owner = companies[Int(vehicles[holder < 0 ? ~holder : holder].company)].owner
                if let share = books[index].shareOf[owner] { books[index].shares[share].held -= 1 }
            }
            books[index].closeOldest()
        }
        books[index].closures.removeAll { $0.to <= current }
    }

    /// Ends what nobody came for and what has found nothing in time.
    private mutating func endOverdue() {
        while let ticket = deadlines.first, ticket.rank <= nowMilliseconds {
            deadlines.removeFirst()
            let vehicle = Int(ticket.vehicle)
            guard bookings[vehicle].version == ticket.version else { continue }
            if bookings[vehicle].state == .awarded {
                miss(vehicle)
            } else {
                close(vehicle, .expired, .noSlotInTime, wasted: false)
            }
        }
    }

    private mutating func miss(_ vehicle: Int) {
        let last = vehicles[vehicle].lastMissed
        vehicles[vehicle].lastMissed = nowMilliseconds
        close(vehicle, .missed, .notThere, wasted: true)
        if last >= 0, nowMilliseconds - last <= policy.noShowWindowMilliseconds {
            decide(.charged, .depositForfeited, vehicle)
        }
    }

    // MARK: - Bookings

    /// Ends a booking without a crossing; a wasted slot is owed for.
    ///
    /// What it was held back by is owed again, and a quarter more when the company cancels it: debts are not carried by
    /// phantoms. Half of it, when it found no slot in time: the owner has lost a journey by it.
    mutating func close(
        _ vehicle: Int, _ kind: SlotDecision.Kind, _ reason: SlotDecision.Reason, wasted: Bool
    ) {
        let booking = bookings[vehicle]
        release(vehicle)
        decide(kind, reason, vehicle)
        bookings[vehicle].state = .none
        bookings[vehicle].version &+= 1
        bookings[vehicle].owed = 0
        switch kind {
        case .expired: owe(booking.owner, booking.owed / 2)
        case .cancelled: owe(booking.owner, booking.owed + booking.owed / 4)
        default: owe(booking.owner, booking.owed)
        }
        if wasted { charge(booking.owner, policy.wasteDebtMilliseconds, .wastedSlot, vehicle) }
        if booking.gainer >= 0 { charge(booking.gainer, booking.gain, .failedSwap, vehicle) }
    }

    /// Takes a booking out of its slot, if it has one.
    mutating func release(_ vehicle: Int) {
        let booking = bookings[vehicle]
        guard booking.state == .awarded else { return }
        let index = Int(booking.place)
        if books[index].remove(vehicle, booking.slot) {
            if let share = books[index].shareOf[booking.owner] { books[index].shares[share].held -= 1 }
            books[index].isTouched = true
        }
        if booking.isCounted {
            let (row, day) = quotaRow(index, booking.lane, booking.slot)
            if books[index].quotas[row].day == day { books[index].quotas[row].used -= 1 }
        }
        bookings[vehicle].isCounted = false
        bookings[vehicle].slot = -1
        // Consent is to the slots as they were.
        bookings[vehicle].offer = -1
    }

    /// Puts a booking (back) into the order.
    mutating func wait(_ vehicle: Int) {
        bookings[vehicle].state = .waiting
        bookings[vehicle].version &+= 1
        let booking = bookings[vehicle]
        let index = Int(booking.place)
        let ticket = SlotTicket(
            rank: booking.earliest, tie: booking.tie, vehicle: Int32(vehicle), version: booking.version)
        books[index].early.push(ticket, bookings)
        if booking.earliest <= books[index].newest { books[index].isTouched = true }
        // Past it, every slot that is left begins within the notice or too late.
        let end = booking.latest - books[index].place.noticeSlots + 1
        deadline(vehicle, books[index].begin(end))
    }

    mutating func deadline(_ vehicle: Int, _ time: Int64) {
        let ticket = SlotTicket(
            rank: time, tie: 0, vehicle: Int32(vehicle), version: bookings[vehicle].version)
        deadlines.push(ticket, bookings)
    }

    mutating func owe(_ owner: Int32, _ milliseconds: Int64) {
        let debt = owners[Int(owner)].debt + milliseconds
        owners[Int(owner)].debt = min(debt, SlotLimits.debtMilliseconds)
    }

    mutating func charge(
        _ owner: Int32, _ milliseconds: Int64, _ reason: SlotDecision.Reason, _ vehicle: Int
    ) {
        owe(owner, milliseconds)
        decide(.charged, reason, vehicle)
        decisions[decisions.count - 1].owedMilliseconds = milliseconds
    }

    /// Writes a decision about a vehicle's booking.
    mutating func decide(_ kind: SlotDecision.Kind, _ reason: SlotDecision.Reason, _ vehicle: Int) {
        let booking = bookings[vehicle]
        var decision = SlotDecision(kind: kind, reason: reason, vehicle: vehicle, place: Int(booking.place))
        let books = books[Int(booking.place)]
        if booking.state == .awarded, booking.slot >= 0 {
            decision.slotMilliseconds = books.begin(booking.slot)
        }
        decision.rankMilliseconds = books.begin(booking.rank)
        decision.tie = booking.tie
        decision.owedMilliseconds = booking.owed
        decisions.append(decision)
    }

    func refusal(_ reason: SlotDecision.Reason, vehicle: Int = -1, place: Int = -1) -> SlotDecision {
        SlotDecision(kind: .refused, reason: reason, vehicle: vehicle, place: place)
    }

    /// The draw among equal ranks: vehicle, place and slot are hashed with the public seed; filing again is no new draw.
    func draw(_ vehicle: Int, _ place: Int, _ rank: Int64) -> UInt64 {
        var hash = StableHash(seed: publicSeed)
        hash.combine(books[place].place.identity)
        hash.combine(rank)
        hash.combine(vehicles[vehicle].identity)
        return hash.value
    }

    // MARK: - Caps and quotas

    func quotaRow(_ place: Int, _ lane: SlotLane, _ slot: Int64) -> (row: Int, day: Int64) {
        let time = books[place].begin(slot) + policy.dayOffsetMilliseconds + 86_400_000
        let day = time / 86_400_000
        return (2 * lane.rawValue + Int(day & 1), day)
    }

    /// Awards a lane may have on the day of a slot: its share of what the place really offers, rounded down.
    func quota(_ place: Int, _ lane: SlotLane, day: Int64) -> Int64 {
        let length = books[place].place.slotMilliseconds
        let start = (day - 1) * 86_400_000 - policy.dayOffsetMilliseconds
        let first = (max(start, 0) + length - 1) / length
        let end = (max(start + 86_400_000, 0) + length - 1) / length
        var places = (end - first) * Int64(books[place].place.capacity)
        if !books[place].closures.isEmpty {
            places = (first..<end).reduce(0) { $0 + Int64(books[place].capacity($1)) }
        }
        return places * policy.quotaPermille[lane.rawValue] / 1000
    }

    /// Open slots an owner may hold while another waits.
    func cap(_ place: Int, _ owner: Int32) -> Int64 {
        let contracted = owners[Int(owner)].contractedPermille
        let permille = min(1000, max(policy.capPermille, contracted * 5 / 4))
        let open = books[place].place.freezeSlots + 1
        return max(1, (open * Int64(books[place].place.capacity) * permille + 999) / 1000)
    }
}
