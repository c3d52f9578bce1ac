import Glibc
import Traffic
import World

/// An aircraft that a drone is alerted of.
public struct CrewedAlertView: Hashable, Sendable, Codable {
    /// preventive, corrective or warning (DO-365B); none while only well clear of 2,000 ft and 250 ft is lost.
    public var level: String
    public var aircraft: String
    public var address: String
    /// For a person.
    public var text: String
    /// Until closer than well clear; 0 when they are, nil when it does not come within 180 s.
    public var secondsToLoss: Double?
}

/// What flies near a vehicle, as seen from it, now.
public struct TrafficNeighbour: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// Tells its position itself.
        case aircraft
        /// Seen by a sensor only.
        case track
        case drone
    }
    public var kind: Kind
    public var name: String
    /// Of an aircraft.
    public var address: String?
    public var distanceMeters: Double
    /// From north over east.
    public var bearingDegrees: Double
    /// Positive is higher than the vehicle.
    public var aboveMeters: Double
    /// How fast the horizontal distance shrinks.
    public var closingMetersPerSecond: Double
    /// Until separation from it is lost if nobody turns: well clear of an aircraft, the fleet's own separation from
    /// a drone. 0 when it is, nil when it does not come within 180 s (aircraft) or 60 s (drones).
    public var secondsToLoss: Double?
    /// none, preventive, corrective or warning (DO-365B); of aircraft.
    public var level: String?
    /// Since it was seen.
    public var ageSeconds: Double
}

/// Neighbouring values of a direction, speed or altitude, and what flying there would lead to.
public struct TrafficBand: Hashable, Sendable, Codable {
    public var low: Double
    public var high: Double
    /// free, corrective, warning, or recovery: of all bad ones the best.
    public var region: String

    public init(low: Double, high: Double, region: String) {
        self.low = low
        self.high = high
        self.region = region
    }

    init(_ range: BandRange, unit: Double) {
        low = (range.low * unit).hundredths
        high = (range.high * unit).hundredths
        switch range.region {
        case .none, .far: region = "free"
        case .mid: region = "corrective"
        case .near: region = "warning"
        case .recovery: region = "recovery"
        }
    }
}

/// The traffic picture of one vehicle. Manoeuvres of the bands are those of DO-365B: 3 deg/s, 2 m/s2, 500 ft/min.
public struct TrafficNear: Hashable, Sendable, Codable {
    public var vehicle: VehicleID
    public var name: String
    /// What it does, for a person.
    public var doing: String
    public var speedMetersPerSecond: Double
    public var courseDegrees: Double
    public var climbMetersPerSecond: Double
    public var altitudeMeters: Double
    /// The most urgent first, then the nearest.
    public var neighbours: [TrafficNeighbour]
    /// More were near than are told of.
    public var leftOut: Int
    /// Which values keep well clear of the aircraft. Empty where the drone is outside what a kind is for: ground
    /// speeds below 5 m/s, altitudes below 30 m.
    public var directionDegrees: [TrafficBand]
    public var groundSpeedMetersPerSecond: [TrafficBand]
    public var verticalSpeedMetersPerSecond: [TrafficBand]
    public var altitudeBandsMeters: [TrafficBand]
}

extension Controller {
    /// How many neighbours are told of, and how far drones are.
    private static let neighboursMax = 50
    private static let dronesMeters = 5_000.0

    /// As seen from a drone in the air or on the ground. Nil for one that was not heard yet, and for trucks.
    public func trafficNear(_ id: VehicleID) -> TrafficNear? {
        // Contacts may have come since the last tick.
        var sorted = self
        sorted.surveillance.prepare(at: now, configuration)
        return sorted.picture(id)
    }

    private func picture(_ id: VehicleID) -> TrafficNear? {
        guard let v = state.index(of: id), state.fleet[v].profile.kind.flies, tracks[v].hasReport else {
            return nil
        }
        let flight = presentFlight(v)
        var own = Motion(
            x: 0, y: 0, z: flight.altitudeMeters, vx: flight.velocityEast, vy: flight.velocityNorth,
            vz: flight.velocityUp
        ).advanced(by: flight.ageSeconds)
        var neighbours: [TrafficNeighbour] = []
        var intruders: [BandIntruder] = []
        var around: [NearAircraft] = []
        findNear(flight, ahead: 0, &around)
        for near in around {
            own = near.own
            let contact = surveillance.contacts[near.contact]
            intruders.append(BandIntruder(near.other, alerter: contact.alerter))
            var neighbour = TrafficNeighbour(
                contact.transmits ? .aircraft : .track, contact.name,
                CrewedGeometry(own: own, intruder: near.other), age: contact.ageSeconds(at: now))
            neighbour.address = SurveillanceContact.text(address: contact.address)
            neighbour.level = contact.alerter.alert(own: own, intruder: near.other).level.word
            neighbours.append(neighbour)
        }
        addDrones(v, flight, own, &neighbours)
        neighbours.sort { $0.isBefore($1) }
        let speed = (own.vx * own.vx + own.vy * own.vy).squareRoot()
        var near = TrafficNear(
            vehicle: id, name: name(v), doing: doing(v), speedMetersPerSecond: speed.hundredths,
            courseDegrees: speed > 0 ? Self.degrees(own.vx, own.vy).hundredths : 0,
            climbMetersPerSecond: own.vz.hundredths,
            altitudeMeters: own.z.hundredths, neighbours: Array(neighbours.prefix(Self.neighboursMax)),
            leftOut: max(0, neighbours.count - Self.neighboursMax), directionDegrees: [],
            groundSpeedMetersPerSecond: [], verticalSpeedMetersPerSecond: [], altitudeBandsMeters: [])
        near.guide(own, intruders)
        return near
    }

