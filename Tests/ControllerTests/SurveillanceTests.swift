import Glibc
import Testing
import Traffic
import World

@testable import Controller

@Suite struct SurveillanceTests {
    /// Flies straight on; seen once a second.
    struct Aircraft {
        var address: UInt32 = 0x4B_1814
        var callsign = "N123AB"
        var east: Double
        var north: Double
        var altitudeMeters: Double
        var velocityEast: Double
        var velocityNorth: Double

        mutating func second() {
            east += velocityEast
            north += velocityNorth
        }

        func contact(_ at: Instant) -> SurveillanceContact {
            SurveillanceContact(
                address: address, callsign: callsign, measuredAt: at,
                position: Position(
                    Harness.place(east, north), altitude: Altitude(meters: altitudeMeters)),
                velocityEastMillimetersPerSecond: Int32(velocityEast * 1000),
                velocityNorthMillimetersPerSecond: Int32(velocityNorth * 1000),
                velocityUpMillimetersPerSecond: 0, horizontalAccuracyCentimeters: 3000,
                verticalAccuracyCentimeters: 2000, velocityAccuracyMillimetersPerSecond: 3000)
        }
    }

    /// A drone that carries freight 8 km north.
    private func fleet(avoids: Bool = true, keeps: Bool = false) -> Fleet {
        var configuration = ControllerConfiguration()
        configuration.avoidsCrewed = avoids
        var fleet = Fleet(configuration, Harness.geography, keeps: keeps)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        fleet.submit(Harness.request("a", from: (0, 100), to: (0, 8000), at: fleet.now))
        return fleet
    }

    /// Until the drone flies with its freight.
    private func underWay(_ fleet: inout Fleet) {
        while fleet.ticks < 900 {
            fleet.second()
            if fleet.vehicles[0].velocity.north > 14, fleet.vehicles[0].payloadGrams > 0 { return }
        }
    }

    struct Outcome {
        var fleet: Fleet
        /// Smallest distance while also closer than 76.2 m in height.
        var closest = Double.infinity
        var isLost = false
    }

    /// The aircraft crosses the drone's way where that is 3 km north, at its height.
    private func crossing(avoids: Bool, keeps: Bool = false, course: Double = 90) -> Outcome {
        var outcome = Outcome(fleet: fleet(avoids: avoids, keeps: keeps))
        underWay(&outcome.fleet)
        // The drone will be at 3 km then.
        let ahead = (3000 - Harness.meters(outcome.fleet.vehicles[0].at, Harness.place(0, 0))) / 15
        let altitude = outcome.fleet.vehicles[0].altitudeMeters
        let (ve, vn) = (60 * sin(course * .pi / 180), 60 * cos(course * .pi / 180))
        var aircraft = Aircraft(
            east: -ve * ahead, north: 3000 - vn * ahead, altitudeMeters: altitude, velocityEast: ve,
            velocityNorth: vn)
        for second in 0..<2000 {
            if second < 400 {
                aircraft.second()
                let at = outcome.fleet.now.advanced(bySeconds: 1)
                outcome.fleet.give(.surveillance(at: at, contacts: [aircraft.contact(at)]))
            }
            outcome.fleet.second()
            let drone = outcome.fleet.vehicles[0]
            let far = Harness.meters(drone.at, Harness.place(aircraft.east, aircraft.north))
            if second < 400, abs(drone.altitudeMeters - aircraft.altitudeMeters) < 76.2 {
                outcome.closest = min(outcome.closest, far)
                if far < 609.6 { outcome.isLost = true }
            }
        }
        return outcome
    }

    @Test(arguments: [90.0, 180, 225, 0]) func keepsWellClearOfACrossingAircraftAndDelivers(course: Double) {
        let with = crossing(avoids: true, course: course)

        #expect(!with.isLost, "\(with.closest) m: \(with.fleet.notices)")
        #expect(with.fleet.count(.delivered) == 1, "\(with.fleet.controller.vehicles.map(\.reason))")
        #expect(with.fleet.vehicles[0].isOnGround)
        #expect(with.fleet.commands[.manoeuvre] ?? 0 > 0 && with.fleet.commands[.resume] ?? 0 > 0)
        #expect(with.fleet.controller.surveillanceStatistics.lossesOfWellClear == 0)
        #expect(with.fleet.notices.contains { $0.contains("N123AB is in the way") })
        // And that is because it gave way.
        if course == 90 || course == 180 {
            let without = crossing(avoids: false, course: course)
            #expect(without.isLost && without.closest < 200)
            #expect(without.fleet.controller.surveillanceStatistics.lossesOfWellClear == 1)
        }
    }

