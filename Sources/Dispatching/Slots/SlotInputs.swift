extension SlotMarket {
    /// One input of a tick. What is wrong with it is told, never trapped on.
    mutating func take(_ input: SlotInput) {
        switch input {
        case .company(let company, let owner, let permille): register(company, owner, permille)
        case .vehicle(let vehicle, let identity, let company):
            guard vehicle == vehicles.count, vehicle < SlotLimits.vehicles else {
                return decisions.append(refusal(.badNumber, vehicle: vehicle))
            }
            guard companies.indices.contains(company) else {
                return decisions.append(refusal(.unknownCompany, vehicle: vehicle))
            }
            vehicles.append(SlotVehicle(identity: identity, company: Int32(company)))
            bookings.append(SlotBooking())
        case .capacity(let place, let from, let to, let places): change(place, from, to, places)
        case .arrived(let vehicle, let place): arrive(vehicle, place)
        case .falseClass(let vehicle): convict(vehicle)
        case .attested(let vehicle, let earliest): postpone(vehicle, earliest, .attested)
        case .cancel(let vehicle): cancel(vehicle)
        case .postpone(let vehicle, let earliest): postpone(vehicle, earliest, .asked)
        case .swap(let vehicle, let other): offer(vehicle, other)
        case .request(let request): file(request)
        }
    }

    private mutating func register(_ company: Int, _ owner: Int, _ permille: Int64) {
        guard company == companies.count, company < SlotLimits.companies, (0...owners.count).contains(owner),
            (0...1000).contains(permille)
        else { return decisions.append(refusal(.badNumber)) }
        if owner == owners.count { owners.append(SlotOwner()) }
        // Shells add nothing: an owner has the largest of its contracts, not their sum.
        owners[owner].contractedPermille = max(owners[owner].contractedPermille, permille)
        companies.append(SlotCompany(owner: Int32(owner)))
    }

    private mutating func file(_ request: SlotRequest) {
        let (vehicle, place) = (request.vehicle, request.place)
        func refuse(_ reason: SlotDecision.Reason) {
            decisions.append(refusal(reason, vehicle: vehicle, place: place))
        }
        guard vehicles.indices.contains(vehicle) else { return refuse(.unknownVehicle) }
        guard books.indices.contains(place) else { return refuse(.unknownPlace) }
        guard bookings[vehicle].state == .none else { return refuse(.alreadyBooked) }
        guard SlotLimits.time.contains(request.requestedMilliseconds),
            SlotLimits.time.contains(request.latestMilliseconds),
            SlotLimits.time.contains(request.attestedMilliseconds)
        else { return refuse(.badTime) }
        if request.lane != .ordinary {
            guard request.isDocumented else { return refuse(.noDocument) }
            guard companies[Int(vehicles[vehicle].company)].blockedUntil < nowMilliseconds else {
                return refuse(.classBlocked)
            }
        }
        let owner = companies[Int(vehicles[vehicle].company)].owner
        let wanted = max(request.requestedMilliseconds, request.attestedMilliseconds, nowMilliseconds)
        let rank = books[place].slot(from: wanted)
        let latest = books[place].slot(containing: request.latestMilliseconds)
        guard rank <= latest else { return refuse(.noSlotInTime) }
        bookings[vehicle] = SlotBooking(
            place: Int32(place), owner: owner, lane: request.lane, acceptsEarlier: request.acceptsEarlier,
            version: bookings[vehicle].version, rank: rank, earliest: rank, latest: latest,
            tie: draw(vehicle, place, rank))
        wait(vehicle)
        decide(.filed, .asked, vehicle)
    }

    private mutating func arrive(_ vehicle: Int, _ place: Int) {
        guard vehicles.indices.contains(vehicle) else {
            return decisions.append(refusal(.unknownVehicle, vehicle: vehicle, place: place))
        }
        let booking = bookings[vehicle]
        guard booking.state == .awarded else {
            return decisions.append(refusal(.noBooking, vehicle: vehicle, place: place))
        }
        guard Int(booking.place) == place else {
            return decisions.append(refusal(.otherPlace, vehicle: vehicle, place: place))
        }
        let rules = books[place].place
        let begin = books[place].begin(booking.slot)
        guard nowMilliseconds >= begin - rules.earlyMilliseconds else {
            return decide(.tooEarly, .beforeWindow, vehicle)
        }
        guard nowMilliseconds < begin + rules.slotMilliseconds + rules.lateMilliseconds else { return }
        // The slot stays on the books until it begins: who is let in early has used it.
        books[place].settle(vehicle, booking.slot)
        decide(.admitted, .inWindow, vehicle)
        bookings[vehicle].state = .none
        bookings[vehicle].version &+= 1
    }

    private mutating func convict(_ vehicle: Int) {
        guard vehicles.indices.contains(vehicle) else {
            return decisions.append(refusal(.unknownVehicle, vehicle: vehicle))
        }
        let company = Int(vehicles[vehicle].company)
        companies[company].blockedUntil = nowMilliseconds + policy.falseClassBlockMilliseconds
        charge(companies[company].owner, policy.falseClassDebtMilliseconds, .falseClass, vehicle)
    }

    /// Whether a slot begins so soon that nobody else can use it.
    func isWithinNotice(_ booking: SlotBooking) -> Bool {
        let books = books[Int(booking.place)]
        return books.begin(booking.slot - books.place.noticeSlots) < nowMilliseconds
    }

    private mutating func cancel(_ vehicle: Int) {
        guard vehicles.indices.contains(vehicle), bookings[vehicle].state != .none else {
            return decisions.append(refusal(.noBooking, vehicle: vehicle))
        }
        let isLate = bookings[vehicle].state == .awarded && isWithinNotice(bookings[vehicle])
        close(vehicle, .cancelled, isLate ? .withinNotice : .asked, wasted: isLate)
    }

    /// Later than it was, by wish or by fact. The booking keeps the time it has waited: its credit.
    private mutating func postpone(_ vehicle: Int, _ time: Int64, _ reason: SlotDecision.Reason) {
        guard vehicles.indices.contains(vehicle), bookings[vehicle].state != .none else {
            return decisions.append(refusal(.noBooking, vehicle: vehicle))
        }
        let booking = bookings[vehicle]
        let index = Int(booking.place)
        guard SlotLimits.time.contains(time) else {
            return decisions.append(refusal(.badTime, vehicle: vehicle, place: index))
        }
        let earliest = books[index].slot(from: max(time, nowMilliseconds))
        guard
            earliest > max(booking.earliest, booking.slot)
                || (reason == .attested && earliest > booking.earliest)
        else {
            // Ground control tells the same again and again; a company that asks for it errs.
            if reason == .asked { decisions.append(refusal(.notLater, vehicle: vehicle, place: index)) }
            return
        }
        if booking.state == .awarded, earliest <= booking.slot {
            bookings[vehicle].earliest = earliest
            return
        }
        if booking.state == .awarded, reason == .asked, isWithinNotice(booking) {
            return decisions.append(refusal(.withinNotice, vehicle: vehicle, place: index))
        }
        guard earliest <= booking.latest else {
            return close(vehicle, .expired, .noSlotInTime, wasted: false)
        }
        let waited =
            max(0, nowMilliseconds - books[index].begin(booking.rank)) / books[index].place.slotMilliseconds
        release(vehicle)
        bookings[vehicle].earliest = earliest
        bookings[vehicle].rank = max(booking.rank, earliest - waited)
        wait(vehicle)
        decide(.postponed, reason, vehicle)
    }

    private mutating func offer(_ vehicle: Int, _ other: Int) {
        guard vehicles.indices.contains(vehicle), vehicles.indices.contains(other), vehicle != other else {
            return decisions.append(refusal(.unknownVehicle, vehicle: vehicle))
        }
        guard bookings[vehicle].state == .awarded else {
            return decisions.append(refusal(.noBooking, vehicle: vehicle))
        }
        bookings[vehicle].offer = Int32(other)
        guard bookings[other].state == .awarded, bookings[other].offer == Int32(vehicle) else { return }
        let (a, b) = (bookings[vehicle], bookings[other])
        func fits(_ booking: SlotBooking, _ slot: Int64) -> Bool {
            booking.state == .awarded && !booking.isCounted && !booking.hasSwapped && booking.earliest <= slot
                && slot <= booking.latest && !isWithinNotice(booking)
        }
        guard a.place == b.place, a.slot != b.slot, fits(a, b.slot), fits(b, a.slot) else {
            return decisions.append(refusal(.notSwappable, vehicle: vehicle, place: Int(a.place)))
        }
        let index = Int(a.place)
        release(vehicle)
        release(other)
        for (v, slot) in [(vehicle, b.slot), (other, a.slot)] { hold(v, index, slot) }
        let (later, gainer) = a.slot < b.slot ? (vehicle, b.owner) : (other, a.owner)
        bookings[later].gainer = gainer
        bookings[later].gain = abs(a.slot - b.slot) * books[index].place.slotMilliseconds
        for v in [vehicle, other] {
            bookings[v].hasSwapped = true
            decide(.swapped, .consent, v)
        }
    }

    private mutating func change(_ place: Int, _ from: Int64, _ to: Int64, _ places: Int) {
        guard books.indices.contains(place) else {
            return decisions.append(refusal(.unknownPlace, place: place))
        }
        guard SlotLimits.time.contains(from), SlotLimits.time.contains(to), from < to, places >= 0 else {
            return decisions.append(refusal(.badTime, place: place))
        }
        guard books[place].closures.count < SlotLimits.closures else {
            return decisions.append(refusal(.tooManyClosures, place: place))
        }
        let (first, end) = (books[place].slot(containing: from), books[place].slot(from: to))
        books[place].closures.append(.init(from: first, to: end, places: places))
        books[place].isTouched = true
        // Who has no place any more: the last in the order first; they keep their rank.
        for slot in books[place].base..<books[place].base + books[place].length {
            while books[place].count(slot) > books[place].capacity(slot) {
                var last = -1
                for i in 0..<books[place].count(slot) {
                    let vehicle = books[place].holder(slot, i)
                    // Who has been let in stays.
                    guard vehicle >= 0 else { continue }
                    if last < 0 || ticket(last) < ticket(vehicle) { last = vehicle }
                }
                guard last >= 0 else { break }
                release(last)
                wait(last)
                decide(.bumped, .closed, last)
            }
        }
    }
}
