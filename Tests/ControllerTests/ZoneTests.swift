import Testing
import Traffic

@testable import Controller
@testable import World

/// Flights and the zones they may not enter.
@Suite struct ZoneTests {
    struct Shape {
        var id = "Z1"
        var name = "Reserve"
        var center: (Double, Double)? = nil
        var radius = 0.0
        var ring: [(Double, Double)] = []
        var lower = 0.0
        var upper = 500.0
        var datum = "AGL"
        var restriction = "PROHIBITED"
        var applicability = "{\"permanent\":\"YES\"}"

        var text: String {
            func pair(_ p: (Double, Double)) -> String {
                let c = Harness.place(p.0, p.1)
                return "[\(c.longitudeDegrees),\(c.latitudeDegrees)]"
            }
            let projection: String
            if let center {
                projection = "{\"type\":\"Circle\",\"center\":\(pair(center)),\"radius\":\(radius)}"
            } else {
                let points = (ring + [ring[0]]).map(pair).joined(separator: ",")
                projection = "{\"type\":\"Polygon\",\"coordinates\":[[\(points)]]}"
            }
            return """
                {"identifier":"\(id)","country":"KAZ","name":"\(name)","restriction":"\(restriction)",\
                "uSpaceClass":"","applicability":[\(applicability)],"geometry":[{"uomDimensions":"M",\
                "lowerLimit":\(lower),"lowerVerticalReference":"\(datum)","upperLimit":\(upper),\
                "upperVerticalReference":"\(datum)","horizontalProjection":\(projection)}]}
                """
        }
    }

    static func geography(_ shapes: [Shape]) throws -> Geography {
        let text = "{\"features\":[\(shapes.map(\.text).joined(separator: ","))]}"
        return Geography(
            route: Harness.geography.route, ground: Harness.geography.ground,
            zones: try Geozone.ed269(file: "t", bytes: Array(text.utf8)), geoidMeters: { _ in -40 })
    }

    /// One drone, one order over 5 km to the north from where it stands.
    static func planned(
        _ shapes: [Shape], kinds: [VehicleKind]? = [.multirotor], range: UInt32 = 30_000,
        readyIn: Double = 0
    ) throws -> (fleet: Fleet, mission: Mission?) {
        var fleet = Fleet(ControllerConfiguration(), try geography(shapes))
        var profile = Harness.profile(1)
        profile.rangeMeters = range
        fleet.add(profile, at: Harness.place(0, 0))
        fleet.run(5)
        var request = Harness.request(
            "z", from: (0, 60), to: (0, 5000), at: fleet.now.advanced(bySeconds: readyIn))
        request.kinds = kinds
        fleet.submit(request)
        fleet.run(3)
        return (fleet, fleet.controller.missions.first)
    }

    /// Of all legs flown level: how near they come to a circle's middle, metres.
    static func nearest(_ mission: Mission, _ center: (Double, Double)) -> Double {
        let place = Harness.place(center.0, center.1)
        var (least, at) = (Double.infinity, Harness.place(0, 0))
        for step in mission.steps where step.action != .contingency {
            let next = step.target.coordinate
            let d = at.displacement(to: next)
            for share in stride(from: 0, through: 1, by: 0.002) {
                let here = at.moved(east: d.east * share, north: d.north * share)
                least = min(least, Geodesic.inverse(here, place).meters)
            }
            at = next
        }
        return least
    }

