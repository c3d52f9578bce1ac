import Testing
import Traffic

@testable import Controller
@testable import World

/// Zones that bar a way after it was planned.
@Suite struct ZoneWatchTests {
    /// From 20 min after the start (08:00) until `end`: no flight of these tests is planned for so late.
    static func from0820(to end: String) -> String {
        "{\"permanent\":\"NO\",\"startDateTime\":\"2027-01-15T08:20:00Z\","
            + "\"endDateTime\":\"2027-01-15T\(end):00Z\"}"
    }

    /// Held at about 1.5 km of its 5 km, with its freight, until a second after the epoch.
    static func held(_ shapes: [ZoneTests.Shape], until second: Int) throws -> Fleet {
        var fleet = try ZoneTests.planned(shapes, range: 100_000).fleet
        #expect(fleet.assigned.count == 1 && !fleet.assigned[0].contains("round"), "\(fleet.assigned)")
        while fleet.ticks < 900, fleet.vehicles[0].payloadGrams == 0 || north(fleet) < 1500 { fleet.second() }
        fleet.give(.operatorAction(.hold, VehicleID(1), by: "aigul", at: fleet.now))
        while fleet.ticks < second { fleet.second() }
        #expect(fleet.vehicles[0].mode == .holding && north(fleet) < 1700)
        return fleet
    }

    static func north(_ fleet: Fleet) -> Double {
        Double(fleet.vehicles[0].at.latitudeE7 - Harness.place(0, 0).latitudeE7) / 89.8
    }

    /// Nobody is in a zone that applies.
    static func isOutside(_ fleet: Fleet, _ geography: Geography) -> Bool {
        let drone = fleet.vehicles[0]
        let place = GeodeticPoint(drone.at)
        return geography.zones.firstZone(
            from: place, to: place, fromAltitude: drone.altitudeMeters, toAltitude: drone.altitudeMeters,
            start: fleet.now, end: fleet.now, marginMeters: 0, marginVerticalMeters: 0) == nil
    }

    @Test func aWayBarredLaterIsLeftAndPlannedAnew() throws {
        let zone = ZoneTests.Shape(
            center: (0, 3500), radius: 400, upper: 2000, applicability: Self.from0820(to: "12:00"))
        var fleet = try Self.held([zone], until: 1250)
        fleet.give(.operatorAction(.resume, VehicleID(1), by: "aigul", at: fleet.now))
        var isOutside = true
        for _ in 0..<2500 {
            fleet.second()
            isOutside = isOutside && Self.isOutside(fleet, fleet.geography)
        }
        #expect(isOutside)
        let told = "zone: flying is prohibited on its way in Reserve (Z1): returns"
        #expect(fleet.incidents.contains { $0.hasSuffix(told) }, "\(fleet.incidents)")
        #expect(fleet.notices.count { $0.hasSuffix(told) } == 1)
        #expect(fleet.assigned.count > 1 && fleet.assigned[1].contains("flies round Reserve"))
        #expect(fleet.count(.delivered) == 1)
    }

    /// Between walls it waits, and goes on when they are gone.
    @Test func itWaitsWhereNoWayIsLeft() throws {
        let shapes = Self.walls(to: "08:30")
        var fleet = try Self.held(shapes, until: 1250)
        fleet.give(.operatorAction(.resume, VehicleID(1), by: "aigul", at: fleet.now))
        var isOutside = true
        for _ in 0..<500 {
            fleet.second()
            isOutside = isOutside && Self.isOutside(fleet, fleet.geography)
        }
        #expect(isOutside && fleet.vehicles[0].mode == .holding && Self.north(fleet) < 1900)
        #expect(fleet.controller.missions[0].state == .held)
        #expect(fleet.incidents.count { $0.contains("and on its way back: waits") } == 1)
        fleet.run(900)
        #expect(fleet.notices.contains { $0.contains("its way is open again") })
        #expect(fleet.controller.orders[0].mission == MissionID(1) && fleet.count(.delivered) == 1)
    }

    static func walls(to end: String) -> [ZoneTests.Shape] {
        let sides: [(w: Double, e: Double, s: Double, n: Double)] = [
            (-3000, 3000, 2400, 2600), (-3000, 3000, 700, 900), (-3200, -2900, 700, 2600),
            (2900, 3200, 700, 2600),
        ]
        return sides.enumerated().map { n, b in
            ZoneTests.Shape(
                id: "W\(n)", name: "Wall \(n)", ring: [(b.w, b.s), (b.e, b.s), (b.e, b.n), (b.w, b.n)],
                upper: 3000, applicability: Self.from0820(to: end))
        }
    }

