import Dispatching
import World

/// The rules of `SlotMarket` written down as slowly and plainly as possible: no queues, no counters; everything is looked
/// up again among all bookings each time.
struct SlotReference {
    struct Booking {
        var isAwarded = false
        var place = 0
        var request: SlotRequest
        var rank: Int64
        var earliest: Int64
        var latest: Int64
        var slot: Int64 = -1
        var owed: Int64 = 0
        var isCounted = false
        var hasSwapped = false
        var offer = -1
        var gainer = -1
        var gain: Int64 = 0
        var due: Int64 = 0
        var firstRank: Int64 = 0
    }
    /// A slot used by one who has been let in.
    struct Used {
        var place: Int
        var slot: Int64
        var owner: Int
        var countedLane: SlotLane?
    }
    struct Line: Hashable {
        var kind: SlotDecision.Kind
        var reason: SlotDecision.Reason
        var vehicle: Int
        var slot: Int64 = -1
        var owed: Int64 = 0
    }

    let policy: SlotPolicy
    let places: [SlotPlace]
    let seed: UInt64
    var owners: [Int] = []
    var contracts: [Int64] = []
    var blocked: [Int64] = []
    var companyOf: [Int] = []
    var identities: [UInt64] = []
    var debts: [Int64] = []
    var lastMissed: [Int: Int64] = [:]
    var bookings: [Int: Booking] = [:]
    var used: [Used] = []
    var closures: [(place: Int, from: Int64, to: Int64, places: Int)] = []
    var now: Int64 = 0
    var lines: [Line] = []

    init(_ policy: SlotPolicy, _ places: [SlotPlace], _ seed: UInt64) {
        (self.policy, self.places, self.seed) = (policy, places, seed)
    }

    func up(_ time: Int64, _ place: Int) -> Int64 {
        let length = places[place].slotMilliseconds
        return time / length + (time % length > 0 ? 1 : 0)
    }
    func length(_ place: Int) -> Int64 { places[place].slotMilliseconds }
    func owner(_ vehicle: Int) -> Int { owners[companyOf[vehicle]] }
    func capacity(_ place: Int, _ slot: Int64) -> Int {
        let last = closures.last { $0.place == place && $0.from <= slot && slot < $0.to }
        return min(last?.places ?? .max, places[place].capacity)
    }
    func taken(_ place: Int, _ slot: Int64) -> Int {
        bookings.values.count { $0.isAwarded && $0.place == place && $0.slot == slot }
            + used.count { $0.place == place && $0.slot == slot }
    }
    func day(_ place: Int, _ slot: Int64) -> Int64 {
        (slot * length(place) + policy.dayOffsetMilliseconds) / 86_400_000
    }
    func quotaUsed(_ place: Int, _ lane: SlotLane, _ day: Int64) -> Int64 {
        let waiting = bookings.values.count {
            $0.isAwarded && $0.isCounted && $0.place == place && $0.request.lane == lane
                && self.day(place, $0.slot) == day
        }
        let gone = used.count {
            $0.place == place && $0.countedLane == lane && self.day(place, $0.slot) == day
        }
        return Int64(waiting + gone)
    }
    func quota(_ place: Int, _ lane: SlotLane, _ day: Int64) -> Int64 {
        let begin = max(0, day * 86_400_000 - policy.dayOffsetMilliseconds)
        let end = (day + 1) * 86_400_000 - policy.dayOffsetMilliseconds
        let all = (up(begin, place)..<up(end, place)).reduce(0) { $0 + capacity(place, $1) }
        return Int64(all) * policy.quotaPermille[lane.rawValue] / 1000
    }
    func isCapped(_ place: Int, _ owner: Int) -> Bool {
        let current = now / length(place)
        let held =
            bookings.filter {
                $1.isAwarded && $1.place == place && $1.slot >= current && self.owner($0) == owner
            }.count
            + used.count { $0.place == place && $0.slot >= current && $0.owner == owner }
        let permille = min(1000, max(policy.capPermille, contracts[owner] * 5 / 4))
        let all = (places[place].freezeSlots + 1) * Int64(places[place].capacity)
        return Int64(held) >= max(1, (all * permille + 999) / 1000)
    }
    func tie(_ vehicle: Int, _ booking: Booking) -> UInt64 {
        var hash = StableHash(seed: seed)
        hash.combine(places[booking.place].identity)
        hash.combine(up(booking.firstRank, booking.place))
        hash.combine(identities[vehicle])
        return hash.value
    }

