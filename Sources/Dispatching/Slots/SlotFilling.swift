extension SlotMarket {
    /// Standing of a booking in the order of its place.
    func ticket(_ vehicle: Int) -> SlotTicket {
        let booking = bookings[vehicle]
        return SlotTicket(
            rank: booking.rank, tie: booking.tie, vehicle: Int32(vehicle), version: booking.version)
    }

    /// Gives out every free place of the open slots, earliest slot first: a hole only wanders to later ones.
    mutating func fill(_ index: Int) {
        let place = books[index].place
        let newest = books[index].slot(containing: nowMilliseconds) + place.freezeSlots
        guard books[index].isTouched || newest > books[index].newest else { return }
        books[index].newest = newest
        books[index].isTouched = false
        books[index].short.removeAll { bookings[Int($0.vehicle)].version != $0.version }
        let first = max(books[index].slot(from: nowMilliseconds) + place.noticeSlots, books[index].base)
        guard first <= newest else { return }
        for slot in first...newest {
            admitEarly(index, slot)
            while books[index].count(slot) < books[index].capacity(slot),
                let choice = choose(index, slot, newest)
            {
                if !holdBack(choice, index, slot) { award(choice, index, slot) }
            }
        }
    }

    /// Those for whom `slot` is the first of use join the order.
    private mutating func admitEarly(_ index: Int, _ slot: Int64) {
        while let early = books[index].early.first, early.rank <= slot {
            books[index].early.removeFirst()
            let vehicle = Int(early.vehicle)
            let booking = bookings[vehicle]
            guard booking.version == early.version, booking.state == .waiting else { continue }
            var share = books[index].shareOf[booking.owner] ?? books[index].shares.count
            if share == books[index].shares.count {
                books[index].shares.append(.init(owner: booking.owner))
                books[index].shareOf[booking.owner] = share
            }
            share = min(share, books[index].shares.count - 1)
            books[index].shares[share].waiting[booking.lane.rawValue].push(ticket(vehicle), bookings)
        }
    }

    /// One who may have the free place; the least is chosen.
    struct Choice: Comparable {
        /// 0: within a quota, 1: in the order, 2 and 3: the same over the cap.
        var tier: Int
        var ticket: SlotTicket
        static func < (a: Self, b: Self) -> Bool {
            a.tier != b.tier ? a.tier < b.tier : a.ticket < b.ticket
        }
    }

    private mutating func choose(_ index: Int, _ slot: Int64, _ newest: Int64) -> Choice? {
        var best: Choice?
        for share in books[index].shares.indices {
            for lane in SlotLane.allCases {
                guard let ticket = head(index, share, lane, slot, newest) else { continue }
                let choice = standing(index, ticket, slot)
                if let known = best, !(choice < known) { continue }
                best = choice
            }
        }
        for ticket in books[index].short where bookings[Int(ticket.vehicle)].version == ticket.version {
            let booking = bookings[Int(ticket.vehicle)]
            guard booking.earliest <= slot, slot <= booking.latest else { continue }
            let choice = standing(index, ticket, slot)
            if let known = best, !(choice < known) { continue }
            best = choice
        }
        guard slot < newest else { return best }
        for later in slot + 1...newest {
            for i in 0..<books[index].count(later) {
                let vehicle = books[index].holder(later, i)
                guard vehicle >= 0 else { continue }
                let booking = bookings[vehicle]
                guard booking.acceptsEarlier, !booking.isCounted, booking.earliest <= slot else { continue }
                // Whoever holds a slot already takes no more than before.
                let choice = Choice(tier: 1, ticket: ticket(vehicle))
                if let known = best, !(choice < known) { continue }
                best = choice
            }
        }
        return best
    }

    /// The first of an owner in a lane who can use the slot.
    private mutating func head(
        _ index: Int, _ share: Int, _ lane: SlotLane, _ slot: Int64, _ newest: Int64
    ) -> SlotTicket? {
        while let ticket = books[index].shares[share].waiting[lane.rawValue].first {
            let booking = bookings[Int(ticket.vehicle)]
            let isLive = booking.version == ticket.version && booking.state == .waiting
            if isLive, booking.earliest <= slot, slot <= booking.latest { return ticket }
            books[index].shares[share].waiting[lane.rawValue].removeFirst()
            guard isLive else { continue }
            if booking.earliest > slot {
                let later = SlotTicket(
                    rank: booking.earliest, tie: ticket.tie, vehicle: ticket.vehicle, version: ticket.version)
                books[index].early.push(later, bookings)
            } else {
                books[index].short.append(ticket)
            }
        }
        return nil
    }

    private func standing(_ index: Int, _ ticket: SlotTicket, _ slot: Int64) -> Choice {
        let booking = bookings[Int(ticket.vehicle)]
        var tier = 1
        if booking.lane != .ordinary {
            let (row, day) = quotaRow(index, booking.lane, slot)
            let used = books[index].quotas[row].day == day ? books[index].quotas[row].used : 0
            if used < quota(index, booking.lane, day: day) { tier = 0 }
        }
        if held(index, booking.owner) >= cap(index, booking.owner) { tier += 2 }
        return Choice(tier: tier, ticket: ticket)
    }

    private func held(_ index: Int, _ owner: Int32) -> Int64 {
        guard let share = books[index].shareOf[owner] else { return 0 }
        return books[index].shares[share].held
    }

    /// An owner in debt pays when a slot is within reach: its first vehicle in the order is held back, once.
    ///
    /// Not when it files: then a phantom could carry the debt for as long as it likes.
    private mutating func holdBack(_ choice: Choice, _ index: Int, _ slot: Int64) -> Bool {
        let vehicle = Int(choice.ticket.vehicle)
        let booking = bookings[vehicle]
        let debt = owners[Int(booking.owner)].debt
        guard booking.state == .waiting, debt > 0, booking.owed == 0 else { return false }
        let length = books[index].place.slotMilliseconds
        let owed = min(debt, policy.longestHoldMilliseconds)
        owners[Int(booking.owner)].debt -= owed
        let slots = (owed + length - 1) / length
        bookings[vehicle].owed = owed
        bookings[vehicle].rank += slots
        bookings[vehicle].earliest = slot + slots
        if bookings[vehicle].earliest > booking.latest {
            close(vehicle, .expired, .held, wasted: false)
        } else {
            wait(vehicle)
            decide(.postponed, .held, vehicle)
        }
        return true
    }

    private mutating func award(_ choice: Choice, _ index: Int, _ slot: Int64) {
        let vehicle = Int(choice.ticket.vehicle)
        let booking = bookings[vehicle]
        let isMove = booking.state == .awarded
        release(vehicle)
        hold(vehicle, index, slot)
        if isMove {
            decide(.moved, .filledHole, vehicle)
        } else {
            let isAhead = choice.tier & 1 == 0
            if isAhead { count(vehicle, index, slot) }
            decide(.awarded, choice.tier >= 2 ? .nobodyElse : isAhead ? .quota : .turn, vehicle)
        }
        let last = decisions.count - 1
        decisions[last].held = held(index, booking.owner)
        decisions[last].cap = cap(index, booking.owner)
        if booking.lane != .ordinary {
            let (row, day) = quotaRow(index, booking.lane, slot)
            decisions[last].quotaUsed =
                books[index].quotas[row].day == day ? books[index].quotas[row].used : 0
            decisions[last].quota = quota(index, booking.lane, day: day)
        }
    }

    private mutating func count(_ vehicle: Int, _ index: Int, _ slot: Int64) {
        let (row, day) = quotaRow(index, bookings[vehicle].lane, slot)
        if books[index].quotas[row].day != day { books[index].quotas[row] = .init(day: day) }
        books[index].quotas[row].used += 1
        bookings[vehicle].isCounted = true
    }

    /// Puts a booking into a slot that has room.
    mutating func hold(_ vehicle: Int, _ index: Int, _ slot: Int64) {
        books[index].add(vehicle, slot)
        bookings[vehicle].state = .awarded
        bookings[vehicle].slot = slot
        bookings[vehicle].version &+= 1
        if let share = books[index].shareOf[bookings[vehicle].owner] {
            books[index].shares[share].held += 1
        }
        let place = books[index].place
        deadline(vehicle, books[index].begin(slot + 1) + place.lateMilliseconds)
    }
}
