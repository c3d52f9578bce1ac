/// One section held by one body, linked in the order in which the section was given: that is the order in which
/// bodies drive through it.
struct RoadHold {
    var section: Int32 = -1
    /// Of the holder's route.
    var index: Int32 = -1
    /// Holds before and behind in the section, -1 at the ends.
    var ahead: Int32 = -1
    var behind: Int32 = -1
    /// Metres along the holder's route where the section starts.
    var start = 0.0
}

/// A truck, or the whole platoon that it leads.
struct RoadBody {
    var front = 0.0
    /// Metres along the route of the rear of the body: of the last truck of a platoon.
    var rear = 0.0
    /// The same of the truck alone.
    var ownRear = 0.0
    /// Metres of the route it has now less those of the one it reports along: of its platoon's leader, once it joined one.
    var shift = 0.0
    var speed = 0.0
    var measured = 0.0
    var length = 0.0
    /// What it takes of a section when it stands: length and the gap behind it, of all members.
    var claim = 0.0
    var brakingAtLeast = 0.0
    var brakingAtMost = 0.0
    var mass = 0.0
    /// Since when it asks in vain; negative when it does not.
    var waitingSince = -1.0
    /// Until when what is leased beyond its front section should have been entered.
    var leaseEnds = 0.0
    /// When its leases are withdrawn, once it surely had time to hear of it; negative when they are not.
    var withdrawnAt = -1.0
    /// It asks again after this: grows each time a lease was not used.
    var restUntil = 0.0
    var restSeconds = 0.0
    /// After a refusal by the safety check: when it asks again, and how long it then waits.
    var retryAt = 0.0
    var retrySeconds = 0.0
    var expected = 0.0
    /// Copies for the walks over all bodies: ends of the sections at `firstHeld`, `frontIndex` and `lastHeld`, metres along
    /// the route, and the limit at its front. See `refresh`.
    var firstEnd = 0.0
    var frontEnd = 0.0
    var lastEnd = 0.0
    var frontLimit = 0.0
    var routeCount: Int32 = 0
    /// Index of the section its front is in.
    var frontIndex: Int32 = 0
    /// Held sections are those of the route from `firstHeld` to `lastHeld`.
    var firstHeld: Int32 = 0
    var lastHeld: Int32 = -1
    var blocker: Int32 = -1
    /// Leader of its platoon, -1 when it leads or drives alone; next behind it in the platoon.
    var platoon: Int32 = -1
    var nextInPlatoon: Int32 = -1
    var isUsed = false
    var isDisabled = false
    var isHeard = false
    var priority: UInt8 = 0
    var reason = RoadAdvisory.Reason.free
}

struct RoadSectionState {
    /// Hold of the body farthest ahead and of the one given the section last.
    var first: Int32 = -1
    var last: Int32 = -1
    var length = 0.0
    var speedLimit = 0.0
    /// Metres that its holders take when they stand.
    var used = 0.0
    /// Metres that all would take who hold it or have it on their route.
    var claimed = 0.0
    var zone: Int32 = -1
    var direction: UInt8 = 0
    var mayStand = true

    /// All that will ever come by the routes now known could stand here at once: nobody need leave for another.
    var isHaven: Bool { mayStand && zone < 0 && claimed + Self.slackMeters <= length }
    /// Trucks do not stop to the metre.
    static let slackMeters = 15.0
}

struct RoadZoneState {
    var capacity: Int32 = 1
    var batch: Int32 = 8
    var maximumMass = 0.0
    var mass = 0.0
    /// Into `RoadStore.holders`: who is inside or has leave to enter, and how many sections of it each holds.
    var holders: Int32 = 0
    var count: Int32 = 0
    var direction: UInt8 = 0
    /// How many entered this way since another way waited.
    var batched: Int32 = 0
    /// When somebody last asked in vain for another direction, and for whom it is promised this tick.
    var otherWaitsAt = -1.0
    var promisedAt = -1.0
    var promisedTo: Int32 = -1
}

struct RoadZoneHolder {
    /// A truck, or -2 minus the number of a guest (a drone on a pad).
    var body: Int32 = -1
    var sections: Int32 = 0
    var since = 0.0
    /// Of a guest: when its lease ends, and its mass.
    var until = Double.infinity
    var mass = 0.0
}