    mutating func say(_ kind: SlotDecision.Kind, _ reason: SlotDecision.Reason, _ vehicle: Int) {
        var line = Line(kind: kind, reason: reason, vehicle: vehicle)
        if kind != .refused, let booking = bookings[vehicle] {
            if booking.isAwarded { line.slot = booking.slot * length(booking.place) }
            line.owed = booking.owed
        }
        lines.append(line)
    }
    mutating func owe(_ owner: Int, _ milliseconds: Int64) {
        debts[owner] = min(debts[owner] + milliseconds, 30 * 86_400_000)
    }
    mutating func charge(_ owner: Int, _ milliseconds: Int64, _ reason: SlotDecision.Reason, _ vehicle: Int) {
        owe(owner, milliseconds)
        lines.append(.init(kind: .charged, reason: reason, vehicle: vehicle, owed: milliseconds))
    }
    mutating func end(_ vehicle: Int, _ kind: SlotDecision.Kind, _ reason: SlotDecision.Reason, wasted: Bool)
    {
        guard let booking = bookings[vehicle] else { return }
        lines.append(.init(kind: kind, reason: reason, vehicle: vehicle, owed: booking.owed))
        bookings[vehicle] = nil
        let back =
            kind == .expired
            ? booking.owed / 2 : kind == .cancelled ? booking.owed + booking.owed / 4 : booking.owed
        owe(owner(vehicle), back)
        if wasted { charge(owner(vehicle), policy.wasteDebtMilliseconds, .wastedSlot, vehicle) }
        if booking.gainer >= 0 { charge(booking.gainer, booking.gain, .failedSwap, vehicle) }
    }
    mutating func setDue(_ vehicle: Int) {
        guard let booking = bookings[vehicle] else { return }
        let rules = places[booking.place]
        bookings[vehicle]?.due =
            booking.isAwarded
            ? (booking.slot + 1) * rules.slotMilliseconds + rules.lateMilliseconds
            : (booking.latest - rules.noticeSlots + 1) * rules.slotMilliseconds
    }
    mutating func toWaiting(_ vehicle: Int) {
        bookings[vehicle]?.isAwarded = false
        bookings[vehicle]?.isCounted = false
        bookings[vehicle]?.slot = -1
        bookings[vehicle]?.offer = -1
        setDue(vehicle)
    }
    func isWithinNotice(_ booking: Booking) -> Bool {
        (booking.slot - places[booking.place].noticeSlots) * length(booking.place) < now
    }

    mutating func step(_ time: Int64, _ inputs: [SlotInput]) -> [Line] {
        now = time
        lines = []
        closures = closures.filter { $0.to > now / length($0.place) }
        for input in inputs { take(input) }
        while let (vehicle, booking) = bookings.filter({ $1.due <= now }).min(by: {
            ($0.1.due, $0.0) < ($1.1.due, $1.0)
        }) {
            guard booking.isAwarded else {
                end(vehicle, .expired, .noSlotInTime, wasted: false)
                continue
            }
            end(vehicle, .missed, .notThere, wasted: true)
            if let last = lastMissed[vehicle], now - last <= policy.noShowWindowMilliseconds {
                say(.charged, .depositForfeited, vehicle)
            }
            lastMissed[vehicle] = now
        }
        for place in places.indices { fill(place) }
        return lines
    }

