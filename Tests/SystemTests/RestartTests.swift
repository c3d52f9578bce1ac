import Controller
import Foundation
import Glibc
import Station
import Testing
import Transport
import World

/// The station is killed without warning three times while drones are under way with freight.
@Suite struct RestartTests {
    let directory = FileManager.default.temporaryDirectory
        .appending(path: "keruen-\(UInt32.random(in: 0 ... .max))").path
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let scenario = root + "/Scenarios/calm.yaml"
    static let start = "2026-06-01T00:00:00Z"

    private func serve(port: UInt16) throws -> Child {
        try Child(
            "keruen",
            [
                "serve", "--directory", directory, "--port", "\(port)", "--pace", "\(Programs.pace)",
                "--start", Self.start,
                "--world", Self.root + "/Data/world", "--end-with-parent",
            ], log: directory + "/station.log")
    }

    private func ask(_ request: ControlRequest) throws -> ControlResponse {
        try ControlClient(directory: directory, timeoutMilliseconds: 20_000).ask(request)
    }

    /// Orders from the fleet's base to points some hundred metres away.
    private func orders(_ numbers: Range<Int>, world: WorldData) throws -> [OrderRequest] {
        let base = try #require(world.place("ALA"))
        let ready = try #require(Instant(iso8601: Self.start))
        return numbers.map { number in
            func stop(_ name: String, east: Double, north: Double) -> Stop {
                let there = Coordinate(
                    latitudeE7: base.coordinate.latitudeE7 + Int32(north * 90),
                    longitudeE7: base.coordinate.longitudeE7 + Int32(east * 123))
                return Stop(place: name, coordinate: there, ground: world.terrain.ground(at: there))
            }
            let angle = Double(number) * 2.4
            let reach = 500 + 60 * Double(number)
            return OrderRequest(
                key: "order-\(number)", company: "own", pickup: stop("ALA", east: 0, north: 0),
                delivery: stop("there-\(number)", east: cos(angle) * reach, north: sin(angle) * reach),
                massGrams: 800, volumeLiters: 3, cargo: .parcel, readyAt: ready, deliverBy: nil,
                kinds: [.multirotor])
        }
    }

    private func counts() throws -> [String: Int] {
        guard case .status(let status) = try ask(.status) else { return [:] }
        return status.orders.byState
    }

    /// Asks until the answer satisfies `isDone`, for at most `seconds`.
    private func wait(
        seconds: Double, _ what: String, station: Child, until isDone: ([String: Int]) -> Bool
    ) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        var last: [String: Int] = [:]
        while Date() < deadline {
            if let now = try? counts() {
                last = now
                if isDone(now) { return }
            }
            guard station.isRunning else { break }
            usleep(50_000)
        }
        Issue.record("\(what): \(last)\n\(station.lastWords)")
    }

    @Test(.timeLimit(.minutes(5))) func everyAcknowledgedOrderIsDeliveredOnceThoughTheStationDiesThreeTimes()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let keys = directory + "/keys"
        for (name, kind, count) in [("d", "multirotor", 3), ("v", "vtol", 1), ("t", "truck", 2)] {
            let made = try run(
                "keruen", ["key", "new", name, "--kind", kind, "--count", "\(count)", "--keys", keys])
            #expect(made.status == 0, "\(made.output)")
        }
        chmod(directory, 0o700)
        let world = try WorldData.load(directory: Self.root + "/Data/world")
        let port = try freePort()
        var station = try serve(port: port)
        let fleet = try Child(
            "keruen-sim",
            [
                "run", Self.scenario, "--station", "tcp://127.0.0.1:\(port)", "--keys", keys, "--pace",
                "\(Programs.pace)",
                "--world", Self.root + "/Data/world", "--end-with-parent",
            ], log: directory + "/fleet.log")

        var acknowledged = 0
        for round in 0..<3 {
            try wait(seconds: 60, "the station does not answer", station: station) {
                !$0.isEmpty || round == 0
            }
            let next = try orders(acknowledged..<acknowledged + 3, world: world)
            guard case .submitted(let answers) = try ask(.submitOrders(next)) else {
                Issue.record("no answer to the orders")
                return
            }
            #expect(answers.allSatisfy { $0.id != nil }, "\(answers)")
            acknowledged += answers.count
            // Some are on board and some under way when the station dies.
            try wait(seconds: 90, "nothing is on board", station: station) {
                $0["carried", default: 0] > 0 || $0["delivered", default: 0] == acknowledged
            }
            station.kill()
            station = try serve(port: port)
        }
        try wait(seconds: 150, "not all is delivered", station: station) {
            $0["delivered", default: 0] == acknowledged
        }
        // Saying the same orders once more makes nothing new.
        _ = try ask(.submitOrders(try orders(0..<acknowledged, world: world)))
        #expect(try counts() == ["delivered": acknowledged])
        #expect(fleet.isRunning)
        #expect(fleet.end() == 0, "\(fleet.lastWords)")
        station.kill()

        // What the journal holds is what was acknowledged: each order once, each delivered once.
        let journal = try Journal<Event>(directory: directory)
        var accepted: [OrderID: Int] = [:]
        var delivered: [OrderID: Int] = [:]
        var starts = 0
        for event in journal.recovery.events {
            switch event {
            case .orderAccepted(let order): accepted[order.id, default: 0] += 1
            case .orderChanged(let id, .delivered, _, _, _): delivered[id, default: 0] += 1
            case .stationStarted: starts += 1
            default: break
            }
        }
        #expect(starts == 4)
        #expect(accepted.count == acknowledged && accepted.values.allSatisfy { $0 == 1 })
        #expect(delivered == accepted)
    }
}
