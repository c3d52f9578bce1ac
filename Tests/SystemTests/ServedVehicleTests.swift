import CLinux
import Controller
import Foundation
import Station
import Testing
import Transport
import Vehicles
import World

/// `keruen serve` and `Docs/vehicle.py`, two programs that share nothing but the protocol, deliver an order.
@Suite struct ServedVehicleTests {
    private static let pace = 20
    private static let start: Int64 = 1_780_272_000_000_000_000

    private static func program(_ name: String) -> URL {
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: name)
    }

    private static func serve(_ directory: String, port: UInt16) throws -> SpawnedProgram {
        try SpawnedProgram(
            program("keruen"),
            [
                "serve", "--directory", directory, "--port", "\(port)", "--pace", "\(pace)", "--start",
                "2026-06-01T00:00:00Z", "--world", TidyTests.top.appending(path: "Data/world").path,
            ], log: directory + "/station.log")
    }

    private static func stop(_ name: String, _ latitude: Double) -> Stop {
        Stop(
            place: name, coordinate: Coordinate(latitudeE7: Int32(latitude * 1e7), longitudeE7: 770_400_000),
            ground: Altitude(meters: 650))
    }

    private static func state(_ client: ControlClient) -> OrderState? {
        guard case .orders(let page)? = try? client.ask(.orders(OrderFilter())) else { return nil }
        return page.orders.first?.state
    }

    /// Waits until the order is in one of `states`; meanwhile the station's time follows the wall's, faster.
    private static func wait(
        for states: Set<OrderState>, _ client: ControlClient, _ follower: PaceFollower, since began: Int64
    ) throws -> Bool {
        let deadline = keruen_monotonic_ns() + 120_000_000_000
        var askAt: Int64 = 0
        while keruen_monotonic_ns() < deadline {
            let now = keruen_monotonic_ns()
            _ = try follower.exchange(
                reached: start + (now - began) * Int64(pace), sentMessages: 0, monotonic: now)
            try follower.wait(milliseconds: 5)
            guard now >= askAt else { continue }
            askAt = now + 300_000_000
            if let state = state(client), states.contains(state) { return true }
        }
        return false
    }

    @Test(.timeLimit(.minutes(5))) func twoProgramsDeliverAnOrderThroughAKill() throws {
        let directory =
            FileManager.default.temporaryDirectory.path + "/keruen-\(UInt64.random(in: 0 ..< .max))"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let keys = directory + "/keys"
        try #require(try run("keruen", ["key", "new", "drone-7", "--keys", keys]).status == 0)
        // Three ports in a row.
        let port = UInt16.random(in: 10_000...19_999)
        var station = try Self.serve(directory, port: port)
        let client = try ControlClient(directory: directory, timeoutMilliseconds: 2000)
        let context = try Context()
        let follower = try PaceFollower(
            context: context, endpoint: "tcp://127.0.0.1:\(port + 2)", name: "wall", patienceSeconds: 0.5)
        let began = keruen_monotonic_ns()
        let vehicle = try PythonVehicle.startShort(
            secret: keys + "/drone-7.secret", station: "127.0.0.1:\(port)", pace: Self.pace, folder: directory
        )

        var isSubmitted = false
        for _ in 0..<600 where !isSubmitted {
            usleep(50_000)
            _ = try follower.exchange(
                reached: Self.start, sentMessages: 0, monotonic: keruen_monotonic_ns())
            let order = OrderRequest(
                key: "o-1", company: "own", pickup: Self.stop("here", 43.45),
                delivery: Self.stop("there", 43.454), massGrams: 1000, volumeLiters: 5, cargo: .parcel,
                readyAt: Instant(nanoseconds: Self.start), deliverBy: nil)
            if case .submitted? = try? client.ask(.submitOrders([order])) { isSubmitted = true }
        }
        try #require(isSubmitted, "\(station.output)")
        let isCarried = try Self.wait(for: [.carried, .delivered], client, follower, since: began)
        try #require(isCarried, "\(station.output)\n\(vehicle.output)")

        // With the freight in the air the station is killed and started again.
        station.kill()
        station = try Self.serve(directory, port: port)
        let isDelivered = try Self.wait(for: [.delivered], client, follower, since: began)
        try #require(isDelivered, "\(station.output)\n\(vehicle.output)")
        #expect(vehicle.output.isEmpty)
        vehicle.terminate()
        station.terminate()
    }
}
