import CLinux
import Controller
import FoundationEssentials
import Glibc
import Logging
import Station
import Synchronization
import Testing
import Transport
import Vehicles
import World

@Suite struct FirstFlightTests {
    static let start: Int64 = 1_780_272_000_000_000_000

    /// Flat ground without roads.
    static let flat = Geography(
        route: { _, _, _ in nil }, ground: { _ in Altitude(meters: SimpleDrone.groundMeters) })

    /// A run directory with the key of one drone.
    private func makeDirectory() throws -> (path: String, secret: VehicleSecret) {
        let path = FileManager.default.temporaryDirectory.path + "/keruen-\(UInt64.random(in: 0 ..< .max))"
        try FileManager.default.createDirectory(
            atPath: path + "/keys", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let keys = try CurveKeyPair.generate()
        let ring = Keyring(enrolments: [
            Enrolment(id: 3, name: "d3", kind: "multirotor", company: "own", publicKey: keys.publicKey)
        ])
        try ring.save(to: path + "/keys/fleet.keys")
        let station = try stationKeys(at: path + "/keys/station.secret").publicKey
        chmod(path, 0o700)
        return (
            path,
            VehicleSecret(
                id: 3, name: "d3", kind: "multirotor", company: "own", keys: keys, station: station)
        )
    }

    private func configuration(_ directory: String) -> StationConfiguration {
        var configuration = StationConfiguration()
        configuration.directory = directory
        configuration.keysDirectory = directory + "/keys"
        configuration.link.port = 0
        configuration.pace = .init(rate: 200, startsAt: Instant(nanoseconds: Self.start))
        return configuration
    }

    private func order(north: Double) -> OrderRequest {
        func stop(_ name: String, _ north: Double) -> Stop {
            Stop(
                place: name, coordinate: SimpleDrone.coordinate(north: north),
                ground: Altitude(meters: SimpleDrone.groundMeters))
        }
        return OrderRequest(
            key: "o-1", company: "own", pickup: stop("here", 0), delivery: stop("there", north),
            massGrams: 1000,
            volumeLiters: 5, cargo: .parcel, readyAt: Instant(nanoseconds: Self.start), deliverBy: nil)
    }

    /// Lives in simulated time until `isOver` or `seconds` of it have passed.
    private func fly(
        _ drone: SimpleDrone, _ follower: PaceFollower, seconds: Int64, until isOver: () throws -> Bool
    ) throws {
        let step: Int64 = 40_000_000
        var reached = max(Self.start, follower.granted ?? 0)
        let end = reached + seconds * 1_000_000_000
        let deadline = keruen_monotonic_ns() + 60_000_000_000
        var round = 0
        while reached < end, keruen_monotonic_ns() < deadline {
            _ = try follower.exchange(
                reached: reached, sentMessages: drone.connection.sentMessages,
                monotonic: keruen_monotonic_ns())
            guard let granted = follower.granted, granted >= reached + step else {
                usleep(100)
                continue
            }
            while reached + step <= granted {
                reached += step
                try drone.live(at: reached)
            }
            round += 1
            if round % 20 == 0, try isOver() { return }
        }
    }

    private func state(_ directory: String) throws -> OrderState? {
        guard case .orders(let page) = try ask(directory, .orders(OrderFilter())) else {
            return nil
        }
        return page.orders.first?.state
    }

    private func ask(_ directory: String, _ request: ControlRequest) throws -> ControlResponse {
        try ControlClient(directory: directory).ask(request)
    }

    /// Order, plan, upload, start, flight, delivery over CURVE on loopback; then the station is started anew and
    /// still knows.
    @Test(.timeLimit(.minutes(2))) func aDroneDeliversAnOrderAndTheStationRemembers() async throws {
        let (directory, secret) = try makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let fence = try await running(in: directory) { station in
            let context = try Context()
            let drone = try SimpleDrone(
                context: context, secret: secret, uplinkEndpoint: station.uplinkEndpoint,
                downlinkEndpoint: station.downlinkEndpoint)
            let follower = try PaceFollower(
                context: context, endpoint: try #require(station.paceEndpoint), name: "test")
            try fly(drone, follower, seconds: 600) { drone.session.state == .open }
            #expect(drone.session.state == .open)

            let answer = try ask(directory, .submitOrders([order(north: 400)]))
            guard case .submitted(let submitted) = answer else {
                Issue.record("unexpected answer \(answer)")
                return station.fence
            }
            #expect(submitted.first?.id == 1 && submitted.first?.state == .waiting)
            try fly(drone, follower, seconds: 3600) { try state(directory) == .delivered }
            let delivered = try state(directory)
            #expect(delivered == .delivered)
            #expect(!drone.fleet.isWrecked(0))
            return station.fence
        }
        try await running(in: directory) { station in
            #expect(station.fence == fence + 1)
            let remembered = try state(directory)
            #expect(remembered == .delivered)
        }
    }

    /// Runs a station for as long as `body` takes.
    private func running<Result: Sendable>(
        in directory: String, _ body: (Station) throws -> Result
    ) async throws -> Result {
        let station = try Station(configuration(directory), geography: Self.flat, log: Logger(label: "test"))
        async let end: Void = station.run()
        for _ in 0..<3000 where !FileManager.default.fileExists(atPath: directory + "/control.ipc") {
            try await Task.sleep(for: .milliseconds(10))
        }
        let result = Swift.Result { try body(station) }
        station.stop()
        try await end
        return try result.get()
    }
}