    mutating func fill(_ place: Int) {
        let first = up(now, place) + places[place].noticeSlots
        let newest = now / length(place) + places[place].freezeSlots
        var slot = first
        while slot <= newest {
            while taken(place, slot) < capacity(place, slot) {
                struct Candidate {
                    var tier: Int
                    var rank: Int64
                    var tie: UInt64
                    var vehicle: Int
                }
                var candidates: [Candidate] = []
                for (vehicle, booking) in bookings where booking.place == place && booking.earliest <= slot {
                    if booking.isAwarded {
                        guard booking.slot > slot, booking.request.acceptsEarlier, !booking.isCounted else {
                            continue
                        }
                        candidates.append(
                            .init(tier: 1, rank: booking.rank, tie: tie(vehicle, booking), vehicle: vehicle))
                    } else if slot <= booking.latest {
                        let lane = booking.request.lane
                        let day = day(place, slot)
                        let ahead = lane != .ordinary && quotaUsed(place, lane, day) < quota(place, lane, day)
                        candidates.append(
                            .init(
                                tier: (ahead ? 0 : 1) + (isCapped(place, owner(vehicle)) ? 2 : 0),
                                rank: booking.rank,
                                tie: tie(vehicle, booking), vehicle: vehicle))
                    }
                }
                guard
                    let best = candidates.min(by: {
                        ($0.tier, $0.rank, $0.tie, $0.vehicle) < ($1.tier, $1.rank, $1.tie, $1.vehicle)
                    })
                else { break }
                give(best.vehicle, slot, tier: best.tier)
            }
            slot += 1
        }
    }

    mutating func give(_ vehicle: Int, _ slot: Int64, tier: Int) {
        guard let booking = bookings[vehicle] else { return }
        let owner = owner(vehicle)
        if !booking.isAwarded, debts[owner] > 0, booking.owed == 0 {
            let owed = min(debts[owner], policy.longestHoldMilliseconds)
            debts[owner] -= owed
            let held = up(owed, booking.place)
            bookings[vehicle]?.owed = owed
            bookings[vehicle]?.rank += held
            bookings[vehicle]?.earliest = slot + held
            if slot + held > booking.latest { return end(vehicle, .expired, .held, wasted: false) }
            setDue(vehicle)
            return say(.postponed, .held, vehicle)
        }
        let wasAwarded = booking.isAwarded
        bookings[vehicle]?.isAwarded = true
        bookings[vehicle]?.slot = slot
        bookings[vehicle]?.offer = -1
        if !wasAwarded { bookings[vehicle]?.isCounted = tier & 1 == 0 }
        setDue(vehicle)
        if wasAwarded { return say(.moved, .filledHole, vehicle) }
        say(.awarded, tier >= 2 ? .nobodyElse : tier == 0 ? .quota : .turn, vehicle)
    }

    mutating func take(_ input: SlotInput) {
        switch input {
        case .company(_, let owner, let permille):
            owners.append(owner)
            if owner == contracts.count {
                contracts.append(0)
                debts.append(0)
            }
            contracts[owner] = max(contracts[owner], permille)
            blocked.append(-1)
        case .vehicle(_, let identity, let company):
            identities.append(identity)
            companyOf.append(company)
        case .capacity(let place, let from, let to, let count):
            closures.append((place, from / length(place), up(to, place), count))
            for slot in now / length(place)...now / length(place) + places[place].freezeSlots + 1 {
                while taken(place, slot) > capacity(place, slot) {
                    let there = bookings.filter { $1.isAwarded && $1.place == place && $1.slot == slot }
                    guard
                        let last = there.max(by: {
                            ($0.1.rank, tie($0.0, $0.1), $0.0) < ($1.1.rank, tie($1.0, $1.1), $1.0)
                        })
                    else { break }
                    toWaiting(last.key)
                    say(.bumped, .closed, last.key)
                }
            }
        case .arrived(let vehicle, let place):
            guard let booking = bookings[vehicle], booking.isAwarded else {
                return say(.refused, .noBooking, vehicle)
            }
            guard booking.place == place else { return say(.refused, .otherPlace, vehicle) }
            let begin = booking.slot * length(place)
            if now < begin - places[place].earlyMilliseconds { return say(.tooEarly, .beforeWindow, vehicle) }
            if now >= begin + length(place) + places[place].lateMilliseconds { return }
            say(.admitted, .inWindow, vehicle)
            used.append(
                .init(
                    place: place, slot: booking.slot, owner: owner(vehicle),
                    countedLane: booking.isCounted ? booking.request.lane : nil))
            bookings[vehicle] = nil
        case .falseClass(let vehicle):
            blocked[companyOf[vehicle]] = now + policy.falseClassBlockMilliseconds
            charge(owner(vehicle), policy.falseClassDebtMilliseconds, .falseClass, vehicle)
            if let booking = bookings[vehicle], booking.isAwarded {
                lines[lines.count - 1].slot = booking.slot * length(booking.place)
            }
        case .attested(let vehicle, let time): postpone(vehicle, time, .attested)
        case .postpone(let vehicle, let time): postpone(vehicle, time, .asked)
        case .cancel(let vehicle):
            guard let booking = bookings[vehicle] else { return say(.refused, .noBooking, vehicle) }
            let isLate = booking.isAwarded && isWithinNotice(booking)
            end(vehicle, .cancelled, isLate ? .withinNotice : .asked, wasted: isLate)
        case .swap(let vehicle, let other): swap(vehicle, other)
        case .request(let request):
            let vehicle = request.vehicle
            if bookings[vehicle] != nil { return say(.refused, .alreadyBooked, vehicle) }
            if request.lane != .ordinary {
                if !request.isDocumented {
                    return lines.append(.init(kind: .refused, reason: .noDocument, vehicle: vehicle))
                }
                if blocked[companyOf[vehicle]] >= now {
                    return lines.append(.init(kind: .refused, reason: .classBlocked, vehicle: vehicle))
                }
            }
            let wanted = max(request.requestedMilliseconds, request.attestedMilliseconds, now)
            let rank = up(wanted, request.place)
            let latest = request.latestMilliseconds / length(request.place)
            if rank > latest { return say(.refused, .noSlotInTime, vehicle) }
            bookings[vehicle] = Booking(
                place: request.place, request: request, rank: rank, earliest: rank, latest: latest,
                firstRank: wanted)
            setDue(vehicle)
            say(.filed, .asked, vehicle)
        }
    }