    private func addDrones(
        _ v: Int, _ flight: Flight, _ own: Motion, _ neighbours: inout [TrafficNeighbour]
    ) {
        let plane = LocalPlane(latitudeE7: flight.latitudeE7, longitudeE7: flight.longitudeE7)
        let here = tracks[v].coordinate
        for w in tracks.indices where w != v && state.fleet[w].profile.kind.flies && tracks[w].hasReport {
            // A tenth of a degree of latitude is 11 km.
            guard abs(Int64(tracks[w].coordinate.latitudeE7) - Int64(here.latitudeE7)) < 1_000_000,
                tracks[w].coordinate.meters(to: here) < 2 * Self.dronesMeters, self.flight(w) != nil
            else { continue }
            let other = presentFlight(w)
            let place = plane.place(latitudeE7: other.latitudeE7, longitudeE7: other.longitudeE7)
            let u = place.turned(other.velocityEast, other.velocityNorth)
            let motion = Motion(
                x: place.x, y: place.y, z: other.altitudeMeters, vx: u.x, vy: u.y, vz: other.velocityUp
            ).advanced(by: other.ageSeconds)
            var geometry = CrewedGeometry(own: own, intruder: motion)
            guard geometry.meters < Self.dronesMeters else { continue }
            geometry.secondsToLoss =
                ConflictInterval.cylinder(
                    radiusMeters: configuration.separationHorizontalMeters,
                    halfHeightMeters: configuration.separationVerticalMeters, own: own, intruder: motion,
                    horizonSeconds: configuration.conflictLookaheadSeconds)?.entrySeconds
            neighbours.append(
                TrafficNeighbour(
                    .drone, name(w), geometry, age: max(now.seconds(since: tracks[w].report.measuredAt), 0)))
        }
    }

    static func degrees(_ east: Double, _ north: Double) -> Double {
        let degrees = atan2(east, north) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }

    /// What vehicle `v` is alerted of, the most urgent first.
    func crewedAlerts(_ v: Int) -> [CrewedAlertView] {
        surveillance.alerts(of: v).sorted { ($1.level, $0.address) < ($0.level, $1.address) }.map { alert in
            CrewedAlertView(
                level: alert.level.word,
                aircraft: surveillance.contact(alert.address)?.name
                    ?? SurveillanceContact.text(address: alert.address),
                address: SurveillanceContact.text(address: alert.address), text: words(alert),
                secondsToLoss: alert.geometry.secondsToLoss?.hundredths)
        }
    }

    /// Aircraft known now, and drones alerted now by level: preventive, corrective, warning.
    public var surveillanceNow: (aircraft: Int, alerts: [Int]) {
        var levels = [0, 0, 0]
        for alert in surveillance.alerts where alert.level > .none {
            levels[Int(alert.level.rawValue) - 1] += 1
        }
        return (surveillance.contacts.count, levels)
    }
}

extension Double {
    fileprivate var hundredths: Double { (self * 100).rounded() / 100 }
}

extension TrafficNeighbour {
    fileprivate init(_ kind: Kind, _ name: String, _ g: CrewedGeometry, age: Double) {
        self.init(
            kind: kind, name: name, address: nil, distanceMeters: g.meters.hundredths,
            bearingDegrees: g.meters > 0 ? Controller.degrees(g.east, g.north).hundredths : 0,
            aboveMeters: g.up.hundredths, closingMetersPerSecond: g.closing.hundredths,
            secondsToLoss: g.secondsToLoss?.hundredths, level: nil, ageSeconds: age.hundredths)
    }

    fileprivate func isBefore(_ other: Self) -> Bool {
        let (a, b) = (secondsToLoss ?? .infinity, other.secondsToLoss ?? .infinity)
        return a != b
            ? a < b
            : distanceMeters != other.distanceMeters
                ? distanceMeters < other.distanceMeters : name < other.name
    }
}

extension TrafficNear {
    fileprivate mutating func guide(_ own: Motion, _ intruders: [BandIntruder]) {
        let bands = ManeuverBands(maxTraffic: intruders.count)
        intruders.withUnsafeBufferPointer { bands.compute(own: own, traffic: $0) }
        func ranges(_ kind: BandKind, _ unit: Double) -> [TrafficBand] {
            bands.ranges(kind).map { TrafficBand($0, unit: unit) }
        }
        directionDegrees = ranges(.direction, 1)
        groundSpeedMetersPerSecond = ranges(.groundSpeed, 1852.0 / 3600)
        verticalSpeedMetersPerSecond = ranges(.verticalSpeed, 0.3048 / 60)
        altitudeBandsMeters = ranges(.altitude, 0.3048)
    }
}
