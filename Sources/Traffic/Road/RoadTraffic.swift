/// Keeps trucks apart on roads: headway along lanes, and leases at sections that only so many may use.
///
/// Every truck has a route, a list of sections to its end. It may drive as far as its *authority*: the end of the
/// last section given to it. Sections are given in driving order, so a section's list of holders is also the order
/// in which they drive through it, across borders and at merges: each follows the holder before it.
///
/// **No deadlock.** A *haven* is a section where standing blocks nobody: all trucks that hold it or have it on
/// their route fit into it at once. A truck is *in transit* while it holds anything beyond a haven or stands where
/// is none; its *way* is what is left of its route to the first haven at or after its authority. Truck i *depends*
/// on j when j holds something on i's way that i must wait for: a section not yet i's, a zone not yet i's, or a
/// section both hold that was given to j first. A lease is given only if no circle of dependencies goes through the
/// truck that gets it (`RoadGrants`). Then:
///
/// 1. The graph of dependencies has no circle, ever: a lease adds only edges to its new holder, so a new circle would
///    go through it and is searched for; what is given back, and a truck that leaves, only takes edges away. A new
///    route or truck is refused if it closes one (`setRoute`).
/// 2. So while a truck is in transit there is one that depends on nobody. All it needs to its haven is free, so its
///    next lease is not refused: it adds edges to that truck alone, which has none out. It reaches its haven.
/// 3. When none is in transit, the foremost truck of any haven with a route left has a free way, likewise.
/// 4. The rules for priority, fairness and bounded work only order requests or put them off: a refused one is heard
///    again within `longestRetrySeconds`, or a rest of at most a minute after a lease it let run out; one that depends
///    on nobody is never cut, and who waits longest is heard before all others. So some truck moves on; routes are
///    finite; all arrive.
///
/// Facts can close a circle where leases cannot: trucks found on the roads after a restart (`RoadEntry.isThere`), one that
/// drives on without leave, what a silent one may reach. That counts, and is for people to undo.
///
/// It assumes that trucks with leave drive. One that does not keeps what it is on, and nothing else: leases not
/// entered are withdrawn, and `blocker(of:)` names it as the root of who waits for whom. A route must end in a section
/// where a truck may stand; a truck that parks for good outside a haven blocks what it stands on.
///
/// Pure: no clock, no order of memory; ties go to the lower id. A step allocates nothing.
public final class RoadTraffic {
    public let settings: RoadSettings
    let store: RoadStore
    public internal(set) var now = 0.0
    public internal(set) var counts = RoadCounts()
    public internal(set) var truckCount = 0
    /// Ids are below this.
    public var truckCapacity: Int { store.truckCapacity }
    /// One beyond the highest id in use.
    var highest: Int32 = 0
    var search: Int64 = 0
    /// Trucks that safety checks visited in this tick.
    var visits = 0
    /// When the next guest's lease may end.
    var guestsExpireAt = Double.infinity

    /// `routeCapacity`: sections of a route at most. Nil when a number is out of range.
    public init?(
        layout: RoadLayout, truckCapacity: Int, routeCapacity: Int = 64,
        settings: RoadSettings = RoadSettings()
    ) {
        guard truckCapacity >= 1, truckCapacity <= 1_000_000, routeCapacity >= 1, routeCapacity <= 4096,
            settings.reactionSeconds >= 0, settings.reactionSeconds < 60, settings.marginMeters >= 0,
            settings.marginMeters < 1000, settings.askAheadSeconds >= 0, settings.askAheadSeconds < 600,
            settings.leaseSeconds > 0, settings.silentSeconds > 0, settings.cutOffSeconds >= 0,
            settings.cutOffSeconds < 600, settings.promiseSeconds >= 0,
            settings.deepestCheck >= 16, settings.visitsPerTick >= 0, settings.retrySeconds >= 0,
            settings.longestRetrySeconds >= settings.retrySeconds, settings.longestRetrySeconds < 60
        else { return nil }
        self.settings = settings
        store = RoadStore(layout, truckCapacity: truckCapacity, routeCapacity: routeCapacity)
    }

    /// The same table, with all it knows, with room for more trucks.
    public init(_ old: RoadTraffic, truckCapacity: Int) {
        settings = old.settings
        store = RoadStore(old.store, truckCapacity: max(truckCapacity, old.store.truckCapacity))
        now = old.now
        counts = old.counts
        truckCount = old.truckCount
        highest = old.highest
        search = old.search
        guestsExpireAt = old.guestsExpireAt
    }

    /// One tick. `now` does not go back; reports may be late, repeated and in any order: the newest of each truck
    /// counts. O(trucks + sections they hold + requests).
    public func step(now seconds: Double, reports: UnsafeBufferPointer<RoadReport>) {
        if seconds.isFinite, seconds > now { now = seconds }
        if now >= guestsExpireAt { expireGuests() }
        for report in reports { believe(report) }
        var i: Int32 = 0
        while i < highest {
            if store.bodies[Int(i)].isUsed { follow(i) }
            i &+= 1
        }
        visits = 0
        give()
        i = 0
        while i < highest {
            if store.bodies[Int(i)].isUsed { advise(i) }
            i &+= 1
        }
    }

    public func step(now seconds: Double, reports: [RoadReport]) {
        reports.withUnsafeBufferPointer { step(now: seconds, reports: $0) }
    }

    /// What the last step told a truck. Nil for one that is not there.
    public func advisory(of truck: Int32) -> RoadAdvisory? {
        isKnown(truck) ? store.advisories[Int(truck)] : nil
    }

    @inline(__always) func isKnown(_ truck: Int32) -> Bool {
        truck >= 0 && Int(truck) < store.truckCapacity && store.bodies[Int(truck)].isUsed
    }

    private func believe(_ r: RoadReport) {
        guard isKnown(r.truck), r.routeMeters.isFinite, abs(r.routeMeters) < 1e8, r.speed.isFinite,
            r.speed >= 0, r.speed <= 100, r.measuredSeconds.isFinite, r.measuredSeconds <= now,
            r.uncertaintyMeters >= 0, r.uncertaintyMeters < 1000
        else {
            counts.ignoredReports &+= 1
            return
        }
        let b = store.bodies + Int(r.truck)
        let meters = r.routeMeters + b.pointee.shift
        // Of two with one time the one farther back counts, whichever came first.
        guard
            r.measuredSeconds > b.pointee.measured || !b.pointee.isHeard
                || (r.measuredSeconds == b.pointee.measured
                    && meters + r.uncertaintyMeters < b.pointee.front)
        else { return }
        b.pointee.isHeard = true
        b.pointee.measured = r.measuredSeconds
        b.pointee.front = meters + r.uncertaintyMeters
        b.pointee.speed = r.speed
        b.pointee.isDisabled = r.isDisabled
        b.pointee.ownRear = meters - r.uncertaintyMeters - b.pointee.length
        if b.pointee.nextInPlatoon < 0 { b.pointee.rear = b.pointee.ownRear }
    }
}

/// What happened since the table was made.
public struct RoadCounts: Hashable, Sendable {
    public var leases = 0
    public var withdrawn = 0
    /// Requests refused because a circle of waiting trucks could come of them.
    public var unsafeRequests = 0
    /// Safety checks that were cut short and refused.
    public var cutChecks = 0
    /// Trucks that drove beyond their authority, each once a border.
    public var overruns = 0
    public var ignoredReports = 0
    public var splits = 0
    /// Leases of guests that ran out without being renewed.
    public var expiredGuests = 0
    public init() {}
}