    mutating func postpone(_ vehicle: Int, _ time: Int64, _ reason: SlotDecision.Reason) {
        guard let booking = bookings[vehicle] else { return say(.refused, .noBooking, vehicle) }
        let earliest = up(max(time, now), booking.place)
        if booking.isAwarded {
            if earliest <= booking.slot {
                if reason == .asked { return say(.refused, .notLater, vehicle) }
                bookings[vehicle]?.earliest = max(booking.earliest, earliest)
                return
            }
            if reason == .asked, isWithinNotice(booking) { return say(.refused, .withinNotice, vehicle) }
        } else if earliest <= booking.earliest {
            if reason == .asked { say(.refused, .notLater, vehicle) }
            return
        }
        if earliest > booking.latest { return end(vehicle, .expired, .noSlotInTime, wasted: false) }
        let waited = max(0, now - booking.rank * length(booking.place)) / length(booking.place)
        bookings[vehicle]?.earliest = earliest
        bookings[vehicle]?.rank = max(booking.rank, earliest - waited)
        toWaiting(vehicle)
        say(.postponed, reason, vehicle)
    }

    mutating func swap(_ vehicle: Int, _ other: Int) {
        guard let a = bookings[vehicle], a.isAwarded else { return say(.refused, .noBooking, vehicle) }
        bookings[vehicle]?.offer = other
        guard let b = bookings[other], b.isAwarded, b.offer == vehicle else { return }
        func fits(_ booking: Booking, _ slot: Int64) -> Bool {
            booking.isAwarded && !booking.isCounted && !booking.hasSwapped && booking.earliest <= slot
                && slot <= booking.latest && !isWithinNotice(booking)
        }
        guard a.place == b.place, a.slot != b.slot, fits(a, b.slot), fits(b, a.slot) else {
            return say(.refused, .notSwappable, vehicle)
        }
        for (v, slot) in [(vehicle, b.slot), (other, a.slot)] {
            bookings[v]?.slot = slot
            bookings[v]?.hasSwapped = true
            bookings[v]?.offer = -1
            setDue(v)
        }
        let (later, gainer) = a.slot < b.slot ? (vehicle, owner(other)) : (other, owner(vehicle))
        bookings[later]?.gainer = gainer
        let gain = abs(a.slot - b.slot) * length(a.place)
        bookings[later]?.gain = gain
        say(.swapped, .consent, vehicle)
        say(.swapped, .consent, other)
    }
}

extension SlotReference.Booking {
    /// With the wish the draw was made for.
    init(
        place: Int, request: SlotRequest, rank: Int64, earliest: Int64, latest: Int64, firstRank: Int64
    ) {
        self.init(request: request, rank: rank, earliest: earliest, latest: latest)
        self.place = place
        self.firstRank = firstRank
    }
}