    /// Without a mission and without a way home it hovers, says so, and lands before its energy ends.
    @Test func withoutAWayHomeItHoversAndLands() throws {
        var fleet = try Self.held(Self.walls(to: "23:00"), until: 1250)
        fleet.give(.operatorAction(.abort, VehicleID(1), by: "aigul", at: fleet.now))
        fleet.run(120)
        let told = "drone-1 hovers and cannot come home: there is no way round Wall 1 (W1)"
        #expect(fleet.incidents.contains { $0.hasPrefix(told) }, "\(fleet.incidents)")
        #expect(fleet.notices.count { $0.hasPrefix(told) } < 4 && !fleet.vehicles[0].isOnGround)
        fleet.change(VehicleID(1)) { $0.energyKilojoules = 400 }
        fleet.run(200)
        #expect(fleet.vehicles[0].isOnGround && fleet.crashes.isEmpty)
        #expect((700...2400).contains(Self.north(fleet)))
        #expect(fleet.incidents.contains { $0.hasPrefix(told) && $0.hasSuffix("lands where it is") })
    }

    /// Another station's zones, after a restart: who is on the ground is planned anew.
    @Test func onTheGroundTheMissionIsDropped() throws {
        var fleet = try ZoneTests.planned([], range: 100_000).fleet
        while fleet.ticks < 900 {
            fleet.second()
            let drone = fleet.vehicles[0]
            if drone.isOnGround, drone.mission?.steps[drone.leg].action == .load { break }
        }
        fleet.run(5)
        let geography = try ZoneTests.geography([
            ZoneTests.Shape(center: (0, 3000), radius: 500, upper: 2000)
        ])
        fleet.controller = Controller(
            restoring: fleet.controller.snapshot, configuration: fleet.configuration, geography: geography)
        fleet.give(.stationStarted(fence: 2, at: fleet.now))
        let drone = fleet.vehicles[0]
        fleet.give(
            .vehicleConnected(
                drone.profile, heldMission: drone.mission?.id, heldRevision: 1, at: fleet.now))
        var isOutside = true
        for _ in 0..<2000 {
            fleet.second()
            isOutside = isOutside && Self.isOutside(fleet, geography)
        }
        #expect(isOutside)
        #expect(fleet.notices.contains { $0.contains("flying is prohibited on its way in Reserve (Z1)") })
        #expect(fleet.assigned.count > 1 && fleet.assigned[1].contains("flies round Reserve"))
        #expect(fleet.count(.delivered) == 1, "\(fleet.notices)")
    }

    @Test func aContingencyThroughAZoneIsTold() throws {
        let zone = ZoneTests.Shape(center: (100, 2500), radius: 800, upper: 2000)
        var fleet = try ZoneTests.planned([zone]).fleet
        #expect(
            fleet.assigned[0].contains("its contingency leads through Reserve (Z1)"), "\(fleet.assigned)")
        while fleet.ticks < 900, fleet.vehicles[0].payloadGrams == 0 || Self.north(fleet) < 4000 {
            fleet.second()
        }
        fleet.give(.operatorAction(.returnHome, VehicleID(1), by: "aigul", at: fleet.now))
        fleet.run(400)
        let told = "drone-1 flies its contingency through Reserve (Z1)"
        #expect(fleet.incidents.count { $0 == told } == 1, "\(fleet.incidents)")
        // It came down and is planned anew.
        #expect(fleet.controller.missions[0].state == .aborted)
    }

    /// Manoeuvres that keep clear of aircraft are asked about zones within reach, those of nobody else.
    @Test func avoidanceAsksForZonesInReach() throws {
        var fleet = try ZoneTests.planned([ZoneTests.Shape(center: (0, 2500), radius: 300, upper: 2000)])
            .fleet
        #expect(ZoneCone(fleet.controller, 0, seconds: 80) == nil)
        while fleet.ticks < 900, fleet.vehicles[0].payloadGrams == 0 || Self.north(fleet) < 1500 {
            fleet.second()
        }
        let cone = try #require(ZoneCone(fleet.controller, 0, seconds: 80))
        let from = Motion(x: 0, y: 0, z: 380, vx: 0, vy: 0, vz: 0)
        func to(_ x: Double, _ y: Double, _ z: Double = 380) -> Motion {
            Motion(x: x, y: y, z: z, vx: 0, vy: 0, vz: 0)
        }
        let north = 2500 - Self.north(fleet)
        #expect(!cone.isOpen(from: from, to: to(0, north)) && !cone.isOpen(from: from, to: to(0, 2 * north)))
        #expect(cone.isOpen(from: from, to: to(0, -1000)) && cone.isOpen(from: from, to: to(1000, 0)))
    }
}
