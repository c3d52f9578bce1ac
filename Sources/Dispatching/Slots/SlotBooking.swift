/// The one active booking of a vehicle.
struct SlotBooking {
    enum State { case none, waiting, awarded }
    var state = State.none
    var place: Int32 = 0
    var owner: Int32 = 0
    var lane = SlotLane.ordinary
    var acceptsEarlier = true
    /// Given within a quota and counted there.
    var isCounted = false
    var hasSwapped = false
    /// Changes with every change of state, rank or slot.
    var version: UInt32 = 0
    /// Slots of the place: from which the order counts, first and last of use, held.
    var rank: Int64 = 0
    var earliest: Int64 = 0
    var latest: Int64 = 0
    var slot: Int64 = -1
    var tie: UInt64 = 0
    /// What it was held back by; owed again if it does not come.
    var owed: Int64 = 0
    /// The vehicle it has offered to trade with; -1: none.
    var offer: Int32 = -1
    /// Who got the earlier slot in its trade and by how much: owed by them if this one does not come.
    var gainer: Int32 = -1
    var gain: Int64 = 0
}

/// What is known of a vehicle for ever.
struct SlotVehicle {
    var identity: UInt64
    var company: Int32
    var lastMissed: Int64 = -1
}

struct SlotCompany {
    var owner: Int32
    var blockedUntil: Int64 = -1
}

/// A beneficial owner. Everything that limits, limits it: shells share one cap and one debt.
struct SlotOwner {
    var contractedPermille: Int64 = 0
    var debt: Int64 = 0
}

/// The books of one place.
struct SlotBooks {
    /// Those of one owner who wait there: a queue for each lane, and how many open slots it holds.
    struct Share {
        var owner: Int32
        var held: Int64 = 0
        var waiting: [SlotQueue] = Array(repeating: SlotQueue(), count: SlotLane.allCases.count)
    }
    struct Closure {
        var from: Int64
        var to: Int64
        var places: Int
    }
    /// Of one lane on one day.
    struct Quota {
        var day: Int64 = -1
        var used: Int64 = 0
    }

    let place: SlotPlace
    /// Who holds the slots from `base`, a ring: `place.capacity` vehicles for each of `length` slots.
    private(set) var holders: [Int32]
    private(set) var counts: [Int32]
    private(set) var base: Int64 = 0
    let length: Int64
    var shares: [Share] = []
    /// Index into `shares` of an owner.
    var shareOf: [Int32: Int] = [:]
    /// Not of use yet for any open slot, by the first that is.
    var early = SlotQueue()
    /// Too late for the newest open slot, good for a hole: looked at only when there is one.
    var short: [SlotTicket] = []
    var closures: [Closure] = []
    /// For each lane, of an even and an odd day.
    var quotas: [Quota] = Array(repeating: Quota(), count: 2 * SlotLane.allCases.count)
    /// The newest slot looked at, and whether something has changed since.
    var newest: Int64 = -1
    var isTouched = true

    init(_ place: SlotPlace) {
        self.place = place
        length = place.freezeSlots + 2
        holders = Array(repeating: -1, count: Int(length) * place.capacity)
        counts = Array(repeating: 0, count: Int(length))
    }

    func slot(containing time: Int64) -> Int64 { time / place.slotMilliseconds }
    func slot(from time: Int64) -> Int64 { (time + place.slotMilliseconds - 1) / place.slotMilliseconds }
    func begin(_ slot: Int64) -> Int64 { slot * place.slotMilliseconds }

    /// Of a slot, after closures; the last word counts.
    func capacity(_ slot: Int64) -> Int {
        for closure in closures.reversed() where closure.from <= slot && slot < closure.to {
            return min(closure.places, place.capacity)
        }
        return place.capacity
    }

    func isOpen(_ slot: Int64) -> Bool { slot >= base && slot < base + length }
    func count(_ slot: Int64) -> Int { isOpen(slot) ? Int(counts[Int(slot % length)]) : 0 }
    /// The vehicle; its complement (below zero) when it has been let in.
    func holder(_ slot: Int64, _ index: Int) -> Int {
        Int(holders[Int(slot % length) * place.capacity + index])
    }

    mutating func add(_ vehicle: Int, _ slot: Int64) {
        let row = Int(slot % length)
        precondition(isOpen(slot) && counts[row] < place.capacity)
        holders[row * place.capacity + Int(counts[row])] = Int32(vehicle)
        counts[row] += 1
    }

    /// Let in: the slot is used, its vehicle free to file again.
    mutating func settle(_ vehicle: Int, _ slot: Int64) {
        guard isOpen(slot) else { return }
        let start = Int(slot % length) * place.capacity
        for i in start..<start + count(slot) where holders[i] == Int32(vehicle) {
            holders[i] = ~Int32(vehicle)
        }
    }

    /// False: the slot is no longer in the books.
    mutating func remove(_ vehicle: Int, _ slot: Int64) -> Bool {
        guard isOpen(slot) else { return false }
        let row = Int(slot % length)
        let start = row * place.capacity
        for i in 0..<Int(counts[row]) where holders[start + i] == Int32(vehicle) {
            counts[row] -= 1
            holders[start + i] = holders[start + Int(counts[row])]
            return true
        }
        return false
    }

    /// Closes the books of one slot more.
    mutating func closeOldest() {
        counts[Int(base % length)] = 0
        base += 1
    }

    /// With nothing on the books.
    mutating func skip(to slot: Int64) { base = max(base, slot) }
    var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }
}