    /// Somebody watches a fire in the middle of the way.
    @Test func goesAroundAHelicopterThatHovers() {
        var fleet = fleet()
        var closest = Double.infinity
        for _ in 0..<2500 {
            let at = fleet.now.advanced(bySeconds: 1)
            let helicopter = Aircraft(
                east: 0, north: 4000, altitudeMeters: 420, velocityEast: 0, velocityNorth: 0)
            fleet.give(.surveillance(at: at, contacts: [helicopter.contact(at)]))
            fleet.second()
            let drone = fleet.vehicles[0]
            if abs(drone.altitudeMeters - 420) < 76.2 {
                closest = min(closest, Harness.meters(drone.at, Harness.place(0, 4000)))
            }
        }
        #expect(closest > 609.6, "\(closest)")
        #expect(fleet.count(.delivered) == 1 && fleet.vehicles[0].isOnGround, "\(fleet.notices)")
    }

    @Test func eachLevelIsToldOnce() throws {
        let fleet = crossing(avoids: false).fleet
        let told = fleet.notices.filter { $0.contains("N123AB") }
        for level in ["preventive", "corrective", "warning"] {
            #expect(told.count { $0.hasPrefix("drone-1: \(level), N123AB ") } <= 1, "\(told)")
        }
        #expect(fleet.controller.surveillanceStatistics.alerts[2] == 1)
        let warning = try #require(told.first { $0.hasPrefix("drone-1: warning") })
        #expect(warning.contains(" to the left, ") && warning.contains("closing"))
        #expect(warning.contains("well clear lost in ") && warning.hasSuffix("; keeps its way"), "\(warning)")
        // Warnings and losses are kept in the journal.
        #expect(fleet.incidents.count { $0 == warning } == 1)
        #expect(fleet.incidents.count { $0.hasPrefix("well clear lost: drone-1 and N123AB") } == 1)
        #expect(!fleet.incidents.contains { $0.contains("preventive") || $0.contains("corrective") })
    }

    @Test func levelsAreInTheViews() throws {
        var fleet = fleet(avoids: false)
        underWay(&fleet)
        let drone = fleet.vehicles[0]
        let place = Harness.meters(drone.at, Harness.place(0, 0))
        var plane = Aircraft(
            east: 1500, north: place + 700, altitudeMeters: drone.altitudeMeters + 30, velocityEast: -60,
            velocityNorth: 0)
        plane.callsign = ""
        fleet.give(.surveillance(at: fleet.now, contacts: [plane.contact(fleet.now)]))
        // Seen before the next tick already.
        #expect(try #require(fleet.controller.trafficNear(VehicleID(1))).neighbours.count == 1)
        fleet.second()
        let alert = try #require(fleet.controller.vehicle(VehicleID(1))?.crewed.first)
        #expect(alert.level == "warning" && alert.aircraft == "4B1814" && alert.address == "4B1814")
        #expect(alert.secondsToLoss.map { (1...40).contains($0) } == true)
        let near = try #require(fleet.controller.trafficNear(VehicleID(1)))
        let other = try #require(near.neighbours.first)
        #expect(other.kind == .aircraft && other.level == "warning")
        #expect((1400...1700).contains(other.distanceMeters) && (50...80).contains(other.bearingDegrees))
        #expect((25...35).contains(other.aboveMeters) && other.closingMetersPerSecond > 40)
        #expect(near.directionDegrees.contains { $0.region != "free" })
        #expect(near.directionDegrees.first?.low == 0 && near.directionDegrees.last?.high == 360)
        #expect(!near.altitudeBandsMeters.isEmpty && !near.groundSpeedMetersPerSecond.isEmpty)
        #expect(!near.verticalSpeedMetersPerSecond.isEmpty)
        #expect(fleet.controller.trafficNear(VehicleID(9)) == nil)
        #expect(fleet.controller.surveillanceNow.aircraft == 1)
        #expect(fleet.controller.surveillanceNow.alerts == [0, 0, 1])
    }

    @Test func whoIsNotSeenAnyMoreIsForgotten() throws {
        var fleet = fleet()
        let plane = Aircraft(
            east: 5000, north: 1000, altitudeMeters: 400, velocityEast: 0, velocityNorth: 0)
        fleet.give(.surveillance(at: fleet.now, contacts: [plane.contact(fleet.now)]))
        fleet.run(59)
        #expect(fleet.controller.surveillanceNow.aircraft == 1)
        fleet.run(3)
        #expect(fleet.controller.surveillanceNow.aircraft == 0)
        #expect(fleet.controller.vehicles[0].crewed.isEmpty)
        // Come back it is taken again.
        fleet.give(.surveillance(at: fleet.now, contacts: [plane.contact(fleet.now)]))
        fleet.run(1)
        #expect(fleet.controller.surveillanceNow.aircraft == 1)
    }

