import CLinux
import Foundation
import Glibc
import Station
import Transport
import Vehicles
import World

/// What a demonstration does.
struct DemoPlan {
    var scenarioPath: String
    var directory: String
    var start: Instant
    var end: Instant
    var seed: UInt64
    var pace: Double
    var atMostSeconds: Double
    /// By release.
    var orders: [ReleasedOrder]
}

/// Starts station and fleet, feeds orders as they become known, watches, and ends both.
final class DemoRun {
    private let plan: DemoPlan
    private let scenario: Scenario
    private var view = DemoView()
    private var submitted = 0

    init(_ plan: DemoPlan, scenario: Scenario) {
        self.plan = plan
        self.scenario = scenario
    }

    func run() throws -> DemoSummary {
        Interruption.install()
        try enroll()
        let port = try Self.freePort()
        let station = try ChildProcess(
            "keruen",
            [
                "serve", "--directory", plan.directory, "--port", "\(port)", "--pace", "\(plan.pace)",
                "--start",
                plan.start.description, "--end-with-parent",
            ] + bases.flatMap { ["--base", $0] }, log: plan.directory + "/station.log")
        defer { station.end() }
        let client = try ControlClient(directory: plan.directory, timeoutMilliseconds: 20_000)
        var status = try firstStatus(client, station)
        let began = keruen_monotonic_ns()
        let fleet = try ChildProcess(
            "keruen-sim",
            [
                "run", plan.scenarioPath, "--station", "tcp://127.0.0.1:\(port)", "--keys",
                plan.directory + "/keys", "--pace", "\(plan.pace)", "--seed", "\(plan.seed)",
                "--end-with-parent",
            ], log: plan.directory + "/fleet.log")
        // The fleet says goodbye to a station that is still there.
        defer { fleet.end() }

        var telemetryBest = 0.0
        while !Interruption.isAsked {
            usleep(100_000)
            for child in [station, fleet] {
                if let exit = child.exitStatus {
                    throw DemoError(
                        "\(child.name) ended with status \(exit):\n\(child.lastWords)\nSee \(child.log)")
                }
            }
            try submitDue(client, by: status.now.instant)
            status = try self.status(client)
            telemetryBest = max(telemetryBest, status.telemetry.messagesPerSecond)
            let real = Double(keruen_monotonic_ns() - began) * 1e-9
            view.show(status, start: plan.start, end: plan.end, realSeconds: real, known: submitted)
            if status.now.instant >= plan.end || real > plan.atMostSeconds { break }
        }
        view.finish()
        let real = Double(keruen_monotonic_ns() - began) * 1e-9
        let orders = try allOrders(client)
        return DemoSummary(
            status: status, orders: orders, ways: try ways(client, status, orders),
            vehicles: scenario.vehicleCount,
            plan: plan, realSeconds: real)
    }

    /// Where the scenario's vehicles stand and charge, as 'keruen serve' takes it.
    private var bases: [String] {
        var bases: [String] = []
        for fleet in scenario.fleets {
            for place in [fleet.base] + scenario.depots
            where !bases.contains("\(place):\(fleet.kind.rawValue)") {
                bases.append("\(place):\(fleet.kind.rawValue)")
            }
        }
        return bases
    }

    // MARK: Asking the station

    private func firstStatus(_ client: ControlClient, _ station: ChildProcess) throws -> StationStatus {
        for _ in 0..<400 {
            if let exit = station.exitStatus {
                throw DemoError("the station ended with status \(exit):\n\(station.lastWords)")
            }
            if FileManager.default.fileExists(atPath: plan.directory + "/control.ipc") {
                return try status(client)
            }
            usleep(50_000)
        }
        throw DemoError("the station did not come up within 20 s; see \(station.log)")
    }

    private func status(_ client: ControlClient) throws -> StationStatus {
        guard case .status(let status) = try client.ask(.status) else {
            throw DemoError("the station answered something else than its status")
        }
        return status
    }

    private func submitDue(_ client: ControlClient, by now: Instant) throws {
        var due: [ReleasedOrder] = []
        while submitted + due.count < plan.orders.count, plan.orders[submitted + due.count].releaseAt <= now,
            due.count < 100
        {
            due.append(plan.orders[submitted + due.count])
        }
        guard !due.isEmpty else { return }
        _ = try client.ask(.submitOrders(due.map(\.request)))
        submitted += due.count
    }

    private func allOrders(_ client: ControlClient) throws -> [OrderStatus] {
        var orders: [OrderStatus] = []
        var after: UInt64? = 0
        while let next = after {
            let filter = OrderFilter(page: Page(after: next, limit: ControlLimits.pageMax))
            guard case .orders(let page) = try client.ask(.orders(filter)) else {
                throw DemoError("the station answered something else than orders")
            }
            orders += page.orders
            after = page.next
        }
        return orders
    }

    /// Missions are numbered from 1; lists leave their steps out.
    private func ways(
        _ client: ControlClient, _ status: StationStatus, _ orders: [OrderStatus]
    ) throws -> DemoWays {
        let missions = try (0..<status.missions.byState.values.reduce(0, +)).compactMap { n in
            if case .mission(let mission) = try client.ask(.mission(id: MissionID(UInt64(n) + 1))) {
                mission
            } else {
                nil as MissionStatus?
            }
        }
        return DemoWays(missions: missions, orders: orders)
    }

    // MARK: Before the start

    /// A key for each vehicle of the scenario.
    private func enroll() throws {
        let keys = plan.directory + "/keys"
        try FileManager.default.createDirectory(
            atPath: keys, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let station = try stationKeys(at: keys + "/station.secret").publicKey
        var ring = Keyring()
        for fleet in scenario.fleets {
            for _ in 0..<fleet.count {
                let id = UInt32(ring.enrolments.count + 1)
                let name = "\(fleet.kind.rawValue)-\(id)"
                let pair = try CurveKeyPair.generate()
                let company = fleet.company ?? "own"
                ring.enrolments.append(
                    Enrolment(
                        id: id, name: name, kind: fleet.kind.rawValue, company: company,
                        publicKey: pair.publicKey))
                try VehicleSecret(
                    id: id, name: name, kind: fleet.kind.rawValue, company: company, keys: pair,
                    station: station
                ).save(to: "\(keys)/\(name).secret")
            }
        }
        try ring.save(to: keys + "/fleet.keys")
    }

    /// A port that is free now, as are the two after it.
    private static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000...29_000)
            if (0..<3).allSatisfy({ isFree(port + $0) }) { return port }
        }
        throw DemoError("no three free ports in a row between 20000 and 29002")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
