import Traffic
import World

/// A drone and an aircraft that calls for attention, or did a moment ago.
struct CrewedAlert: Sendable {
    var vehicle: Int32
    var address: UInt32
    /// Now, and the highest that was told since it began.
    var level = AlertLevel.none
    var told = AlertLevel.none
    /// Closer than well clear (2,000 ft, 250 ft) now, and whether that was told.
    var isLost = false
    var lossTold = false
    /// When it last was anything.
    var seenAt: Instant
    var geometry = CrewedGeometry()

    var isOn: Bool { level > .none || isLost }
    var key: UInt64 { UInt64(UInt32(bitPattern: vehicle)) << 32 | UInt64(address) }
}

/// Where an aircraft is as seen from a drone, now.
struct CrewedGeometry: Sendable {
    /// East, north and up from the drone, metres.
    var east = 0.0
    var north = 0.0
    var up = 0.0
    /// How fast the horizontal distance shrinks, m/s.
    var closing = 0.0
    /// Seconds until both are closer than well clear if nobody turns; 0 when they are, nil when it does not come
    /// within `Alerter.lookaheadSeconds`.
    var secondsToLoss: Double?

    init() {}

    init(own: Motion, intruder: Motion) {
        (east, north, up) = (intruder.x - own.x, intruder.y - own.y, intruder.z - own.z)
        let far = meters
        let (vx, vy) = (intruder.vx - own.vx, intruder.vy - own.vy)
        closing = far > 0 ? -(east * vx + north * vy) / far : 0
        secondsToLoss =
            WellClear.smallUnmanned.conflict(
                own: own, intruder: intruder, horizonSeconds: Alerter.lookaheadSeconds)?.entrySeconds
    }

    var meters: Double { (east * east + north * north).squareRoot() }
}

// Alerts of DO-365B for every drone near a crewed aircraft, each tick.

extension Controller {
    /// An alert that was off for this long has ended: when it comes again it is told again.
    private static let alertEndSeconds = 15.0

    /// Finds who is near whom and how urgent it is; who must give way is told where to, and the aircraft become
    /// flights.
    mutating func surveyCrewed() {
        guard !surveillance.contacts.isEmpty || !surveillance.alerts.isEmpty else { return }
        surveillance.prepare(at: now, configuration)
        var around = surveillance.around
        surveillance.around = []
        var alerts = surveillance.spare
        surveillance.spare = []
        alerts.removeAll(keepingCapacity: true)
        surveillance.nearFlights.removeAll(keepingCapacity: true)
        for i in 0..<separation.drones {
            let before = alerts.count
            around.removeAll(keepingCapacity: true)
            findNear(separation.present[i], ahead: 0, &around)
            if !around.isEmpty {
                watch(separation.vehicles[i], around, &alerts)
                surveillance.nearFlights.append(Int32(truncatingIfNeeded: i))
                alerts[before...].sort { $0.address < $1.address }
            } else {
                tracks[Int(separation.vehicles[i])].forgetCrewed()
            }
        }
        surveillance.around = around
        surveillance.spare = surveillance.alerts
        surveillance.alerts = alerts
        guard configuration.avoidsCrewed else { return }
        avoidCrewed()
        // All flights are those of the moment at which a command takes effect.
        let then = now.advanced(bySeconds: configuration.commandLatencySeconds)
        for c in surveillance.contacts.indices where surveillance.isNear[c] {
            separation.flights.append(surveillance.contacts[c].flight(at: then))
        }
    }

