import World

/// Where manoeuvres are allowed, told for each plane that flights are worked on in.
public protocol FlightAirspace {
    associatedtype Local: ResolutionAirspace
    /// `extentMeters`: how far from the plane's origin flights are.
    func around(_ plane: LocalPlane, extentMeters: Double) -> Local
}

extension OpenAirspace: FlightAirspace {
    public func around(_ plane: LocalPlane, extentMeters: Double) -> OpenAirspace { self }
}

/// Two flights that will be in each other's volume: indices into the tick's flights, and when.
public struct FlightConflict: Hashable, Sendable {
    public var a: Int32
    public var b: Int32
    /// Seconds from now.
    public var entrySeconds: Double
    public var exitSeconds: Double
    /// How far apart they are now by the best estimate, without what is added for errors.
    public var horizontalMeters: Double
    public var verticalMeters: Double
}

/// What one flight is to do.
public struct FlightAdvisory: Hashable, Sendable {
    public var reason: AdvisoryReason
    /// Whether it differs from what it flies.
    public var isNew: Bool
    /// Velocities to its own east and north.
    public var manoeuvre: Manoeuvre
    /// Whom it avoids, by id; its own id when nobody.
    public var against: UInt32
    public var timeSeconds: Double
}

/// What a tick did and did not do.
public struct AirReport: Hashable, Sendable {
    public var flights = 0
    /// Not finite, absurd, or not in ascending order of id.
    public var refusedFlights = 0
    public var groups = 0
    /// The most that was added to a radius because the earth is not flat, metres: 1 mm for a city.
    public var stretchMeters = 0.0
    public var detection = DetectionReport()
    public var resolution = ResolutionCounts()
    /// Flights whose way was looked at for fences in this tick.
    public var fenceLooks = 0
}

/// Everything one tick does about the air, over the whole fleet wherever it is: measured values are brought to now and
/// inflated by what is not known, flights that may concern each other are put on one plane, conflicts are found exactly,
/// resolved together, and checked against fences.
///
/// No knowledge is kept between ticks: the same flights give the same bytes, on any number of threads and either vector
/// path. A steady tick allocates nothing.
public final class AirTraffic {
    public let settings: AirTrafficSettings
    private let detector: ConflictDetector
    private let resolver: Resolver
    private let groups = FlightGroups()
    private let table = BodyTable()
    private var capacity = 0
    private var isSound: UnsafeMutablePointer<Bool>
    private var places: UnsafeMutablePointer<LocalPlane.Place>
    private var bodies: UnsafeMutablePointer<ResolutionBody>
    private var resolved: UnsafeMutablePointer<Int32>
    private var answers: UnsafeMutablePointer<Advisory>
    private var advised: UnsafeMutablePointer<FlightAdvisory>
    private var breached: UnsafeMutablePointer<Int32>
    private var breachCount = 0
    private var found = ConflictList()
    public private(set) var report = AirReport()
    private var tickHash = StableHash()

    /// Nil when a class of the settings is not sound.
    public init?(_ settings: AirTrafficSettings, threads: Int = 1, path: VectorPath = .best) {
        guard
            let resolver = Resolver(
                classes: settings.classes, settings: settings.resolver, path: path, threads: threads),
            settings.lookaheadSeconds >= 0,
            settings.lookaheadSeconds <= DetectionLimits.longestLookaheadSeconds
        else { return nil }
        self.settings = settings
        self.resolver = resolver
        detector = ConflictDetector(
            settings.volumes, lookaheadSeconds: settings.lookaheadSeconds, limits: settings.limits,
            threads: threads, path: path)
        isSound = .allocate(capacity: 1)
        places = .allocate(capacity: 1)
        bodies = .allocate(capacity: 1)
        resolved = .allocate(capacity: 1)
        answers = .allocate(capacity: 1)
        advised = .allocate(capacity: 1)
        breached = .allocate(capacity: 1)
    }

    deinit {
        free()
        found.deallocate()
    }

    private func free() {
        isSound.deallocate()
        places.deallocate()
        bodies.deallocate()
        resolved.deallocate()
        answers.deallocate()
        advised.deallocate()
        breached.deallocate()
    }

    private func reserve(_ flights: Int) {
        guard flights > capacity else { return }
        free()
        capacity = flights + flights / 8 + 64
        isSound = .allocate(capacity: capacity)
        places = .allocate(capacity: capacity)
        bodies = .allocate(capacity: capacity)
        resolved = .allocate(capacity: capacity)
        answers = .allocate(capacity: capacity)
        advised = .allocate(capacity: capacity)
        breached = .allocate(capacity: capacity)
    }

