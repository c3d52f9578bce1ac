import Testing

@testable import Controller
@testable import World

/// Drones that come down where trucks are.
@Suite struct OverflightTests {
    static let truck = VehicleID(50)

    /// One drone, and a truck that stands at `at`.
    static func fleet(truck at: Coordinate) -> Fleet {
        var fleet = Fleet(ControllerConfiguration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.add(Harness.profile(truck.number, .truck), at: at)
        fleet.run(5)
        return fleet
    }

    /// Sent 3 km north; where it will land there.
    static func send(_ fleet: inout Fleet) throws -> Coordinate {
        fleet.submit(Harness.request("a", from: (0, 200), to: (0, 3000), at: fleet.now))
        fleet.run(3)
        let mission = try #require(fleet.controller.missions.first { $0.vehicle == VehicleID(1) })
        return try #require(mission.steps.last { $0.action == .land }).target.coordinate
    }

    /// Runs until the drone comes down on its last landing.
    static func untilLanding(_ fleet: inout Fleet, above meters: Double) {
        while fleet.ticks < 3000 {
            fleet.second()
            let drone = fleet.vehicles[0]
            if drone.payloadGrams > 0, drone.mission?.steps[drone.leg].action == .land,
                drone.altitudeMeters < 300 + meters
            {
                return
            }
        }
    }

    /// Least height over a truck within 30 m, metres; what stands on the ground is not over it.
    static func over(_ fleet: Fleet) -> Double {
        let (drone, truck) = (fleet.vehicles[0], fleet.vehicles[1])
        guard !drone.isOnGround, drone.at.meters(to: truck.at) < 30 else { return .infinity }
        return drone.altitudeMeters - truck.altitudeMeters
    }

    @Test func noSpotIsChosenWhereATruckStands() throws {
        var fleet = Self.fleet(truck: Harness.place(0, 3000))
        let spot = try Self.send(&fleet)
        let far = spot.meters(to: Harness.place(0, 3000))
        #expect(far > 65 && far < 200, "\(far)")
        fleet.run(1500)
        #expect(fleet.count(.delivered) == 1)
        #expect(fleet.controller.separationStatistics.truckLosses == 0)
        #expect(fleet.commands[.manoeuvre] == nil, "nobody is in anybody's way")
    }

    /// A truck comes to stand where the drone is about to land; `seconds` later it has kept clear of it.
    static func landing(onTruckFor seconds: Int) throws -> Fleet {
        var fleet = fleet(truck: Harness.place(4000, 0))
        let spot = try send(&fleet)
        untilLanding(&fleet, above: 60)
        fleet.change(truck) { $0.at = spot }
        var least = Double.infinity
        for _ in 0..<seconds {
            fleet.second()
            least = min(least, over(fleet))
        }
        #expect(least > 15, "\(least)")
        return fleet
    }

    @Test func itWaitsAboveUntilTheTruckHasLeft() throws {
        var fleet = try Self.landing(onTruckFor: 60)
        #expect(fleet.notices.contains { $0.contains("truck-50 is in the way") }, "\(fleet.notices)")
        fleet.change(Self.truck) { $0.at = Harness.place(4000, 0) }
        fleet.run(300)
        #expect(fleet.count(.delivered) == 1)
        let statistics = fleet.controller.separationStatistics
        #expect(statistics.truckLosses == 0 && statistics.resolutions > 0)
        let commands = (fleet.commands[.manoeuvre] ?? 0) + (fleet.commands[.resume] ?? 0)
        #expect(commands > 0 && commands < 12, "\(fleet.commands)")
    }

    @Test func itReturnsWhenTheTruckStays() throws {
        var fleet = try Self.landing(onTruckFor: 400)
        #expect(fleet.incidents.contains { $0.contains("for truck-50 to leave its landing spot: returns") })
        // It comes again, to another spot.
        fleet.run(2000)
        #expect(fleet.count(.delivered) == 1, "\(fleet.notices) \(fleet.controller.vehicles.map(\.reason))")
        #expect(fleet.controller.separationStatistics.truckLosses == 0)
    }

    /// Trucks that drive past and over landing spots while a drone comes down or takes off.
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func nobodyIsOverATruckThatDrivesBy(seed: UInt64) throws
    {
        print("trucks under landings, seed \(seed)")
        var random = SplitMix64(seed: seed)
        var fleet = Self.fleet(truck: Harness.place(4000, 0))
        let spot = try Self.send(&fleet)
        Self.untilLanding(&fleet, above: 20 + 40 * random.unit())
        let speed = 8 + 14 * random.unit()
        let aside = 40 * random.unit() - 20
        // At the spot some seconds from now.
        let start = -speed * (10 + 25 * random.unit())
        var least = Double.infinity
        for second in 0..<120 {
            let along = start + speed * Double(second)
            fleet.change(Self.truck) {
                $0.at = spot.moved(east: along, north: aside)
                $0.velocity = (speed, 0, 0)
                $0.task = .hold
            }
            fleet.second()
            fleet.change(Self.truck) { $0.velocity = (speed, 0, 0) }
            least = min(least, Self.over(fleet))
        }
        #expect(least > 15, "\(least)")
        fleet.change(Self.truck) {
            $0.at = Harness.place(4000, 0); $0.task = .idle
        }
        fleet.run(1500)
        #expect(fleet.count(.delivered) == 1)
        #expect(fleet.controller.separationStatistics.truckLosses == 0)
    }
}
