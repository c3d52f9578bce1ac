import Foundation
import Testing
import Wire
import World

@testable import Vehicles

/// A session with a point mass under it and a station's pen in hand.
struct Rig {
    var session: VehicleSession
    var body = PointMass()
    var out = SessionOutput()
    var time = VehicleTime(wallNanoseconds: 1_000_000_000_000, monotonicNanoseconds: 5_000_000_000)

    init(memory: CommandMemory = CommandMemory()) {
        var hello = Hello()
        hello.vehicleID = 3
        session = VehicleSession(
            identity: hello, boot: 77,
            autopilot: Autopilot(limits: MotionLimits(flies: true, cruiseSpeed: 15)), snapshot: body.sensed,
            memory: memory)
    }

    mutating func run(seconds: Double) {
        for _ in 0..<Int(seconds * 10) {
            time.wallNanoseconds += 100_000_000
            time.monotonicNanoseconds += 100_000_000
            body.advance(session.step(at: time, body.sensed, out: &out), seconds: 0.1)
        }
    }

    mutating func receive(_ message: Downlink) { session.receive(message, at: time, out: &out) }

    mutating func welcome(fence: UInt64 = 5) {
        var welcome = Welcome()
        welcome.accepted = true
        welcome.boot = 77
        welcome.fence = fence
        welcome.stationTimeNanoseconds = UInt64(time.wallNanoseconds) + 50_000_000_000
        receive(.welcome(welcome))
    }

    mutating func beat(fence: UInt64 = 5) {
        var heartbeat = StationHeartbeat()
        heartbeat.fence = fence
        heartbeat.nonce = 9
        receive(.heartbeat(heartbeat))
    }

    func command(_ id: UInt64, _ kind: CommandKind, fence: UInt64 = 5) -> Command {
        var command = order(kind)
        command.commandID = id
        command.fence = fence
        command.notAfterNanoseconds = session.correctedNanoseconds + 10_000_000_000
        command.timeToLiveMilliseconds = 5000
        return command
    }

    mutating func upload(_ items: [MissionItem] = deliveryFlight, _ reference: MissionReference = delivery) {
        for part in MissionPart.split(mission: reference, fence: 5, items: items) {
            receive(.missionPart(part))
        }
    }

    func acks(_ id: UInt64) -> [CommandStage] {
        out.uplinks.compactMap { uplink in
            if case .commandAck(_, let ack) = uplink, ack.commandID == id { ack.stage.known } else { nil }
        }
    }

    var lastRejection: Rejection? {
        for uplink in out.uplinks.reversed() {
            if case .commandAck(_, let ack) = uplink { return ack.rejection.known }
        }
        return nil
    }

    var uploadResults: [MissionAckResult] {
        out.uplinks.compactMap { if case .missionAck(_, let ack) = $0 { ack.result.known } else { nil } }
    }

    var events: [EventKind] {
        out.uplinks.compactMap { if case .event(_, let event) = $0 { event.kind.known } else { nil } }
    }

    var hellos: Int { out.uplinks.count { if case .hello = $0 { true } else { false } } }

    var progress: [MissionProgress] {
        out.uplinks.compactMap { if case .progress(_, let progress) = $0 { progress } else { nil } }
    }
}

@Suite struct SessionTests {
    @Test func saysHelloEverySecondUntilWelcome() {
        var rig = Rig()
        rig.run(seconds: 5)
        #expect(rig.hellos == 5)
        #expect(rig.out.telemetry.isEmpty)
        var wrong = Welcome()
        wrong.accepted = true
        wrong.boot = 78
        rig.receive(.welcome(wrong))
        #expect(rig.session.state == .greeting)
        rig.welcome()
        rig.out.removeAll()
        rig.run(seconds: 2)
        #expect(rig.hellos == 0)
        #expect(rig.out.telemetry.count == 20)
        #expect(rig.out.telemetry.map(\.sequence) == Array(1...20))
        #expect(rig.out.telemetry.allSatisfy { $0.boot == 77 })
        #expect(rig.session.clockOffsetNanoseconds == 50_000_000_000)
    }

    @Test func answersHeartbeatsButNotThoseOfAnOldStation() {
        var rig = Rig()
        rig.welcome()
        rig.beat()
        rig.beat(fence: 4)
        let answers = rig.out.uplinks.count { if case .heartbeat = $0 { true } else { false } }
        #expect(answers == 1)
        #expect(rig.session.ignored[VehicleSession.Ignored.oldFence.rawValue] == 1)
        rig.beat(fence: 6)
        #expect(rig.session.state == .greeting)
    }

    @Test func linkAgesFromLiveToLateToLostAndBack() {
        var rig = Rig()
        rig.welcome()
        rig.run(seconds: 1)
        #expect(rig.session.linkState == .live)
        rig.run(seconds: 1)
        #expect(rig.session.linkState == .late)
        rig.run(seconds: 2)
        #expect(rig.session.linkState == .lost)
        #expect(rig.session.state == .greeting)
        rig.welcome()
        rig.run(seconds: 0.5)
        #expect(rig.session.linkState == .live)
        #expect(rig.events == [.linkLost, .recovered])
    }

