import Foundation
import Testing
import Traffic
import World

@testable import Controller

/// Journals written by any version stay readable: `Golden/events-v1.jsonl` only ever grows.
@Suite struct EventJSONTests {
    private static let stop = Stop(
        place: "ALA", coordinate: Coordinate(latitudeE7: 432_525_000, longitudeE7: 769_115_000),
        ground: Altitude(millimeters: 682_100))
    private static let profile = VehicleProfile(
        id: VehicleID(7), name: "drone-7", kind: .multirotor, company: "CR01", model: "M4",
        payloadCapacityGrams: 8000, cargoVolumeLiters: 40, cruiseSpeedMillimetersPerSecond: 17_000,
        energyCapacityKilojoules: 9000, rangeMeters: 40_000)

    private static var order: Order {
        var order = Order(
            id: OrderID(1),
            request: OrderRequest(
                key: "K-1", company: "CR01", pickup: stop, delivery: stop, massGrams: 1200, volumeLiters: 4,
                cargo: .medical, readyAt: Instant(nanoseconds: 10), deliverBy: Instant(nanoseconds: 20),
                kinds: [.multirotor, .truck]),
            submittedAt: Instant(nanoseconds: 5), state: .carried, reason: "on board")
        order.mission = MissionID(3)
        order.pickedUpAt = Instant(nanoseconds: 12)
        return order
    }

    private static var openOrder: Order {
        var request = order.request
        request.deliverBy = nil
        request.kinds = nil
        return Order(
            id: OrderID(2), request: request, submittedAt: Instant(nanoseconds: 5), state: .waiting,
            reason: "waits")
    }

    private static let mission = Mission(
        id: MissionID(3), revision: 1, vehicle: VehicleID(7), order: OrderID(1),
        steps: [
            MissionStep(
                .takeoff, Position(stop.coordinate, altitude: Altitude(millimeters: 782_100)),
                speedMillimetersPerSecond: 5000),
            MissionStep(
                .contingency, Position(stop.coordinate, altitude: stop.ground), durationMilliseconds: 1000),
        ], createdAt: Instant(nanoseconds: 6), expectedEnd: Instant(nanoseconds: 900), reason: "nearest")

    private static let command = OutboundCommand(
        id: 2 << 32 | 9, fence: 2, vehicle: VehicleID(7), verb: .altitude, mission: MissionID(3), revision: 1,
        speedMillimetersPerSecond: 4000, altitude: Altitude(millimeters: 900_000),
        issuedAt: Instant(nanoseconds: 7), notAfter: Instant(nanoseconds: 30), reason: "climbs")

    private static let manoeuvre: OutboundCommand = {
        var order = OutboundCommand(
            id: 2 << 32 | 10, fence: 2, vehicle: VehicleID(7), verb: .manoeuvre, mission: MissionID(3),
            revision: 1, issuedAt: Instant(nanoseconds: 7), notAfter: Instant(nanoseconds: 30),
            reason: "keeps clear of drone-8")
        order.ask(Manoeuvre(vx: -12.3456, vy: 4.5, climbRate: 2.5, levelMeters: 912.5), seconds: 20)
        return order
    }()

    private static var events: [Event] {
        let at = Instant(nanoseconds: 1_790_000_000_000_000_123)
        return [
            .stationStarted(fence: 2, at: at), .vehicleEnrolled(profile, at: at), .orderAccepted(order),
            .orderAccepted(openOrder),
            .orderChanged(OrderID(1), .assigned, mission: MissionID(3), reason: "nearest", at: at),
            .orderChanged(OrderID(1), .waiting, mission: nil, reason: "waits", at: at),
            .missionAccepted(mission),
            .missionChanged(MissionID(3), .active, nextStep: 1, reason: "under way", at: at),
            .commandIssued(command, at: at), .incident(VehicleID(7), "reports linkLost (3)", at: at),
            .vehicleHome(VehicleID(7), Position(stop.coordinate, altitude: stop.ground), at: at),
            .vehicleGrounded(VehicleID(7), true, reason: "land by aigul", at: at),
            .commandIssued(manoeuvre, at: at),
        ]
    }

    @Test func everyEventIsWrittenAndReadAsEver() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Golden/events-v1.jsonl")
        let golden = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for (event, line) in zip(Self.events, golden) {
            #expect(String(decoding: try encoder.encode(event), as: UTF8.self) == line)
            #expect(try JSONDecoder().decode(Event.self, from: Data(line.utf8)) == event)
        }
        #expect(golden.count == Self.events.count)
        #expect(Set(Self.events.map(\.name)) == Set(EventName.allCases), "every event has a golden line")
    }

    /// Whatever a manoeuvre asks for, the wire carries it.
    @Test func aManoeuvreIsCutToTheWire() {
        var random = SplitMix64(seed: 11)
        let numbers = [0, -0.0, 1e-9, 70.71, -70.72, 99.9999, 1e9, -1e300, .infinity, -.infinity, .nan]
        for _ in 0..<5_000 {
            var order = Self.command
            func any() -> Double {
                random.next() % 3 == 0
                    ? numbers[Int(random.next() % UInt64(numbers.count))]
                    : (Double(random.next() % 2_000_001) - 1_000_000) / 5_000
            }
            let asked = Manoeuvre(vx: any(), vy: any(), climbRate: any(), levelMeters: any())
            order.ask(asked, seconds: any())
            let east = Double(order.velocityEastMillimetersPerSecond)
            let north = Double(order.velocityNorthMillimetersPerSecond)
            #expect((east * east + north * north).squareRoot() <= 100_000, "\(asked)")
            #expect(order.climbMillimetersPerSecond <= 30_000)
            #expect((1...120_000).contains(order.durationMilliseconds))
            #expect((-500_000...20_000_000).contains(order.altitude?.millimeters ?? .max))
            let speed = (asked.vx * asked.vx + asked.vy * asked.vy).squareRoot()
            if speed < 99.99 {
                #expect(abs(east - asked.vx * 1000) <= 0.5 && abs(north - asked.vy * 1000) <= 0.5)
            } else if speed.isFinite {
                // Cut in the same direction.
                #expect(abs(east * asked.vy - north * asked.vx) <= speed)
            }
        }
    }

    @Test func whatIsNoEventIsRefused() {
        for text in [
            "{}", "[]", "{\"teleported\":{}}", "{\"incident\":{\"at\":1}}",
            "{\"stationStarted\":{\"at\":1,\"fence\":1},\"incident\":{\"at\":1,\"text\":\"\",\"vehicle\":1}}",
            "{\"orderChanged\":{\"at\":1,\"order\":1,\"reason\":\"\",\"state\":\"flying\"}}",
        ] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(Event.self, from: Data(text.utf8))
            }
        }
    }
}
