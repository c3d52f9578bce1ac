import CLinux
import Controller
import Traffic
import World

/// What the controller does about the air in one tick, from the ring of reports to the outbox of commands.
final class AirStation {
    struct Track {
        var report: AirFleet.Report
        var wanted: Manoeuvre
        var told: Manoeuvre
        var toldAt: Int64
        var deviatesSince: Int64
        var isTold: Bool
        var kind: AirFleet.Kind
    }

    struct Command {
        var vehicle: UInt32
        var sequence: UInt32
        /// No manoeuvre: back to its mission.
        var isResume: Bool
        var reason: AdvisoryReason
        var velocity: SIMD2<Int32>
        var climbMillimetersPerSecond: Int32
        var levelMillimeters: Int32
        var against: UInt32
        var until: Int64
    }

    /// Nanoseconds of CPU time by part of a tick.
    enum Part: Int, CaseIterable {
        case drain, group, place, detect, resolve, fences, fold, emit
    }

    struct Clock: AirObserver {
        var last: Int64 = 0
        var spent = [Int64](repeating: 0, count: Part.allCases.count)

        mutating func start() { last = keruen_process_cpu_ns() }
        mutating func end(_ part: Part) {
            let now = keruen_process_cpu_ns()
            spent[part.rawValue] += now - last
            last = now
        }
        mutating func ended(_ phase: AirPhase) {
            switch phase {
            case .grouped: end(.group)
            case .placed: end(.place)
            case .detected: end(.detect)
            case .resolved: end(.resolve)
            case .fenced: end(.fences)
            case .folded: end(.fold)
            }
        }
    }

    let air: AirTraffic
    let fences: FencedAirspace
    let tracks: UnsafeMutablePointer<Track>
    let flights: UnsafeMutablePointer<Flight>
    let outbox: UnsafeMutablePointer<Command>
    private(set) var commands = 0
    private var sequence: UInt32 = 0
    private let room: Int
    private let rule: SteeringRule
    private let lastsNanoseconds: Int64

    init(_ air: AirTraffic, _ fences: FencedAirspace, _ fleet: AirFleet) {
        (self.air, self.fences) = (air, fences)
        room = fleet.bodies.count
        rule = SteeringRule(ControllerConfiguration())
        lastsNanoseconds = Int64(rule.manoeuvreSeconds * 1e9)
        tracks = .allocate(capacity: room)
        flights = .allocate(capacity: room)
        outbox = .allocate(capacity: room)
        let nowhere = AirFleet.Report(
            vehicle: 0, measuredAt: 0, latitudeE7: 0, longitudeE7: 0, altitudeMillimeters: 0, velocity: .zero,
            horizontalAccuracyCentimeters: 0, verticalAccuracyCentimeters: 0)
        for (i, body) in fleet.bodies.enumerated() {
            (tracks + i).initialize(
                to: Track(
                    report: nowhere, wanted: body.wanted, told: body.wanted, toldAt: 0, deviatesSince: 0,
                    isTold: false,
                    kind: body.kind))
        }
    }

    deinit {
        tracks.deallocate()
        flights.deallocate()
        outbox.deallocate()
    }

    static func air(threads: Int) -> AirTraffic? {
        // As the controller keeps them: 50 m and 20 m, and a little more.
        let drone = ResolutionClass(
            acceleration: 3, maximumSpeed: 25, maximumClimb: 5, maximumDescent: 5, separationMeters: 55,
            separationHeightMeters: 21)
        let crewed = ResolutionClass(
            acceleration: 3, maximumSpeed: 120, minimumSpeed: 30, maximumClimb: 10, maximumDescent: 10,
            separationMeters: 609.6, separationHeightMeters: 76.2)
        var settings = AirTrafficSettings(classes: [drone, crewed])
        settings.uncertainty.sigmas = 1.5
        settings.resolver.marginMeters = 1
        return AirTraffic(settings, threads: threads)
    }

    /// One tick; its CPU time is added to `clock`.
    func tick(_ ring: UnsafeMutableBufferPointer<AirFleet.Report>, _ now: Instant, _ clock: inout Clock) {
        clock.start()
        for i in ring.indices { take(ring[i]) }
        for i in 0..<room { build(i, now) }
        fences.now = now
        clock.end(.drain)
        let number = UInt64(now.nanoseconds / 100_000_000)
        air.tick(
            UnsafeBufferPointer(start: flights, count: room), number: number, airspace: fences,
            observer: &clock)
        commands = 0
        let advisories = air.advisories
        for i in 0..<room where tracks[i].kind == .drone { steer(i, advisories[i], now) }
        clock.end(.emit)
    }