/// Flat memory of the table, taken once.
final class RoadStore {
    /// Sections a body may hold at a time.
    static let window = 16
    /// Places for those who are in a full zone without leave.
    static let spareHolders = 8
    let truckCapacity: Int
    let routeCapacity: Int
    let sectionCount: Int
    let zoneCount: Int
    let bodies: UnsafeMutablePointer<RoadBody>
    let holds: UnsafeMutablePointer<RoadHold>
    let routes: UnsafeMutablePointer<Int32>
    let sections: UnsafeMutablePointer<RoadSectionState>
    let zones: UnsafeMutablePointer<RoadZoneState>
    let holders: UnsafeMutablePointer<RoadZoneHolder>
    let holderCount: Int
    let advisories: UnsafeMutablePointer<RoadAdvisory>
    /// Bodies that ask in this tick, in their order; depth-first search: stack, and who was seen in which search.
    let asking: UnsafeMutablePointer<Int32>
    let stack: UnsafeMutablePointer<Int32>
    let seen: UnsafeMutablePointer<Int64>

    init(_ layout: RoadLayout, truckCapacity: Int, routeCapacity: Int) {
        self.truckCapacity = truckCapacity
        self.routeCapacity = routeCapacity
        sectionCount = layout.sections.count
        zoneCount = layout.zones.count
        func take<T>(_ count: Int, _ value: T) -> UnsafeMutablePointer<T> {
            let memory = UnsafeMutablePointer<T>.allocate(capacity: max(count, 1))
            memory.initialize(repeating: value, count: max(count, 1))
            return memory
        }
        bodies = take(truckCapacity, RoadBody())
        holds = take(truckCapacity * Self.window, RoadHold())
        routes = take(truckCapacity * routeCapacity, -1)
        sections = take(sectionCount, RoadSectionState())
        zones = take(zoneCount, RoadZoneState())
        holderCount = layout.zones.reduce(0) { $0 + $1.capacity + Self.spareHolders }
        holders = take(holderCount, RoadZoneHolder())
        advisories = take(truckCapacity, .none)
        asking = take(truckCapacity, 0)
        stack = take(truckCapacity, 0)
        seen = take(truckCapacity, 0)
        for (i, s) in layout.sections.enumerated() {
            sections[i].length = s.lengthMeters
            sections[i].speedLimit = s.speedLimit
            sections[i].zone = s.zone
            sections[i].direction = s.direction
            sections[i].mayStand = s.mayStand
        }
        var offset = 0
        for (i, z) in layout.zones.enumerated() {
            zones[i].capacity = Int32(z.capacity)
            zones[i].batch = Int32(z.batch)
            zones[i].maximumMass = z.maximumKilograms
            zones[i].holders = Int32(offset)
            offset += z.capacity + Self.spareHolders
        }
    }

    /// The same table with room for more trucks: numbers of trucks and holds stay what they are.
    init(_ old: RoadStore, truckCapacity: Int) {
        self.truckCapacity = truckCapacity
        routeCapacity = old.routeCapacity
        sectionCount = old.sectionCount
        zoneCount = old.zoneCount
        holderCount = old.holderCount
        func copy<T>(_ from: UnsafeMutablePointer<T>, _ used: Int, _ count: Int, _ value: T)
            -> UnsafeMutablePointer<T>
        {
            let memory = UnsafeMutablePointer<T>.allocate(capacity: max(count, 1))
            memory.initialize(repeating: value, count: max(count, 1))
            memory.update(from: from, count: min(used, count))
            return memory
        }
        let trucks = old.truckCapacity
        bodies = copy(old.bodies, trucks, truckCapacity, RoadBody())
        holds = copy(old.holds, trucks * Self.window, truckCapacity * Self.window, RoadHold())
        routes = copy(old.routes, trucks * routeCapacity, truckCapacity * routeCapacity, -1)
        sections = copy(old.sections, sectionCount, sectionCount, RoadSectionState())
        zones = copy(old.zones, zoneCount, zoneCount, RoadZoneState())
        holders = copy(old.holders, holderCount, holderCount, RoadZoneHolder())
        advisories = copy(old.advisories, trucks, truckCapacity, .none)
        asking = copy(old.asking, 0, truckCapacity, 0)
        stack = copy(old.stack, 0, truckCapacity, 0)
        seen = copy(old.seen, 0, truckCapacity, 0)
    }

    deinit {
        // All elements are trivial.
        bodies.deallocate()
        holds.deallocate()
        routes.deallocate()
        sections.deallocate()
        zones.deallocate()
        holders.deallocate()
        advisories.deallocate()
        asking.deallocate()
        stack.deallocate()
        seen.deallocate()
    }

    @inline(__always) func hold(_ body: Int32, _ index: Int32) -> Int {
        Int(body) * Self.window + Int(index) & (Self.window - 1)
    }

    @inline(__always) func section(_ body: Int32, _ index: Int32) -> Int {
        Int(routes[Int(body) * routeCapacity + Int(index)])
    }

    @inline(__always) func holder(of hold: Int32) -> Int32 { hold / Int32(Self.window) }
}