    @Test func fliesAMissionAndRepeatsProgressUntilAcknowledged() {
        var rig = Rig()
        rig.welcome()
        rig.upload()
        #expect(rig.uploadResults == [.complete])
        rig.receive(.command(rig.command(1, .start)))
        for _ in 0..<200 {
            rig.run(seconds: 1)
            rig.beat()
        }
        #expect(rig.acks(1) == [.received, .accepted, .started, .done])
        #expect(rig.session.autopilot.isCompleted)
        #expect(rig.session.unacknowledgedProgress == 10)
        let first = rig.progress.filter { $0.kind.known == .started }
        #expect((5...12).contains(first.count))
        for progress in rig.progress {
            var ack = ProgressAck()
            ack.mission = progress.mission
            ack.kind = progress.kind
            rig.receive(.progressAck(ack))
        }
        #expect(rig.session.unacknowledgedProgress == 0)
        rig.out.removeAll()
        rig.run(seconds: 1)
        #expect(rig.progress.isEmpty)
    }

    @Test func fliesTheContingencyWhenTheLinkDies() {
        var rig = Rig()
        rig.welcome()
        rig.upload()
        rig.receive(.command(rig.command(1, .start)))
        while rig.session.autopilot.leg < 2 {
            rig.run(seconds: 1)
            rig.beat()
        }
        rig.run(seconds: 150)
        #expect(rig.events == [.linkLost, .contingency])
        #expect(rig.session.autopilot.mode == .parked)
        #expect(abs(rig.body.north - 100) < 4 && rig.body.sensed.onGround)
    }

    @Test func refusesByFenceTimeMissionModeAndKind() {
        var rig = Rig()
        rig.receive(.command(rig.command(1, .hold)))
        #expect(rig.out.uplinks.isEmpty)
        rig.welcome()
        rig.receive(.command(rig.command(1, .start, fence: 4)))
        #expect(rig.lastRejection == .fence)
        var late = rig.command(2, .start)
        late.notAfterNanoseconds = rig.session.correctedNanoseconds - 1
        rig.receive(.command(late))
        #expect(rig.lastRejection == .expired)
        rig.receive(.command(rig.command(3, .start)))
        rig.run(seconds: 0.1)
        #expect(rig.lastRejection == .mission)
        rig.receive(.command(rig.command(4, .returnHome)))
        #expect(rig.lastRejection == .mode)
        var unknown = rig.command(5, .hold)
        unknown.kind = Open(number: 99)
        rig.receive(.command(unknown))
        #expect(rig.lastRejection == .unsupported)
        rig.upload()
        var short = rig.command(6, .start)
        short.timeToLiveMilliseconds = 50
        rig.receive(.command(short))
        rig.run(seconds: 0.1)
        #expect(rig.acks(6) == [.received, .accepted, .expired])
        #expect(!rig.session.autopilot.isStarted)
    }

    @Test func safeCommandsPreemptWhatWaits() {
        var rig = Rig()
        rig.welcome()
        rig.upload()
        rig.receive(.command(rig.command(1, .start)))
        rig.receive(.command(rig.command(2, .hold)))
        rig.run(seconds: 1)
        #expect(rig.acks(1) == [.received, .accepted, .failed])
        #expect(rig.acks(2) == [.received, .accepted, .started, .done])
        #expect(!rig.session.autopilot.isStarted)
    }

    @Test func aRepeatedCommandIsAnsweredNotRepeatedEvenAfterARestart() throws {
        var rig = Rig()
        rig.welcome()
        let hold = rig.command(8, .hold)
        rig.receive(.command(hold))
        rig.receive(.command(hold))
        #expect(rig.acks(8) == [.received, .accepted, .started, .done, .done])
        let bytes = try JSONEncoder().encode(rig.session.memory)
        var again = Rig(memory: try JSONDecoder().decode(CommandMemory.self, from: bytes))
        again.welcome()
        again.receive(.command(hold))
        #expect(again.acks(8) == [.done])
        again.welcome(fence: 4)
        #expect(again.session.memory.fence == 5)
    }

    @Test func forgetsOldCommandsButNeverRunsThemAgain() {
        var rig = Rig()
        rig.welcome()
        for id in 1...300 { rig.receive(.command(rig.command(UInt64(id), .hold))) }
        rig.out.removeAll()
        rig.receive(.command(rig.command(10, .hold)))
        #expect(rig.acks(10) == [.rejected])
        rig.receive(.command(rig.command(299, .hold)))
        #expect(rig.acks(299) == [.done])
    }

    @Test func aBrokenUploadLeavesTheOldMissionAndAMovingVehicleIsBusy() {
        var rig = Rig()
        rig.welcome()
        rig.upload()
        let long = deliveryFlight[0..<6] + (0..<60).map { item(.contingency, north: Double($0)) }
        let other = MissionReference(number: 8, revision: 2)
        var parts = MissionPart.split(mission: other, fence: 5, items: Array(long))
        parts[1].items[0].latitudeE7 += 1
        for part in parts.reversed() { rig.receive(.missionPart(part)) }
        #expect(rig.uploadResults == [.complete, .part, .part, .digest])
        #expect(rig.session.autopilot.mission?.reference == delivery)
        rig.receive(.command(rig.command(1, .start)))
        rig.run(seconds: 1)
        rig.upload(Array(long), other)
        #expect(rig.uploadResults.suffix(3) == [.busy, .busy, .busy])
        rig.upload()
        #expect(rig.uploadResults.last == .complete)
        #expect(rig.session.autopilot.mission?.items == deliveryFlight)
    }

    @Test func goodbyeSilences() {
        var rig = Rig()
        rig.welcome()
        rig.session.goodbye(.shutdown, out: &rig.out)
        rig.out.removeAll()
        rig.run(seconds: 5)
        rig.beat()
        #expect(rig.out.uplinks.isEmpty && rig.out.telemetry.isEmpty)
    }
}
