import Traffic
import World

/// An aircraft within reach of a drone, by index of its contact; both on a plane around the drone, brought to now.
struct NearAircraft: Sendable {
    var contact: Int
    var own: Motion
    var other: Motion
}

/// Crewed aircraft around the fleet, as they were last seen. Volatile: rebuilt from what receivers report.
struct Surveillance: Sendable {
    /// The newest measurement of each, by address.
    private(set) var contacts: [SurveillanceContact] = []
    /// Their indices, by latitude.
    private(set) var byLatitude: [Int32] = []
    var statistics = SurveillanceStatistics()
    /// By vehicle, then address, and room for the next.
    var alerts: [CrewedAlert] = []
    var spare: [CrewedAlert] = []
    /// Of this tick: whether a contact is near a drone, by contact.
    var isNear: [Bool] = []
    /// Of this tick: flights with an aircraft near.
    var nearFlights: [Int32] = []
    /// Working memory: aircraft around one drone.
    var around: [NearAircraft] = []
    var tracks: [CrewedTrack] = []
    /// The vehicle whose avoidance was thought over last, so that all get their turn.
    var lastDecided: Int32 = -1

    /// Aircraft farther away than this from every drone do not matter: within 55 s and 35 s of modified tau nobody
    /// slower than 200 m/s comes from beyond.
    static let reachMeters = 20_000.0
    /// The same for heights.
    static let reachHeightMeters = 3_000.0

    /// The newest of each aircraft stays, in whatever order they come. More aircraft than `capacity`: those seen last.
    mutating func take(_ contact: SurveillanceContact, at now: Instant, _ limits: ControllerConfiguration) {
        if let fault = contact.fault(at: now, oldestSeconds: limits.surveillanceSeconds) {
            return statistics.refuse(fault)
        }
        let place = place(of: contact.address)
        if place < contacts.count, contacts[place].address == contact.address {
            guard contact.outranks(contacts[place]) else { return statistics.outdated += 1 }
            statistics.taken += 1
            return contacts[place] = contact
        }
        statistics.taken += 1
        contacts.insert(contact, at: place)
        guard contacts.count > max(limits.surveillanceContacts, 0) else { return }
        var oldest = 0
        for i in contacts.indices where contacts[i].measuredAt < contacts[oldest].measuredAt { oldest = i }
        contacts.remove(at: oldest)
        statistics.refuse(.crowded)
    }

    /// Forgets who was not seen any more, and sorts the others for `around`.
    mutating func prepare(at now: Instant, _ limits: ControllerConfiguration) {
        let oldest = now.advanced(bySeconds: -limits.surveillanceSeconds)
        if contacts.contains(where: { $0.measuredAt < oldest }) {
            contacts.removeAll { $0.measuredAt < oldest }
        }
        if byLatitude.count != contacts.count {
            byLatitude = contacts.indices.sorted {
                contacts[$0].position.coordinate.latitudeE7 < contacts[$1].position.coordinate.latitudeE7
            }.map { Int32(truncatingIfNeeded: $0) }
        }
        // They move little from tick to tick: nearly sorted already.
        var i = 1
        while i < byLatitude.count {
            let moved = byLatitude[i]
            let latitude = self.latitude(moved)
            var j = i
            while j > 0, (self.latitude(byLatitude[j - 1]), byLatitude[j - 1]) > (latitude, moved) {
                byLatitude[j] = byLatitude[j - 1]
                j -= 1
            }
            byLatitude[j] = moved
            i += 1
        }
        isNear.removeAll(keepingCapacity: true)
        isNear.append(contentsOf: repeatElement(false, count: contacts.count))
    }

    private func latitude(_ index: Int32) -> Int32 { contacts[Int(index)].position.coordinate.latitudeE7 }

    func contact(_ address: UInt32) -> SurveillanceContact? {
        let place = place(of: address)
        return place < contacts.count && contacts[place].address == address ? contacts[place] : nil
    }

    /// Of the first contact whose address is not lower.
    private func place(of address: UInt32) -> Int {
        var (low, high) = (0, contacts.count)
        while low < high {
            let middle = (low + high) / 2
            if contacts[middle].address < address { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Places in `byLatitude` of those that can be within reach of a latitude.
    func band(around latitudeE7: Int32) -> Range<Int> {
        // A degree of latitude is at least 110,574 m; aircraft fly on for up to a minute after they were seen.
        let reach = Int64((Self.reachMeters + 25_000) / 110_574 * 1e7)
        func first(_ wanted: Int64) -> Int {
            var (low, high) = (0, byLatitude.count)
            while low < high {
                let middle = (low + high) / 2
                if Int64(latitude(byLatitude[middle])) < wanted { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return first(Int64(latitudeE7) - reach)..<first(Int64(latitudeE7) + reach + 1)
    }
}

extension SurveillanceContact {
    var motionUp: Double { Double(velocityUpMillimetersPerSecond) * 1e-3 }

    func ageSeconds(at now: Instant) -> Double { now.seconds(since: measuredAt).clamped(to: -5...3600) }

    /// On a plane, brought to now.
    func motion(on plane: LocalPlane, at now: Instant) -> Motion {
        let place = plane.place(
            latitudeE7: position.coordinate.latitudeE7, longitudeE7: position.coordinate.longitudeE7)
        let v = place.turned(
            Double(velocityEastMillimetersPerSecond) * 1e-3, Double(velocityNorthMillimetersPerSecond) * 1e-3)
        return Motion(x: place.x, y: place.y, z: position.altitude.meters, vx: v.x, vy: v.y, vz: motionUp)
            .advanced(by: ageSeconds(at: now))
    }

    /// Reported is what 95 of 100 errors are within.
    var sigmaHorizontal: Double { Double(horizontalAccuracyCentimeters) / 196 }
    var sigmaVertical: Double { Double(verticalAccuracyCentimeters) / 196 }
    var sigmaVelocity: Double { Double(velocityAccuracyMillimetersPerSecond) / 1960 }

    /// As separation sees it: takes no commands, and goes before everybody.
    func flight(at now: Instant) -> Flight {
        var flight = Flight(
            id: Self.firstFlight | address, kind: transmits ? .crewed : .nonCooperative,
            latitudeE7: position.coordinate.latitudeE7, longitudeE7: position.coordinate.longitudeE7,
            altitudeMeters: position.altitude.meters,
            velocityEast: Double(velocityEastMillimetersPerSecond) * 1e-3,
            velocityNorth: Double(velocityNorthMillimetersPerSecond) * 1e-3, velocityUp: motionUp,
            ageSeconds: ageSeconds(at: now).clamped(to: -5...60), sigmaHorizontalMeters: sigmaHorizontal,
            sigmaVerticalMeters: sigmaVertical)
        flight.rightOfWay = .crewed
        flight.isCooperative = false
        flight.classIndex = AirTrafficSettings.crewedClass
        // It may turn at standard rate while it is not seen, but seldom does.
        flight.unknownAcceleration = 1
        flight.unknownClimbAcceleration = 0.3
        return flight
    }

    /// Above the numbers of vehicles, in the order of addresses.
    static let firstFlight: UInt32 = 1 << 31
}