    /// Of the last tick, by entry time, then `a`, then `b`; valid until the next.
    public var conflicts: UnsafeBufferPointer<FlightConflict> { found.conflicts }
    /// Of the last tick, for each flight.
    public var advisories: UnsafeBufferPointer<FlightAdvisory> {
        UnsafeBufferPointer(start: advised, count: report.flights)
    }
    /// Flights whose committed way leaves what the airspace allows, of those looked at in the last tick.
    public var breaches: UnsafeBufferPointer<Int32> {
        UnsafeBufferPointer(start: breached, count: breachCount)
    }
    /// Of the last tick's conflicts and new advisories.
    public var hash: UInt64 { tickHash.value }

    public var memoryBytes: Int {
        let each =
            MemoryLayout<LocalPlane.Place>.stride + MemoryLayout<ResolutionBody>.stride
            + MemoryLayout<Advisory>.stride + MemoryLayout<FlightAdvisory>.stride + 9
        return capacity * each + groups.memoryBytes + detector.memoryBytes + resolver.memoryBytes
            + found.memoryBytes
    }

    /// One tick. `number` counts ticks: it staggers what need not be looked at each time.
    public func tick<Airspace: FlightAirspace>(
        _ flights: UnsafeBufferPointer<Flight>, number: UInt64, airspace: Airspace
    ) {
        var nobody = NoAirObserver()
        tick(flights, number: number, airspace: airspace, observer: &nobody)
    }

    /// The same; `observer` is told as each part ends.
    public func tick<Airspace: FlightAirspace, Observer: AirObserver>(
        _ flights: UnsafeBufferPointer<Flight>, number: UInt64, airspace: Airspace,
        observer: inout Observer
    ) {
        reserve(flights.count)
        report = AirReport()
        report.flights = flights.count
        found.removeAll()
        breachCount = 0
        let reach = admit(flights)
        groups.sort(flights, isSound, reach: reach.meters)
        report.groups = groups.count
        observer.ended(.grouped)
        for g in 0..<groups.count {
            let (from, to) = (Int(groups.starts[g]), Int(groups.starts[g + 1]))
            work(flights, from..<to, number, airspace, reach, &observer)
        }
        if groups.count > 1 { found.sort() }
        fold(flights)
        observer.ended(.folded)
    }

    /// How far flights of this tick may come and what is not known of them: bounds over all.
    private struct Reach {
        /// The way one flies within what is looked ahead, metres.
        var way = 0.0
        /// What is added to the volume of one.
        var added = 0.0
        /// Metres within which two may concern each other.
        var meters = 0.0
    }

    /// Tells sound flights from others.
    private func admit(_ flights: UnsafeBufferPointer<Flight>) -> Reach {
        guard let first = flights.baseAddress else { return Reach() }
        var fastest = 0.0
        var reach = Reach()
        var last: Int64 = -1
        for i in 0..<flights.count {
            let flight = first + i
            let isGood = flight.pointee.isSound && Int64(flight.pointee.id) > last
            isSound[i] = isGood
            (advised + i).initialize(
                to: FlightAdvisory(
                    reason: isGood ? .uncontrolled : .refused, isNew: false,
                    manoeuvre: flight.pointee.current, against: flight.pointee.id, timeSeconds: 0))
            guard isGood else {
                report.refusedFlights += 1
                continue
            }
            last = Int64(flight.pointee.id)
            let (vx, vy) = (flight.pointee.velocityEast, flight.pointee.velocityNorth)
            let square = vx * vx + vy * vy
            if square > fastest { fastest = square }
            let (wx, wy) = (flight.pointee.wanted.vx, flight.pointee.wanted.vy)
            let wanted = wx * wx + wy * wy
            if wanted > fastest, wanted <= Flight.fastestSquared { fastest = wanted }
            let more =
                flight.pointee.addedRadius(settings.uncertainty) + flight.pointee.aheadEastMeters.magnitude
                + flight.pointee.aheadNorthMeters.magnitude
            if more > reach.added { reach.added = more }
        }
        let seconds = max(settings.lookaheadSeconds, settings.resolver.intruderHorizonSeconds) + 5
        reach.way = seconds * max(fastest.squareRoot(), settings.fastestMetersPerSecond)
        reach.meters = 2 * (reach.way + reach.added) + settings.widestMeters + 1000
        return reach
    }