    /// Adds what must be watched of the aircraft near vehicle `v`.
    private mutating func watch(_ v: Int32, _ around: [NearAircraft], _ alerts: inout [CrewedAlert]) {
        for near in around {
            surveillance.isNear[near.contact] = true
            let contact = surveillance.contacts[near.contact]
            var alert = CrewedAlert(vehicle: v, address: contact.address, seenAt: now)
            alert.level = contact.alerter.alert(own: near.own, intruder: near.other).level
            alert.geometry = CrewedGeometry(own: near.own, intruder: near.other)
            alert.isLost = alert.geometry.secondsToLoss == 0
            if let old = surveillance.alert(alert.key) {
                (alert.told, alert.lossTold) = (old.told, old.lossTold)
                if !alert.isOn {
                    alert.seenAt = old.seenAt
                    if now.seconds(since: old.seenAt) > Self.alertEndSeconds { continue }
                }
            } else if !alert.isOn {
                continue
            }
            alerts.append(alert)
        }
    }

    /// Adds the aircraft within reach of a drone that is given as it will be `ahead` seconds from now.
    func findNear(_ flight: Flight, ahead: Double, _ around: inout [NearAircraft]) {
        let band = surveillance.band(around: flight.latitudeE7)
        guard !band.isEmpty else { return }
        let plane = LocalPlane(latitudeE7: flight.latitudeE7, longitudeE7: flight.longitudeE7)
        let own = Motion(
            x: flight.aheadEastMeters, y: flight.aheadNorthMeters, z: flight.altitudeMeters,
            vx: flight.velocityEast, vy: flight.velocityNorth,
            vz: flight.velocityUp
        ).advanced(by: flight.ageSeconds)
        let then = now.advanced(bySeconds: ahead)
        let reach = Surveillance.reachMeters
        for place in band {
            let c = Int(surveillance.byLatitude[place])
            let contact = surveillance.contacts[c]
            // Far east or west: the series of the plane is for near places.
            let turn = (Int64(contact.position.coordinate.longitudeE7) - Int64(flight.longitudeE7)).magnitude
            guard min(turn, 3_600_000_000 - min(turn, 3_600_000_000)) < 100_000_000 else { continue }
            let other = contact.motion(on: plane, at: then)
            let (dx, dy) = (other.x - own.x, other.y - own.y)
            guard dx * dx + dy * dy < reach * reach,
                (other.z - own.z).magnitude < Surveillance.reachHeightMeters
            else { continue }
            around.append(NearAircraft(contact: c, own: own, other: other))
        }
    }

    /// Tells what became more urgent, after it was decided what the drones do about it.
    mutating func tellCrewed() {
        for k in surveillance.alerts.indices {
            let alert = surveillance.alerts[k]
            let v = Int(alert.vehicle)
            if alert.level > alert.told {
                surveillance.alerts[k].told = alert.level
                surveillance.statistics.alerts[Int(alert.level.rawValue) - 1] += 1
                let text = words(alert)
                if alert.level == .warning { record(.incident(state.fleet[v].profile.id, text, at: now)) }
                notice(text, v)
                mix(alert.key)
            }
            guard alert.isLost, !alert.lossTold else { continue }
            surveillance.alerts[k].lossTold = true
            surveillance.statistics.lossesOfWellClear += 1
            let text = "well clear lost: \(name(v)) and " + words(alert.address, alert.geometry, v)
            tellIncident(text, v)
        }
    }
}

extension Surveillance {
    /// Of the last tick. The old list, while a new one is made.
    func alert(_ key: UInt64) -> CrewedAlert? {
        var (low, high) = (0, alerts.count)
        while low < high {
            let middle = (low + high) / 2
            if alerts[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low < alerts.count && alerts[low].key == key ? alerts[low] : nil
    }

    /// Of one vehicle, those that are on.
    func alerts(of v: Int) -> [CrewedAlert] { alerts.filter { Int($0.vehicle) == v && $0.isOn } }
}

extension SurveillanceContact {
    /// Whoever does not transmit is seen worse: a wider volume.
    var alerter: Alerter { transmits ? .phaseI : .nonCooperative }
}

extension AlertLevel {
    /// As people and JSON call it.
    public var word: String {
        switch self {
        case .none: "none"
        case .preventive: "preventive"
        case .corrective: "corrective"
        case .warning: "warning"
        }
    }
}