    @Test func nonsenseIsRefusedAndCounted() {
        var controller = Controller(
            configuration: ControllerConfiguration(), geography: Harness.geography)
        var effects: [Effect] = []
        controller.step(.stationStarted(fence: 1, at: Harness.epoch), effects: &effects)
        let good = Aircraft(east: 0, north: 0, altitudeMeters: 500, velocityEast: 50, velocityNorth: 0)
            .contact(Harness.epoch)
        func changed(_ change: (inout SurveillanceContact) -> Void) -> SurveillanceContact {
            var contact = good
            change(&contact)
            return contact
        }
        let bad: [(ContactFault, SurveillanceContact)] = [
            (.address, changed { $0.address = 0 }), (.address, changed { $0.address = 1 << 24 }),
            (.address, changed { $0.address = .max }), (.callsign, changed { $0.callsign = "TOOLONG12" }),
            (.callsign, changed { $0.callsign = "A\u{1B}[2J" }), (.callsign, changed { $0.callsign = "é" }),
            (.old, changed { $0.measuredAt = Harness.epoch.advanced(bySeconds: -61) }),
            (.old, changed { $0.measuredAt = Instant(nanoseconds: .min) }),
            (.future, changed { $0.measuredAt = Harness.epoch.advanced(bySeconds: 3) }),
            (.future, changed { $0.measuredAt = Instant(nanoseconds: .max) }),
            (.position, changed { $0.position.coordinate.latitudeE7 = 900_000_001 }),
            (.position, changed { $0.position.coordinate.longitudeE7 = .min }),
            (.position, changed { $0.position.altitude.millimeters = .max }),
            (.velocity, changed { $0.velocityEastMillimetersPerSecond = .min }),
            (.velocity, changed { $0.velocityNorthMillimetersPerSecond = 400_001 }),
            (.velocity, changed { $0.velocityUpMillimetersPerSecond = .min }),
            (.accuracy, changed { $0.horizontalAccuracyCentimeters = .max }),
            (.accuracy, changed { $0.verticalAccuracyCentimeters = 60_000 }),
            (.accuracy, changed { $0.velocityAccuracyMillimetersPerSecond = 60_000 }),
        ]
        for (fault, contact) in bad {
            let before = controller.surveillanceStatistics.refused(fault)
            controller.step(.surveillance(at: Harness.epoch, contacts: [contact]), effects: &effects)
            #expect(controller.surveillanceStatistics.refused(fault) == before + 1, "\(fault): \(contact)")
        }
        #expect(controller.surveillanceNow.aircraft == 0)
        controller.step(.surveillance(at: Harness.epoch, contacts: [good, good]), effects: &effects)
        #expect(controller.surveillanceNow.aircraft == 1)
        #expect(controller.surveillanceStatistics.taken == 1)
        #expect(controller.surveillanceStatistics.outdated == 1)
    }

    @Test func orderDoesNotMatterAndTheNewestStay() {
        var configuration = ControllerConfiguration()
        configuration.surveillanceContacts = 50
        var random = SplitMix64(seed: 11)
        var contacts: [SurveillanceContact] = []
        for _ in 0..<600 {
            var plane = Aircraft(
                east: Double(random.next() % 50_000), north: 0, altitudeMeters: 500, velocityEast: 0,
                velocityNorth: 0)
            plane.address = UInt32(random.next() % 120) + 1
            plane.callsign = random.next() % 2 == 0 ? "" : "K\(random.next() % 3)"
            // Many of the same moment.
            let age = Double(random.next() % 40)
            contacts.append(plane.contact(Harness.epoch.advanced(bySeconds: -age)))
        }
        var results: [[SurveillanceContact]] = []
        for _ in 0..<8 {
            var surveillance = Surveillance()
            for contact in contacts { surveillance.take(contact, at: Harness.epoch, configuration) }
            results.append(surveillance.contacts)
            #expect(surveillance.contacts.count == 50)
            for i in contacts.indices.dropFirst() {
                contacts.swapAt(i, Int(random.next() % UInt64(i + 1)))
            }
        }
        #expect(results.allSatisfy { $0 == results[0] })
        // The obvious way: the best of each, then the newest fifty.
        var best: [UInt32: SurveillanceContact] = [:]
        for contact in contacts where best[contact.address].map({ contact.outranks($0) }) ?? true {
            best[contact.address] = contact
        }
        let newest = best.values.sorted { ($1.measuredAt, $0.address) < ($0.measuredAt, $1.address) }
        let times = newest.prefix(50).map(\.measuredAt)
        #expect(results[0].map(\.measuredAt).sorted(by: >) == times)
    }

    @Test func theSameInputsGiveTheSame() throws {
        let first = crossing(avoids: true, keeps: true).fleet
        var again = Fleet(first.configuration, Harness.geography, keeps: true)
        again.controller = Controller(configuration: first.configuration, geography: Harness.geography)
        var effects: [Effect] = []
        for input in first.inputs { again.controller.step(input, effects: &effects) }
        #expect(again.controller.hash == first.controller.hash)
        #expect(again.controller.surveillanceStatistics == first.controller.surveillanceStatistics)
    }
}