    /// One group: on a plane around its middle.
    private func work<Airspace: FlightAirspace, Observer: AirObserver>(
        _ flights: UnsafeBufferPointer<Flight>, _ range: Range<Int>, _ number: UInt64, _ airspace: Airspace,
        _ reach: Reach, _ observer: inout Observer
    ) {
        guard let first = flights.baseAddress else { return }
        let (plane, distance) = plane(first, range)
        table.removeAll()
        let stretch = stretch(distance, reach)
        if stretch > report.stretchMeters { report.stretchMeters = stretch }
        var count = 0
        var needsResolution = range.count > 1
        for place in range {
            let member = groups.members[place]
            let flight = first + Int(member)
            let spot = plane.place(
                latitudeE7: flight.pointee.latitudeE7, longitudeE7: flight.pointee.longitudeE7)
            let body = body(flight, spot, stretch)
            table.append(body, flight.pointee.kind)
            guard flight.pointee.isResolved else { continue }
            needsResolution = needsResolution || flight.pointee.current != flight.pointee.wanted
            resolved[count] = member
            (places + count).initialize(to: spot)
            (bodies + count).initialize(to: resolutionBody(flight, body, spot))
            count += 1
        }
        observer.ended(.placed)
        if range.count > 1 {
            detector.run(table)
            report.detection.add(detector.report)
            for conflict in detector.conflicts { append(conflict, range.lowerBound) }
        } else {
            report.detection.bodies += 1
        }
        observer.ended(.detected)
        let local = airspace.around(plane, extentMeters: distance)
        if needsResolution {
            let counts = resolver.resolve(
                UnsafeBufferPointer(start: bodies, count: count), tick: number, airspace: local,
                into: UnsafeMutableBufferPointer(start: answers, count: count))
            report.resolution.add(counts)
            observer.ended(.resolved)
            for k in 0..<count { advise(k) }
        } else if count == 1 {
            advised[Int(resolved[0])].reason = bodies[0].isCooperative ? .clear : .uncontrolled
        }
        lookAtFences(count, number, local, isAnswered: needsResolution)
        observer.ended(.fenced)
    }

    /// What is added to each radius because lengths on the plane are too long, and because a straight way is not quite
    /// straight on it: bent by at most half its square times the distance over twice the earth's radius squared, and
    /// longer by as much.
    private func stretch(_ distance: Double, _ reach: Reach) -> Double {
        let share = LocalPlane.scaleError(distanceMeters: distance)
        let bend = reach.way * reach.way * (distance + reach.way) / (6.33e6 * 6.33e6)
        return min(share * (0.5 * settings.widestMeters + reach.added) + bend, 1e5)
    }

    /// A plane around the middle of a group, and how far from there its members are at most.
    private func plane(
        _ first: UnsafePointer<Flight>, _ range: Range<Int>
    ) -> (plane: LocalPlane, distance: Double) {
        let from = first + Int(groups.members[range.lowerBound])
        let start = from.pointee.longitudeE7
        var (south, north) = (from.pointee.latitudeE7, from.pointee.latitudeE7)
        var (west, east) = (0.0, 0.0)
        for place in range {
            let flight = first + Int(groups.members[place])
            let latitude = flight.pointee.latitudeE7
            if latitude < south { south = latitude }
            if latitude > north { north = latitude }
            let turn = LocalPlane.turn(from: start, to: flight.pointee.longitudeE7)
            if turn < west { west = turn }
            if turn > east { east = turn }
        }
        // Around a pole the pole is the middle.
        if max(north.magnitude, south.magnitude) > UInt32(FlightGroups.polarE7) {
            let isNorth = north > FlightGroups.polarE7
            let far = isNorth ? 9e8 - Double(south) : 9e8 + Double(north)
            return (
                LocalPlane(latitudeE7: isNorth ? 900_000_000 : -900_000_000, longitudeE7: 0),
                6.4e6 * LocalPlane.radiansPerE7 * far + 1
            )
        }
        // On a coarse grid, so that a group keeps its plane for a while and what is known about it can be kept.
        let grid = 500_000.0
        let middle = Int32(
            (0.5 * (Double(south) + Double(north)) / grid).rounded(.toNearestOrAwayFromZero) * grid)
        var longitude = Double(start) + 0.5 * (west + east)
        longitude = (longitude / grid).rounded(.toNearestOrAwayFromZero) * grid
        if longitude > 1.8e9 { longitude -= 3.6e9 } else if longitude < -1.8e9 { longitude += 3.6e9 }
        let plane = LocalPlane(latitudeE7: middle, longitudeE7: Int32(longitude))
        // Along the meridian and then the widest parallel is farther than straight; the middle is off by half the grid.
        let lowest = south > 0 ? south : north < 0 ? north : 0
        let narrow = LocalPlane.sineCosine(Double(lowest) * LocalPlane.radiansPerE7).cosine
        let (rise, turn) = (
            0.5 * (Double(north) - Double(south) + grid), 0.5 * (east - west + grid)
        )
        return (plane, 6.4e6 * LocalPlane.radiansPerE7 * (rise + turn * narrow) + 1)
    }