    @Test func aFlightGoesRoundAZone() throws {
        let free = try #require(try Self.planned([]).mission)
        let (planned, mission) = try Self.planned([
            Shape(center: (100, 2500), radius: 800, upper: 2000)
        ])
        let round = try #require(mission, "\(planned.controller.orders.map(\.reason))")
        #expect(planned.assigned[0].contains("flies round Reserve (Z1)"), "\(planned.assigned)")
        let near = Self.nearest(round, (100, 2500))
        // Clear by the margin, and not by much more.
        #expect(near >= 830 && near < 900, "\(near)")
        // To the left, where it is shorter.
        #expect(
            round.steps.filter { $0.action == .fly }.map(\.target.coordinate.longitudeE7).min() ?? 0
                < 769_910_000)
        #expect(round.expectedEnd > free.expectedEnd)
        // It is flown as planned, and delivered.
        var fleet = planned
        fleet.run(1500)
        #expect(fleet.count(.delivered) == 1 && fleet.incidents.isEmpty, "\(fleet.incidents)")
    }

    @Test func theLongerWayCostsEnergy() throws {
        let zone = Shape(center: (0, 2500), radius: 2300, upper: 3000)
        // 12 km of range do for 5 km and 5 km back, but not for the way round.
        let free = try Self.planned([], range: 14_500)
        #expect(free.mission != nil, "\(free.fleet.controller.orders.map(\.reason))")
        let (fleet, mission) = try Self.planned([zone], range: 14_500)
        #expect(mission == nil)
        #expect(
            fleet.controller.orders[0].reason.contains("of its energy and has"),
            "\(fleet.controller.orders[0].reason)")
        #expect(try Self.planned([zone], range: 30_000).mission != nil)
    }

    @Test func aFlightGoesOverALowZoneAndBelowAHighOne() throws {
        // A wall 30 km long: over it is quicker than round it.
        let wall: [(Double, Double)] = [(-15_000, 2400), (15_000, 2400), (15_000, 2600), (-15_000, 2600)]
        let (fleet, over) = try Self.planned([Shape(ring: wall, upper: 150)])
        let mission = try #require(over)
        #expect(fleet.assigned[0].contains("flies over Reserve (Z1)"), "\(fleet.assigned)")
        let level = mission.steps.filter { $0.action == .fly }.map(\.target.altitude.meters).max() ?? 0
        #expect(level > 300 + 150 + 10 && level < 300 + 150 + 120, "\(level)")
        let free = try #require(try Self.planned([]).mission)
        // Above mean sea level and above the ellipsoid the same wall, told otherwise: h = H - 40.
        for (datum, low, high) in [("AMSL", 0.0, 450.0), ("WGS84", 0, 410)] {
            let same = try Self.planned([Shape(ring: wall, lower: low, upper: high, datum: datum)]).mission
            #expect(same?.steps.map(\.target) == mission.steps.map(\.target), "\(datum)")
        }
        // One that begins above the usual height changes nothing; neither does one that asks for permission only.
        for shape in [
            Shape(ring: wall, lower: 150, upper: 3000), Shape(ring: wall, restriction: "REQ_AUTHORISATION"),
        ] {
            #expect(try Self.planned([shape]).mission?.steps == free.steps)
        }
    }

    @Test func noWayIsRefusedWithTheZonesName() throws {
        // All around the delivery, to above any height tried.
        var shapes: [Shape] = []
        for (n, ring) in [
            [(-3000.0, 3000.0), (3000.0, 3000.0), (3000.0, 3500.0), (-3000.0, 3500.0)],
            [(-3000, 6500), (3000, 6500), (3000, 7000), (-3000, 7000)],
            [(-3000, 3400), (-2500, 3400), (-2500, 6600), (-3000, 6600)],
            [(2500, 3400), (3000, 3400), (3000, 6600), (2500, 6600)],
        ].enumerated() {
            shapes.append(Shape(id: "W\(n)", name: "Wall \(n)", ring: ring, upper: 3000))
        }
        let (fleet, mission) = try Self.planned(shapes)
        #expect(mission == nil)
        #expect(
            fleet.controller.orders[0].reason.contains("no way round Wall 0 (W0)"),
            "\(fleet.controller.orders[0].reason)")
        // With a gap there is.
        shapes.remove(at: 3)
        let gap = try #require(try Self.planned(shapes).mission)
        #expect(gap.steps.count { $0.action == .fly } >= 4)
    }

    @Test func ordersIntoAZoneAreRefusedAtOnce() throws {
        let (fleet, mission) = try Self.planned([Shape(center: (0, 5000), radius: 400)])
        #expect(mission == nil && fleet.count(.refused) == 1)
        #expect(
            fleet.controller.orders[0].reason.contains(
                "delivery B cannot be flown to: flying is prohibited in Reserve (Z1)"),
            "\(fleet.controller.orders[0].reason)")
        #expect(fleet.controller.refusals == [RefusalCount(cause: .prohibitedZone, count: 1)])
        // One for some hours is waited for.
        let hours =
            "{\"permanent\":\"NO\",\"startDateTime\":\"2027-01-15T00:00:00Z\","
            + "\"endDateTime\":\"2027-01-15T08:40:00Z\"}"
        var (later, none) = try Self.planned([
            Shape(center: (0, 5000), radius: 400, applicability: hours)
        ])
        // The epoch is 2027-01-15 08:00 UTC.
        #expect(none == nil && later.count(.waiting) == 1)
        #expect(
            later.controller.orders[0].reason.contains("cannot land at the delivery"),
            "\(later.controller.orders[0].reason)")
        none = nil
        later.run(3600)
        #expect(later.count(.delivered) == 1, "\(later.controller.orders[0].reason)")
    }

    @Test func aZoneCountsWhenItApplies() throws {
        func zone(_ applicability: String) -> Shape {
            Shape(center: (0, 2500), radius: 800, upper: 3000, applicability: applicability)
        }
        func goesRound(_ applicability: String) throws -> Bool {
            try #require(try Self.planned([zone(applicability)]).fleet.assigned.first).contains("flies round")
        }
        func daily(_ start: String, _ end: String, _ day: String) -> String {
            "{\"permanent\":\"NO\",\"schedule\":[{\"day\":[\"\(day)\"],\"startTime\":\"\(start)\",\"endTime\":\"\(end)\"}]}"
        }
        // 08:00 on a Friday.
        #expect(try goesRound(daily("07:00:00Z", "09:00:00Z", "ANY")))
        #expect(try goesRound(daily("08:05:00Z", "09:00:00Z", "FRI")))
        #expect(try goesRound(daily("22:00:00Z", "08:05:00Z", "THU")))
        #expect(try !goesRound(daily("22:00:00Z", "07:59:00Z", "THU")))
        #expect(try !goesRound(daily("12:00:00Z", "13:00:00Z", "ANY")))
        #expect(try !goesRound(daily("07:00:00Z", "09:00:00Z", "SAT")))
    }

    /// By chance: whatever is planned is clear of every zone, and going round is never shorter than straight on.
    @Test func plannedWaysAreClear() throws {
        let seed: UInt64 = 8
        var random = SplitMix64(seed: seed)
        var (rounds, blocked) = (0, 0)
        for round in 0..<40 {
            var shapes: [Shape] = []
            for n in 0..<8 {
                let center = (8000 * random.unit() - 4000, 8000 * random.unit() - 4000)
                let size = 200 + 1300 * random.unit()
                if n % 2 == 0 {
                    shapes.append(Shape(id: "C\(n)", center: center, radius: size, upper: 3000))
                } else {
                    let (a, b) = (size * random.unit(), size * random.unit())
                    shapes.append(
                        Shape(
                            id: "P\(n)",
                            ring: [
                                (center.0 - a, center.1 - size), (center.0 + size, center.1 - b),
                                (center.0 + a, center.1 + size), (center.0 - size, center.1 + b),
                            ], upper: 3000))
                }
            }
            let zones = try Self.geography(shapes).zones
            let (a, b) = (Harness.place(-6000, -5500), Harness.place(6000, 5500 * random.unit()))
            switch zones.way(from: a, to: b, altitude: 400, start: Harness.epoch, end: Harness.epoch) {
            case .blocked: blocked += 1
            case .way(let way):
                if way.round != nil { rounds += 1 }
                #expect(way.points.first == a && way.points.last == b)
                for (p, q) in zip(way.points, way.points.dropFirst()) {
                    let d = p.displacement(to: q)
                    for share in stride(from: 0, through: 1, by: 0.01) {
                        let here = p.moved(east: d.east * share, north: d.north * share)
                        let zone = zones.zones.first { $0.volumes[0].outline.contains(here) }
                        #expect(zone == nil, "seed \(seed) round \(round) \(zone?.identifier ?? "")")
                    }
                }
            }
        }
        #expect(rounds > 20 && blocked < 5, "\(rounds) \(blocked)")
    }

    // MARK: Manoeuvres

    @Test func manoeuvresKeepClearOfZonesAndGround() throws {
        let geography = try Self.geography([Shape(center: (0, 1000), radius: 300, upper: 150)])
        let frame = LocalFrame(origin: Position(Harness.place(0, 0), altitude: Altitude(millimeters: 0)))
        var airspace = ZoneAirspace(
            geography, frame: frame, reachMeters: 5000, clearanceMeters: 30, accelerations: [3])
        func admits(
            _ x: Double, _ y: Double, _ z: Double, vx: Double = 0, vy: Double = 0, vz: Double = 0,
            to manoeuvre: Manoeuvre, wanted: Manoeuvre? = nil, seconds: Double = 12
        ) -> Bool {
            let now = Motion(x: x, y: y, z: z, vx: vx, vy: vy, vz: vz)
            let hover = Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: z)
            let body = ResolutionBody(id: 1, motion: now, wanted: wanted ?? hover, current: manoeuvre)
            return airspace.admits(body, manoeuvre, seconds: seconds)
        }
        let north = Manoeuvre(vx: 0, vy: 20, climbRate: 0, levelMeters: 400)
        #expect(admits(0, 300, 400, vy: 20, to: north))
        #expect(!admits(0, 500, 400, vy: 20, to: north))
        #expect(!admits(200, 500, 400, vy: 20, to: north) && admits(340, 500, 400, vy: 20, to: north))
        // Above it, with the margin of height, and not through its ceiling.
        #expect(admits(0, 500, 470, vy: 20, to: Manoeuvre(vx: 0, vy: 20, climbRate: 0, levelMeters: 470)))
        #expect(!admits(0, 500, 470, vy: 20, to: Manoeuvre(vx: 0, vy: 20, climbRate: 3, levelMeters: 440)))
        // Turning away in time, and too late.
        let east = Manoeuvre(vx: 20, vy: 0, climbRate: 0, levelMeters: 400)
        #expect(admits(0, 500, 400, vy: 20, to: east) && !admits(0, 620, 400, vy: 20, to: east))
        // Inside, any way out will do.
        #expect(admits(0, 1000, 400, vy: 20, to: north))
        // Ground at 300 m, 30 m clear.
        #expect(!admits(2000, 0, 400, to: Manoeuvre(vx: 0, vy: 0, climbRate: 10, levelMeters: 320)))
        #expect(admits(2000, 0, 400, to: Manoeuvre(vx: 0, vy: 0, climbRate: 10, levelMeters: 335)))
        // So slow that it is not there in time; and one that is low already may stay so.
        #expect(admits(2000, 0, 400, to: Manoeuvre(vx: 0, vy: 0, climbRate: 2, levelMeters: 320)))
        #expect(admits(2000, 0, 310, to: Manoeuvre(vx: 5, vy: 0, climbRate: 0, levelMeters: 310)))
        // Who lands may do so, over its spot and nowhere else, and stop on the way down.
        let down = Manoeuvre(vx: 0, vy: 0, climbRate: 2, levelMeters: 300)
        let aside = Manoeuvre(vx: 5, vy: 0, climbRate: 2, levelMeters: 300)
        #expect(admits(2000, 0, 325, vz: -2, to: down, wanted: down))
        #expect(!admits(2000, 0, 325, vz: -2, to: aside, wanted: aside))
        #expect(!admits(2000, 0, 325, vz: -2, to: down, wanted: aside))
        let stop = Manoeuvre(vx: 0, vy: 0, climbRate: 2, levelMeters: 325)
        #expect(admits(2000, 0, 325, vz: -2, to: stop, wanted: down))
        #expect(admits(2000, 0, 325, vz: -2, to: Manoeuvre(vx: 0, vy: 0, climbRate: 3, levelMeters: 360)))
        // Applies or not, as the time is.
        let hours =
            "{\"permanent\":\"NO\",\"schedule\":[{\"day\":[\"ANY\"],\"startTime\":\"10:00:00Z\",\"endTime\":\"11:00:00Z\"}]}"
        airspace = ZoneAirspace(
            try Self.geography([Shape(center: (0, 1000), radius: 300, applicability: hours)]), frame: frame,
            reachMeters: 5000, clearanceMeters: 30, accelerations: [3])
        #expect(!admits(0, 500, 400, vy: 20, to: north))
        airspace.refresh(now: Harness.epoch, horizon: 60)
        #expect(admits(0, 500, 400, vy: 20, to: north))
        airspace.refresh(now: Harness.epoch.advanced(bySeconds: 7190), horizon: 60)
        #expect(!admits(0, 500, 400, vy: 20, to: north))
    }

    /// By chance: where a manoeuvre is admitted, the body does not come into a zone when it flies it step by step.
    @Test func admittedManoeuvresStayOut() throws {
        let seed: UInt64 = 4
        var random = SplitMix64(seed: seed)
        let geography = try Self.geography([
            Shape(id: "A", center: (0, 0), radius: 200, upper: 100),
            Shape(id: "B", ring: [(300, 100), (600, 200), (500, 500), (250, 450)], lower: 60, upper: 200),
        ])
        let frame = LocalFrame(origin: Position(Harness.place(0, 0), altitude: Altitude(millimeters: 0)))
        let airspace = ZoneAirspace(
            geography, frame: frame, reachMeters: 5000, clearanceMeters: 30, accelerations: [3])
        let tile = geography.zones.tile(frame: frame, reachMeters: 5000)
        var (admitted, refused) = (0, 0)
        for round in 0..<3000 {
            func any(_ size: Double) -> Double { (2 * random.unit() - 1) * size }
            var m = Motion(x: any(800), y: any(800), z: 380 + any(60), vx: any(20), vy: any(20), vz: any(3))
            let manoeuvre = Manoeuvre(
                vx: any(20), vy: any(20), climbRate: 4 * random.unit(), levelMeters: 380 + any(60))
            func zone() -> Bool {
                tile.index.tests.contains { $0.contains(x: m.x, y: m.y, z: m.z, at: Harness.epoch) }
            }
            let body = ResolutionBody(id: 1, motion: m, wanted: manoeuvre, current: manoeuvre)
            guard !zone() else { continue }
            guard airspace.admits(body, manoeuvre, seconds: 12) else {
                refused += 1
                continue
            }
            admitted += 1
            for _ in 0..<120 {
                let vz = manoeuvre.verticalVelocity(at: m.z, acceleration: 3)
                let (dx, dy, dz) = (manoeuvre.vx - m.vx, manoeuvre.vy - m.vy, vz - m.vz)
                let change = (dx * dx + dy * dy + dz * dz).squareRoot()
                let share = change > 0.3 ? 0.3 / change : 1
                m = Motion(
                    x: m.x + m.vx * 0.1, y: m.y + m.vy * 0.1, z: m.z + m.vz * 0.1, vx: m.vx + dx * share,
                    vy: m.vy + dy * share, vz: m.vz + dz * share)
                #expect(!zone(), "seed \(seed) round \(round)")
            }
        }
        #expect(admitted > 500 && refused > 200, "\(admitted) \(refused)")
    }
}