    /// The newest measurement of a vehicle counts, in whatever order and how often they come.
    @inline(__always)
    private func take(_ report: AirFleet.Report) {
        let slot = Int(report.vehicle)
        guard slot < room, report.measuredAt > tracks[slot].report.measuredAt else { return }
        tracks[slot].report = report
    }

    @inline(__always)
    private func build(_ i: Int, _ now: Instant) {
        let track = tracks + i
        let r = track.pointee.report
        func meters(_ millimeters: Int32) -> Double { Double(millimeters) * 1e-3 }
        var flight = Flight(
            id: UInt32(i),
            kind: track.pointee.kind == .drone ? .drone : track.pointee.kind == .truck ? .truck : .crewed,
            latitudeE7: r.latitudeE7, longitudeE7: r.longitudeE7,
            altitudeMeters: meters(r.altitudeMillimeters), velocityEast: meters(r.velocity.x),
            velocityNorth: meters(r.velocity.y), velocityUp: meters(r.velocity.z),
            ageSeconds: Double(now.nanoseconds - r.measuredAt) * 1e-9,
            sigmaHorizontalMeters: Double(r.horizontalAccuracyCentimeters) / 196,
            sigmaVerticalMeters: Double(r.verticalAccuracyCentimeters) / 196)
        switch track.pointee.kind {
        case .drone:
            // As the controller: a manoeuvre is flown for a while.
            let isBound =
                track.pointee.isTold
                && Double(now.nanoseconds - track.pointee.deviatesSince) < rule.leastSeconds * 1e9
            flight.wanted = isBound ? track.pointee.told : track.pointee.wanted
            flight.current = track.pointee.isTold ? track.pointee.told : track.pointee.wanted
            flight.floorMeters = 20
            flight.ceilingMeters = 400
            let (dx, dy) = (
                flight.velocityEast - flight.wanted.vx, flight.velocityNorth - flight.wanted.vy
            )
            if !track.pointee.isTold, dx * dx + dy * dy < 9 {
                flight.unknownAcceleration = 0.3
                flight.unknownClimbAcceleration = 0.1
            }
        case .truck: flight.isResolved = false
        case .crewed:
            flight.isCooperative = false
            flight.rightOfWay = .crewed
            flight.classIndex = 1
        }
        (flights + i).initialize(to: flight)
    }

    /// A command goes out when the controller would send one.
    @inline(__always)
    private func steer(_ i: Int, _ advisory: FlightAdvisory, _ now: Instant) {
        let track = tracks + i
        let isTold = track.pointee.isTold
        let answer = rule.answer(
            advisory, told: isTold ? track.pointee.told : nil,
            toldAgo: Double(now.nanoseconds - track.pointee.toldAt) * 1e-9,
            deviatesFor: Double(now.nanoseconds - track.pointee.deviatesSince) * 1e-9)
        switch answer {
        case .nothing: return
        case .resume: track.pointee.isTold = false
        case .tell:
            if !isTold { track.pointee.deviatesSince = now.nanoseconds }
            track.pointee.isTold = true
            track.pointee.told = advisory.manoeuvre
            track.pointee.toldAt = now.nanoseconds
        }
        sequence &+= 1
        let m = advisory.manoeuvre
        (outbox + commands).initialize(
            to: Command(
                vehicle: UInt32(i), sequence: sequence, isResume: !track.pointee.isTold,
                reason: advisory.reason, velocity: [Int32(m.vx * 1000), Int32(m.vy * 1000)],
                climbMillimetersPerSecond: Int32(m.climbRate * 1000),
                levelMillimeters: Int32(m.levelMeters * 1000), against: advisory.against,
                until: now.nanoseconds + lastsNanoseconds))
        commands += 1
    }

    /// Vehicles do what the outbox says; a mission whose way is barred by a fence is planned anew.
    func obey(_ fleet: inout AirFleet) {
        for k in 0..<commands {
            let command = outbox[k]
            let v = Int(command.vehicle)
            fleet.bodies[v].told = command.isResume ? nil : tracks[v].told
        }
        for flight in air.breaches where !tracks[Int(flight)].isTold {
            fleet.turnAside(Int(flight))
        }
        for i in fleet.bodies.indices { tracks[i].wanted = fleet.bodies[i].wanted }
    }
}
