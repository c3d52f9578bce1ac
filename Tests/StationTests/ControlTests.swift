import CZeroMQ
import Controller
import Foundation
import Glibc
import Station
import Testing
import Transport
import World

@Suite(.serialized) struct ControlTests {
    private func serve(
        _ directory: ScratchDirectory, _ handler: @escaping @Sendable (ControlRequest) -> ControlResponse
    ) throws -> ControlServer {
        try ControlServer(context: try Context(), directory: directory.path, handler: handler)
    }

    @Test func requestsCrossAndAreAnswered() throws {
        let directory = try ScratchDirectory()
        let server = try serve(directory) { .done("\($0)") }
        defer { server.stop() }
        let stop = Stop(
            place: "almaty", coordinate: Coordinate(latitudeE7: 432_000_000, longitudeE7: 768_000_000),
            ground: Altitude(millimeters: 700_000))
        let order = OrderRequest(
            key: "k", company: "CR01", pickup: stop, delivery: stop, massGrams: 1, volumeLiters: 2,
            cargo: .food, readyAt: Instant(nanoseconds: 1), deliverBy: nil)
        let requests: [ControlRequest] = [
            .status, .vehicles(VehicleFilter()),
            .vehicles(
                VehicleFilter(company: "CR01", kind: .vtol, mode: .moving, link: .late, isGrounded: false)),
            .vehicle(selector: "drone-7"), .orders(OrderFilter()),
            .orders(
                OrderFilter(state: .waiting, company: "CR01", isLate: true, page: Page(after: 7, limit: 9))),
            .order(id: OrderID(3)), .orderOfKey(company: "CR01", key: "k"), .submitOrders([order]),
            .cancelOrder(id: OrderID(4), by: "aigul"), .missions(MissionFilter()),
            .missions(MissionFilter(state: .held, vehicle: VehicleID(7), isOpen: true)),
            .mission(id: MissionID(9)), .operatorAction(.hold, vehicle: VehicleID(7), by: "aigul"),
            .missionAction(.abort, mission: MissionID(9), by: "aigul"), .revokeKey(vehicle: VehicleID(7)),
            .reloadKeys, .shutdown,
        ]
        let client = try ControlClient(directory: directory.path)
        for request in requests { #expect(try client.ask(request) == .done("\(request)")) }
        let mode = try FileManager.default.attributesOfItem(atPath: directory.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
    }

    @Test func absenceOfAStationIsSaidClearly() throws {
        let directory = try ScratchDirectory()
        let client = try ControlClient(directory: directory.path)
        do {
            _ = try client.ask(.status)
            Issue.record("somebody answered")
        } catch let problem as ControlProblem { #expect(problem.what == "no station runs here") }
        // The file of a killed station is still there.
        try directory.write([], to: "control.ipc")
        do {
            _ = try client.ask(.status)
            Issue.record("somebody answered")
        } catch let problem as ControlProblem { #expect(problem.what == "no station runs here") }
    }

    @Test func slowStationRunsIntoTheTimeout() throws {
        let directory = try ScratchDirectory()
        let server = try serve(directory) { _ in
            usleep(400_000)
            return .done("late")
        }
        defer { server.stop() }
        let client = try ControlClient(directory: directory.path, timeoutMilliseconds: 100)
        do {
            _ = try client.ask(.status)
            Issue.record("it was not that fast")
        } catch let problem as ControlProblem { #expect(problem.what.contains("did not answer")) }
    }

    @Test func hostileInputGetsAProblemAndTheServerStays() throws {
        let directory = try ScratchDirectory()
        let server = try serve(directory) { _ in .done("alive") }
        defer { server.stop() }
        let hostile: [[UInt8]] = [
            [], Array("nonsense".utf8), [0xFF, 0xFE, 0], Array("{}".utf8), Array("{\"status\":".utf8),
            Array("{\"order\":{\"id\":-1}}".utf8), Array("{\"order\":{\"id\":1e99}}".utf8),
            Array("{\"nothing\":{}}".utf8), Array(String(repeating: "[", count: 100_000).utf8),
        ]
        let context = try Context()
        for bytes in hostile {
            let socket = try Socket(.request, in: context)
            try socket.set(ZMQ_LINGER, 0)
            try socket.connect("ipc://\(directory.path)/control.ipc")
            #expect(try socket.trySend(bytes))
            try #require(try socket.waitReadable(milliseconds: 5000))
            let message = Message()
            #expect(try socket.tryReceive(into: message))
            let data = message.withBytes { Data($0) }
            guard case .problem(let problem) = try JSONDecoder().decode(ControlResponse.self, from: data)
            else {
                Issue.record("accepted \(bytes.prefix(40))")
                continue
            }
            #expect(problem.where.hasPrefix("request") && !problem.what.isEmpty && !problem.todo.isEmpty)
        }
        // Beyond the bound the connection is closed before the bytes are taken.
        let socket = try Socket(.request, in: context)
        try socket.set(ZMQ_LINGER, 0)
        try socket.connect("ipc://\(directory.path)/control.ipc")
        #expect(try socket.trySend([UInt8](repeating: 0x20, count: (1 << 20) + 1)))
        #expect(try !socket.waitReadable(milliseconds: 200))
        #expect(try ControlClient(directory: directory.path).ask(.status) == .done("alive"))
    }
}

@Suite struct PrivateDirectoryTests {
    @Test func onlyADirectoryOfOursAloneIsTaken() throws {
        let scratch = try ScratchDirectory()
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        let new = scratch.path + "/new"
        try PrivateDirectory.make(new)
        #expect(try mode(new) == 0o700)
        try PrivateDirectory.make(new)
        for open in [0o750, 0o701, 0o777] {
            try FileManager.default.setAttributes([.posixPermissions: open], ofItemAtPath: new)
            do {
                try PrivateDirectory.make(new)
                Issue.record("mode \(String(open, radix: 8)) was taken")
            } catch {
                #expect(error.what.contains("others can enter it") && error.todo.contains("chmod 700"))
            }
            #expect(try mode(new) == open, "it is not changed")
            #expect(throws: ControlProblem.self) {
                try ControlServer(context: try Context(), directory: new) { _ in .done("") }
            }
        }
        try scratch.write([], to: "file")
        #expect(throws: ControlProblem.self) { try PrivateDirectory.make(scratch.path + "/file") }
        #expect(throws: ControlProblem.self) { try PrivateDirectory.make(scratch.path + "/no/such/parent") }
    }

    @Test func aDirectoryOfAnotherIsRefused() {
        // Of root, or when root runs the tests, changed to somebody else's.
        guard geteuid() != 0 else {
            let path = FileManager.default.temporaryDirectory.appending(
                path: "keruen-\(UInt64.random(in: 0 ... .max))"
            ).path
            defer { rmdir(path) }
            #expect(mkdir(path, 0o700) == 0 && chown(path, 12345, 12345) == 0)
            refused(path)
            return
        }
        refused("/root")
    }

    private func refused(_ path: String) {
        do {
            try PrivateDirectory.make(path)
            Issue.record("\(path) was taken")
        } catch { #expect(error.where == path) }
    }
}
