import Wire

/// Says commands and mission parts again until they are acknowledged or too late. Driven by time: it neither reads
/// a clock nor touches a socket.
///
/// Delivery is never inferred from sending. One message is in flight per vehicle and class, others wait their
/// turn; a safety command waits for nothing and replaces the safety command before it. A manoeuvre ends with the
/// next order to move otherwise, which therefore takes it back.
public struct CommandDelivery: Sendable {
    public enum Class: UInt8, Sendable, Comparable {
        /// Hold, return, land, abort.
        case safety
        case command
        case mission
        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// A message that was given up.
    public struct Expired: Equatable, Sendable {
        public var vehicle: UInt32
        public var message: Downlink
    }

    /// First repetition after 200 ms, doubling to 2 s.
    public static let intervalFirst = WireLimits.commandRetryFirstMilliseconds * 1_000_000
    public static let intervalMax = WireLimits.commandRetryMaxMilliseconds * 1_000_000
    /// Most messages of one vehicle and class, the one in flight included: a whole mission of 64 parts.
    public static let laneMax = 64

    private struct Flight: Sendable {
        var message: Downlink
        var deadline: Int64
        var dueAt: Int64
        var interval = CommandDelivery.intervalFirst
    }
    private struct Lane: Sendable {
        var vehicle: UInt32
        var kind: Class
        /// The first is in flight.
        var flights: [Flight]
    }
    /// Sorted by vehicle, then class; none is empty.
    private var lanes: [Lane] = []

    public init() {}

    /// Messages in flight and waiting.
    public var count: Int { lanes.reduce(0) { $0 + $1.flights.count } }

    /// Takes a command or mission part, to be sent until `deadline` (station time, nanoseconds). False for other
    /// messages, and when too many wait for this vehicle already.
    public mutating func submit(
        _ message: Downlink, to vehicle: UInt32, at now: Int64, until deadline: Int64
    ) -> Bool {
        guard let kind = Self.kind(of: message) else { return false }
        if case .command(let command) = message, command.kind.known != .speedLimit {
            remove(from: vehicle) { waiting in
                if case .command(let old) = waiting { old.kind.known == .manoeuvre } else { false }
            }
        }
        let flight = Flight(message: message, deadline: deadline, dueAt: now)
        let place = firstLane(notBefore: vehicle, kind)
        guard place < lanes.count, lanes[place].vehicle == vehicle, lanes[place].kind == kind else {
            lanes.insert(Lane(vehicle: vehicle, kind: kind, flights: [flight]), at: place)
            return true
        }
        if kind == .safety {
            lanes[place].flights = [flight]
            return true
        }
        guard lanes[place].flights.count < Self.laneMax else { return false }
        lanes[place].flights.append(flight)
        return true
    }

    /// Hands what is due to `send` and returns what was given up, both by vehicle and class.
    public mutating func advance(to now: Int64, send: (Downlink, UInt32) -> Void) -> [Expired] {
        var expired: [Expired] = []
        for place in lanes.indices {
            let vehicle = lanes[place].vehicle
            lanes[place].flights.removeAll { flight in
                guard now >= flight.deadline else { return false }
                expired.append(Expired(vehicle: vehicle, message: flight.message))
                return true
            }
            guard var flight = lanes[place].flights.first, now >= flight.dueAt else { continue }
            send(flight.message, vehicle)
            flight.dueAt = now &+ flight.interval &+ Self.jitter(vehicle, flight.interval)
            flight.interval = min(flight.interval * 2, Self.intervalMax)
            lanes[place].flights[0] = flight
        }
        if !expired.isEmpty { lanes.removeAll { $0.flights.isEmpty } }
        return expired
    }

    /// Any stage acknowledges receipt: the command is not said again.
    @discardableResult
    public mutating func acknowledge(command id: UInt64, from vehicle: UInt32) -> Bool {
        remove(from: vehicle) { message in
            if case .command(let command) = message { command.commandID == id } else { false }
        }
    }

    /// The vehicle has answered this part, whatever the answer.
    @discardableResult
    public mutating func acknowledge(
        part: UInt32, of mission: MissionReference, from vehicle: UInt32
    ) -> Bool {
        remove(from: vehicle) { message in
            if case .missionPart(let sent) = message {
                sent.part == part && sent.mission.withoutLeg == mission.withoutLeg
            } else {
                false
            }
        }
    }

    /// Forgets all that is meant for a vehicle, as when it is revoked.
    public mutating func cancel(vehicle: UInt32) { lanes.removeAll { $0.vehicle == vehicle } }

    /// Forgets parts of a mission that is no longer meant.
    public mutating func cancel(mission: MissionReference, of vehicle: UInt32) {
        remove(from: vehicle) { message in
            if case .missionPart(let part) = message {
                part.mission.withoutLeg == mission.withoutLeg
            } else {
                false
            }
        }
    }

    @discardableResult
    private mutating func remove(from vehicle: UInt32, where matches: (Downlink) -> Bool) -> Bool {
        var found = false
        var place = firstLane(notBefore: vehicle, .safety)
        // Only this vehicle's lanes: thousands of others may be under way.
        while place < lanes.count, lanes[place].vehicle == vehicle {
            let before = lanes[place].flights.count
            lanes[place].flights.removeAll { matches($0.message) }
            found = found || lanes[place].flights.count < before
            if lanes[place].flights.isEmpty { lanes.remove(at: place) } else { place += 1 }
        }
        return found
    }

    private func firstLane(notBefore vehicle: UInt32, _ kind: Class) -> Int {
        var low = 0
        var high = lanes.count
        while low < high {
            let middle = (low + high) / 2
            if (lanes[middle].vehicle, lanes[middle].kind) < (vehicle, kind) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    static func kind(of message: Downlink) -> Class? {
        switch message {
        case .command(let command):
            switch command.kind.known {
            case .hold, .returnHome, .land, .abort: .safety
            default: .command
            }
        case .missionPart: .mission
        default: nil
        }
    }

    /// Up to a tenth of the interval, the same for the same vehicle: a fleet does not speak in chorus.
    private static func jitter(_ vehicle: UInt32, _ interval: Int64) -> Int64 {
        interval / 10 * Int64((vehicle &* 2_654_435_761) >> 24) / 256
    }
}
