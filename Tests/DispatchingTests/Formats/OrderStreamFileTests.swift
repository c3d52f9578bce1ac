import DispatchingSamples
import Testing
import World

@testable import Dispatching

@Suite struct OrderStreamFileTests {
    private static let lilim = """
        2 10 1
        0 0 0 0 0 1000 0 0 0
        1 3 4 5 0 900 1 0 2
        2 6 8 -5 0 950 1 1 0
        3 1 0 2 0 900 1 0 4
        4 2 0 -2 0 950 1 3 0
        """

    private static let keruen = """
        {"keruen_dispatch": 1, "zero": "2026-06-01T00:00:00+05:00",
         "places": [{"name": "Hub", "x_km": 0, "y_km": 0}, {"name": "Clinic", "x_km": 3, "y_km": 4}],
         "modes": [{"name": "van", "speed_kmh": 60}],
         "vehicles": [{"name": "V", "mode": "van", "start": "Hub", "kg": 9}],
         "shipments": [
           {"name": "a", "pickup": {"place": "Hub"}, "delivery": {"place": "Clinic"}},
           {"name": "b", "pickup": {"place": "Hub"}, "delivery": {"place": "Clinic"}},
           {"name": "c", "delivery": {"place": "Clinic"}}]}
        """

    private static func orders(_ text: String, _ problem: String = lilim) throws -> [OrderStream.Order] {
        let file = try DispatchFile(bytes: Array(problem.utf8), file: "p")
        return try file.orders(bytes: Array(text.utf8), file: "s.csv").orders
    }

    @Test func rowsAreRead() throws {
        let read = try Self.orders("\u{FEFF}note, t ,delivery,pickup\r\n\r\nx,12.5,2,1\r\nx,12.5,4,3")
        #expect(read == [.init(0, at: 12_500_000), .init(1, at: 12_500_000)])
        // What is not named is known from the beginning.
        #expect(try Self.orders("t,pickup,delivery\n7,1,2\n") == [.init(1, at: 0), .init(0, at: 7_000_000)])
    }

    @Test func placesAndTimesHaveNames() throws {
        let read = try Self.orders(
            """
            t,pickup,delivery
            08:30,Hub,Clinic
            2026-06-01T09:00:00+05:00,Hub,Clinic
            36000000,,Clinic
            """, Self.keruen)
        #expect(read == [.init(0, at: 30_600_000), .init(1, at: 32_400_000), .init(2, at: 36_000_000)])
    }

    @Test(arguments: [
        ("", "s.csv: has no header"), ("t,pickup\n", "s.csv:1, column delivery: must stand once"),
        ("t,t,pickup,delivery\n", "s.csv:1, column t: must stand once"),
        ("t,pickup,delivery\n1,1\n", "s.csv:2, column delivery: is missing"),
        ("t,pickup,delivery\nnan,1,2\n", "s.csv:2, column t: \"nan\" is no time"),
        ("t,pickup,delivery\n-1,1,2\n", "s.csv:2, column t"),
        ("t,pickup,delivery\n1e300,1,2\n", "s.csv:2, column t"),
        ("t,pickup,delivery\n5,1,2\n4,3,4\n", "s.csv:3, column t: 4 is before"),
        ("t,pickup,delivery\n5,9,2\n", "s.csv:2, column pickup: \"9\" is no task; tasks are 0 to 4"),
        ("t,pickup,delivery\n5,1,2.5\n", "s.csv:2, column delivery"),
        ("t,pickup,delivery\n5,2,1\n", "s.csv:2, column delivery: no shipment of the problem goes from"),
        ("t,pickup,delivery\n5,1,2\n6,1,2\n", "s.csv:3, column pickup: this shipment came in a row above"),
        ("t,pickup,delivery\n5,\u{1B}[2J,2\n", "column pickup: \"[2J\""),
    ])
    func badRowsAreNamedByLineAndColumn(text: String, told: String) throws {
        let error = #expect(throws: DataError.self) { try Self.orders(text) }
        #expect("\(error.map(\.description) ?? "")".contains(told), "\(String(describing: error))")
    }

    @Test(arguments: ["Nowhere,Clinic", "Hub,Hub", "Clinic,Hub", ","]) func unknownPlacesAreRefused(
        ends: String
    )
        throws
    {
        #expect(throws: DataError.self) { try Self.orders("t,pickup,delivery\n08:30,\(ends)\n", Self.keruen) }
    }

    @Test(arguments: ["25", "8:3", "2026-06-01T25:00:00Z", "-5", "2026-05-31T00:00:00Z", "9999999999999999"])
    func badTimesAreRefused(time: String) throws {
        let text = "t,pickup,delivery\n\(time),Hub,Clinic\n"
        if time == "25" {
            #expect(try Self.orders(text, Self.keruen).contains(.init(0, at: 25)))
        } else {
            #expect(throws: DataError.self) { try Self.orders(text, Self.keruen) }
        }
    }

    /// Any bytes end in a stream or an error.
    @Test func garbageIsNoTrap() throws {
        var random = SplitMix64(seed: 11)
        let file = try DispatchFile(bytes: Array(Self.lilim.utf8), file: "p")
        let pieces = [
            "t", ",", "pickup", "delivery", "\n", "1", "2", "e9", "-", "\r", "\u{FEFF}", "\"", "\0",
        ]
        for _ in 0..<2000 {
            let text =
                "t,pickup,delivery\n" + (0..<20).map { _ in pieces[random.below(pieces.count)] }.joined()
            _ = try? file.orders(bytes: Array(text.utf8), file: "s")
        }
    }
}