    /// Brought to now and inflated.
    @inline(__always)
    private func body(_ flight: UnsafePointer<Flight>, _ place: LocalPlane.Place, _ stretch: Double) -> Body {
        let v = place.turned(flight.pointee.velocityEast, flight.pointee.velocityNorth)
        let ahead = place.turned(flight.pointee.aheadEastMeters, flight.pointee.aheadNorthMeters)
        let motion = Motion(
            x: place.x + ahead.x, y: place.y + ahead.y, z: flight.pointee.altitudeMeters, vx: v.x, vy: v.y,
            vz: flight.pointee.velocityUp
        ).advanced(by: flight.pointee.ageSeconds)
        return Body(
            motion, addedRadiusMeters: flight.pointee.addedRadius(settings.uncertainty) + stretch,
            addedHeightMeters: flight.pointee.addedHeight(settings.uncertainty))
    }

    @inline(__always)
    private func resolutionBody(
        _ flight: UnsafePointer<Flight>, _ body: Body, _ place: LocalPlane.Place
    ) -> ResolutionBody {
        @inline(__always)
        func turned(_ m: Manoeuvre) -> Manoeuvre {
            let v = place.turned(m.vx, m.vy)
            return Manoeuvre(vx: v.x, vy: v.y, climbRate: m.climbRate, levelMeters: m.levelMeters)
        }
        return ResolutionBody(
            id: flight.pointee.id, classIndex: flight.pointee.classIndex,
            rightOfWay: flight.pointee.rightOfWay, isCooperative: flight.pointee.isCooperative,
            motion: body.motion, wanted: turned(flight.pointee.wanted),
            current: turned(flight.pointee.current), inflationMeters: min(body.addedRadiusMeters, 5000),
            inflationHeightMeters: min(body.addedHeightMeters, body.addedRadiusMeters, 5000),
            floorMeters: flight.pointee.floorMeters, ceilingMeters: flight.pointee.ceilingMeters)
    }

    private func append(_ conflict: Conflict, _ first: Int) {
        let (a, b) = (Int(conflict.a), Int(conflict.b))
        let (p, q) = (table.bodies[a].motion, table.bodies[b].motion)
        let (dx, dy) = (p.x - q.x, p.y - q.y)
        found.append(
            FlightConflict(
                a: groups.members[first + a], b: groups.members[first + b],
                entrySeconds: conflict.entrySeconds, exitSeconds: conflict.exitSeconds,
                horizontalMeters: (dx * dx + dy * dy).squareRoot(), verticalMeters: (p.z - q.z).magnitude))
    }

    private func advise(_ k: Int) {
        let (i, answer) = (Int(resolved[k]), answers[k])
        let isNew = answer.manoeuvre != bodies[k].current
        advised[i].reason = answer.reason
        advised[i].against = answer.against
        advised[i].timeSeconds = answer.timeSeconds
        advised[i].isNew = isNew
        guard isNew else { return }
        let v = places[k].turnedBack(answer.manoeuvre.vx, answer.manoeuvre.vy)
        advised[i].manoeuvre = Manoeuvre(
            vx: v.vx, vy: v.vy, climbRate: answer.manoeuvre.climbRate,
            levelMeters: answer.manoeuvre.levelMeters)
    }

    /// Every cooperative flight's committed way, each in its turn.
    private func lookAtFences<Local: ResolutionAirspace>(
        _ count: Int, _ number: UInt64, _ airspace: Local, isAnswered: Bool
    ) {
        for k in 0..<count where bodies[k].isCooperative {
            guard (UInt64(bodies[k].id) &+ number) % settings.fenceTicks == 0 else { continue }
            report.fenceLooks += 1
            let manoeuvre = isAnswered ? answers[k].manoeuvre : bodies[k].current
            if !airspace.admits(bodies[k], manoeuvre, seconds: settings.fenceLookaheadSeconds) {
                breached[breachCount] = resolved[k]
                breachCount += 1
            }
        }
    }

    private func fold(_ flights: UnsafeBufferPointer<Flight>) {
        tickHash = StableHash()
        for conflict in found.conflicts {
            tickHash.combine(
                UInt64(UInt32(bitPattern: conflict.a)) << 32 | UInt64(UInt32(bitPattern: conflict.b)))
            tickHash.combine(conflict.entrySeconds)
            tickHash.combine(conflict.exitSeconds)
        }
        for i in 0..<flights.count where advised[i].isNew {
            tickHash.combine(UInt64(flights[i].id) << 8 | UInt64(advised[i].reason.rawValue))
            tickHash.combine(advised[i].manoeuvre.vx)
            tickHash.combine(advised[i].manoeuvre.vy)
            tickHash.combine(advised[i].manoeuvre.levelMeters)
        }
        tickHash.combine(UInt64(truncatingIfNeeded: found.conflicts.count))
    }
}
