import Foundation
import Testing
import Wire
import World

@testable import Vehicles

/// A vehicle whose simulator is killed goes on where it was, holds the same mission and repeats what was not heard.
@Suite struct RestartTests {
    private let scenario = try? Scenario(
        yaml: "fleets:\n  - {kind: multirotor, base: ALA, count: 1}", file: "t.yaml")

    private func simulation(boot: UInt32, kept: KeptVehicle? = nil) throws -> FleetSimulation {
        try FleetSimulation(
            #require(scenario), crew: [CrewMember(id: 1, fleet: 0, boot: boot, kept: kept)],
            world: #require(testWorld), seed: 1, start: 1_000_000_000, controlMilliseconds: 200)
    }

    private func welcome(_ simulation: inout FleetSimulation, boot: UInt32, fence: UInt64) {
        var welcome = Welcome()
        welcome.accepted = true
        welcome.boot = boot
        welcome.fence = fence
        welcome.linkLostAfterMilliseconds = 600_000
        simulation.receive(.welcome(welcome), vehicle: 0) { _, _ in }
    }

    private func start(_ mission: MissionReference, id: UInt64) -> Command {
        var command = Command()
        command.commandID = id
        command.fence = 1
        command.kind = Open(.start)
        command.mission = mission
        command.notAfterNanoseconds = 1 << 60
        return command
    }

    @Test func aMissionGoesOnAfterARestartInTheAir() throws {
        var first = try simulation(boot: 41)
        welcome(&first, boot: 41, fence: 1)
        let base = first.coordinate(0)
        func item(_ action: MissionAction, north: Int32, up: Int32) -> MissionItem {
            var item = MissionItem()
            item.action = Open(action)
            item.latitudeE7 = base.latitudeE7 + north * 90
            item.longitudeE7 = base.longitudeE7
            item.altitudeMillimeters = Int32(first.motionState(0).up * 1000) + up * 1000
            return item
        }
        let items = [
            item(.takeoff, north: 0, up: 50), item(.fly, north: 900, up: 50), item(.land, north: 900, up: 0),
            item(.contingency, north: 0, up: 0),
        ]
        let mission = MissionReference(number: 3, revision: 1)
        for part in MissionPart.split(mission: mission, fence: 1, items: items) {
            first.receive(.missionPart(part), vehicle: 0) { _, _ in }
        }
        first.receive(.command(start(mission, id: 77)), vehicle: 0) { _, _ in }
        var progress: [Wire.ProgressKind] = []
        func run(_ simulation: inout FleetSimulation, seconds: Int) {
            for _ in 0..<seconds * 5 {
                simulation.step { _, out in
                    for case .progress(_, let report) in out.uplinks {
                        if let kind = report.kind.known { progress.append(kind) }
                    }
                }
            }
        }
        run(&first, seconds: 45)
        #expect(!first.motionState(0).onGround && progress.contains(.started))
        let before = first.coordinate(0)

        // Through the bytes of the files, as a restart of the program takes it.
        let directory = FileManager.default.temporaryDirectory.appending(path: "keruen-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        var store = try VehicleStore(directory: directory.path, vehicles: 1)
        store.saveIfNeeded(0, "d", first)
        let kept = try #require(try store.load("d"))
        #expect(kept.record.boot == 41 && kept.mission != nil && store.failures == 0)

        progress = []
        var second = try simulation(boot: 42, kept: kept)
        #expect(distanceMeters(before, second.coordinate(0)) < 0.1)
        var hellos: [Hello] = []
        second.step { _, out in
            for case .hello(_, let hello) in out.uplinks { hellos.append(hello) }
        }
        #expect(hellos.first?.mission.withoutLeg == mission && hellos.first?.lastCommandID == 77)
        #expect(hellos.first?.missionDigest == MissionDigest.of(items))
        welcome(&second, boot: 42, fence: 1)
        // A command that was executed before the restart is answered, not executed.
        var stages: [CommandStage] = []
        second.receive(.command(start(mission, id: 77)), vehicle: 0) { _, out in
            for case .commandAck(_, let ack) in out.uplinks {
                if let s = ack.stage.known { stages.append(s) }
            }
        }
        #expect(stages.count == 1 && !stages.contains(.received))
        run(&second, seconds: 150)
        #expect(progress.contains(.started), "what was not acknowledged is repeated")
        #expect(progress.contains(.completed))
        #expect(second.motionState(0).onGround && !second.isWrecked(0))
        let flown = Double(second.coordinate(0).latitudeE7 - base.latitudeE7) / 90
        #expect(abs(flown - 900) < 10, "\(flown) m")
    }

    @Test func aRecordWithoutItsMissionIsToldTruthfully() throws {
        let first = try simulation(boot: 1)
        var record = first.record(0)
        record.autopilot.mission = 5
        record.autopilot.task = .mission
        record.autopilot.isStarted = true
        var second = try simulation(boot: 2, kept: KeptVehicle(record: record, mission: nil))
        second.step { _, out in
            for case .hello(_, let hello) in out.uplinks { #expect(hello.mission.isNone) }
        }
        #expect(!second.session(0).autopilot.isStarted && !second.condition(0).moves)
    }

    @Test func damagedFilesAreRefusedByName() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "keruen-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let store = try VehicleStore(directory: directory.path, vehicles: 1)
        #expect(try store.load("none") == nil)
        for text in ["", "{}", "[1]", "{\"version\":9}"] {
            let path = directory.appending(path: "d.vehicle.json")
            try Data(text.utf8).write(to: path)
            let error = #expect(throws: StoreError.self) { try store.load("d") }
            #expect(error?.description.contains("d.vehicle.json") == true)
        }
    }
}
