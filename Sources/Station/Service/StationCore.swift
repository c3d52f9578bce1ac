import Controller
import FoundationEssentials
import Logging
import Wire
import World

/// What stands between the sockets, the journal and the controller: turns messages into inputs and effects into
/// messages. One caller at a time; no clock of its own.
struct StationCore {
    var controller: Controller
    let link: Link
    let journal: Journal<Event>
    let datums: AltitudeDatums
    let rhythm: StationRhythm
    let fence: UInt64
    let log: Logger
    let startedAt: Instant

    private(set) var now: Instant
    /// Who may speak, by number; replaced when keys are read anew.
    var enrolments: [UInt32: Enrolled]
    var sessions: [UInt32: Session] = [:]
    var uploads = Uploads()
    /// Who was refused last time, why and when: said once, not with each Hello.
    var refusals: [UInt32: Refused] = [:]
    /// Which fence above ours the log has told of, by vehicle.
    var fencesTold: [UInt32: UInt64] = [:]
    var gate = DurableGate()
    var delivery = CommandDelivery()
    /// Newest report of each vehicle since the last tick.
    private var reports: [TrackReport] = []
    private var placeOfReport: [UInt32: Int] = [:]
    private var batch = LinkBatch()
    private var effects: [Effect] = []
    /// The time of the newest contacts that had none of their own.
    var surveyedAt = Instant(nanoseconds: 0)
    /// Sequence of the newest recorded event.
    private(set) var recorded: UInt64
    private(set) var telemetryMessages: UInt64 = 0
    /// Of telemetry, and how long the station has run; noted by the station's thread.
    var meter: RateMeter
    /// Simulated seconds for each real one; nil in real time.
    let pace: Double?
    /// Telemetry whose altitude has a datum that cannot be converted.
    private(set) var unknownDatum: UInt64 = 0
    private(set) var ticks: UInt64 = 0
    /// The journal ended: nothing can be promised any more.
    private(set) var failure: JournalError?
    /// What is said now may be told when this event is durable: never, once an event could not be recorded.
    var promised: UInt64 { failure == nil ? recorded : .max }

    struct Enrolled {
        var name: String
        var kind: VehicleKind
        var company: String
    }

    /// A vehicle that has said Hello since the station started.
    struct Session {
        var boot: UInt32
        var held: MissionReference
        var greetedAt: Instant
        var correctedAt: Instant
    }

    struct Refused {
        var reason: Refusal
        var loggedAt: Instant
    }

    init(
        controller: Controller, link: Link, journal: Journal<Event>, enrolments: [UInt32: Enrolled],
        datums: AltitudeDatums, rhythm: StationRhythm, pace: Double?, log: Logger, at now: Instant,
        monotonic: Int64
    ) {
        self.controller = controller
        self.link = link
        self.journal = journal
        self.enrolments = enrolments
        self.datums = datums
        self.rhythm = rhythm
        self.pace = pace
        meter = RateMeter(at: monotonic)
        self.log = log
        self.now = now
        fence = journal.fence
        startedAt = now
        recorded = journal.recovery.lastSequence
    }

    // MARK: What the station's thread calls

    /// Takes what the link has, says what may be said by now, and says again what was not answered.
    mutating func pump(at time: Instant) {
        now = max(now, time)
        link.collect(into: &batch)
        for report in batch.telemetry { take(report) }
        for saying in batch.messages { take(saying) }
        release()
        for expired in delivery.advance(to: now.nanoseconds, send: { link.send($0, to: $1) }) {
            giveUp(expired)
        }
    }

    /// Moves the controller's time on.
    mutating func tick(at time: Instant) {
        now = max(now, time)
        ticks += 1
        reports.sort { $0.vehicle < $1.vehicle }
        step(.tick(at: now, reports: reports))
        reports.removeAll(keepingCapacity: true)
        placeOfReport.removeAll(keepingCapacity: true)
        release()
    }

    /// One input through the controller; its effects are carried out or held. Returns the answer, if it asks for
    /// one, which may be told when `promised` is durable.
    @discardableResult
    mutating func step(_ input: Input) -> Answer? {
        effects.removeAll(keepingCapacity: true)
        controller.step(input, effects: &effects)
        var answer: Answer?
        for effect in effects {
            switch effect {
            case .record(let event): record(event)
            case .upload(let mission, let afterDurable):
                if afterDurable {
                    gate.hold(.upload(mission), after: promised, at: now)
                } else {
                    upload(mission)
                }
            case .command(let command, let afterDurable):
                if afterDurable {
                    gate.hold(.command(command), after: promised, at: now)
                } else {
                    send(command)
                }
            case .notice(let text, let vehicle, let at):
                log.notice("\(text)", metadata: metadata(vehicle, at))
            case .answer(let given): answer = given
            }
        }
        return answer
    }

    // MARK: From vehicles

    private mutating func take(_ report: LinkBatch.Report) {
        telemetryMessages += 1
        let converted = TrackReport(report.telemetry, of: report.vehicle, at: now.nanoseconds, datum: datums)
        guard let converted else {
            unknownDatum += 1
            return
        }
        if let place = placeOfReport[report.vehicle] {
            reports[place] = converted
        } else {
            placeOfReport[report.vehicle] = reports.count
            reports.append(converted)
        }
    }

    private mutating func take(_ saying: LinkBatch.Saying) {
        let id = VehicleID(saying.vehicle)
        switch saying.message {
        case .hello(let stamp, let hello): greet(hello, boot: stamp.boot)
        case .heartbeat: break
        case .commandAck(_, let ack):
            delivery.acknowledge(command: ack.commandID, from: saying.vehicle)
            guard let stage = AckStage(ack.stage.known) else { return }
            let detail = ack.rejection.number == 0 ? "" : "\(ack.rejection.known.map { "\($0)" } ?? "?")"
            step(.commandAcknowledged(id, command: ack.commandID, stage, detail: detail, at: now))
        case .missionAck(_, let ack): take(ack, from: saying.vehicle)
        case .progress(_, let progress):
            if let report = ProgressReport(progress.kind.known) {
                let mission = progress.mission
                step(
                    .progress(
                        id, MissionID(mission.number), revision: mission.revision, leg: Int(mission.leg),
                        report,
                        at: now))
            }
            var ack = ProgressAck()
            ack.mission = progress.mission
            ack.kind = progress.kind
            gate.hold(.progressAck(ack, vehicle: saying.vehicle), after: promised, at: now)
        case .event(_, let event):
            step(.incident(id, VehicleIncident(event.kind.known), value: event.value, at: now))
        case .goodbye(_, let reason):
            sessions[saying.vehicle] = nil
            let why = reason.known.map { "\($0)" } ?? "reason \(reason.number)"
            step(.vehicleDisconnected(id, reason: "said goodbye (\(why))", at: now))
        }
    }

    private mutating func take(_ ack: MissionAck, from vehicle: UInt32) {
        delivery.acknowledge(part: ack.part, of: ack.mission, from: vehicle)
        if ack.result.known == .digest, let upload = uploads[vehicle],
            upload.reference == ack.mission.withoutLeg
        {
            // All parts arrived and do not make the mission we meant: say it all again until the deadline.
            say(upload, to: vehicle)
            return
        }
        guard let result = UploadResult(ack.result.known), let upload = uploads.end(ack.mission, of: vehicle)
        else { return }
        delivery.cancel(mission: upload.reference, of: vehicle)
        let agreed = result != .complete || ack.digest == upload.parts.first?.digest
        step(
            .uploadFinished(
                VehicleID(vehicle), upload.mission, revision: upload.revision, agreed ? result : .invalid,
                at: now))
    }

    private mutating func giveUp(_ expired: CommandDelivery.Expired) {
        switch expired.message {
        case .command(let command):
            step(
                .commandAcknowledged(
                    VehicleID(expired.vehicle), command: command.commandID, .expired,
                    detail: "the vehicle did not answer in time", at: now))
        case .missionPart(let part):
            guard let upload = uploads.end(part.mission, of: expired.vehicle) else { return }
            delivery.cancel(mission: upload.reference, of: expired.vehicle)
            step(
                .uploadFinished(
                    VehicleID(expired.vehicle), upload.mission, revision: upload.revision, .timedOut, at: now)
            )
        default: break
        }
    }

    /// Its key is not valid any more.
    mutating func cutOff(_ vehicle: VehicleID) {
        sessions[vehicle.number] = nil
        refusals[vehicle.number] = nil
        delivery.cancel(vehicle: vehicle.number)
        if let upload = uploads.end(of: vehicle.number) {
            step(.uploadFinished(vehicle, upload.mission, revision: upload.revision, .timedOut, at: now))
        }
        step(.vehicleDisconnected(vehicle, reason: "its key was revoked", at: now))
    }

    // MARK: To vehicles

    private mutating func release() {
        let durable = journal.durableSequence
        while let held = gate.next(durable: durable) {
            switch held {
            case .upload(let mission): upload(mission)
            case .command(let command): send(command)
            case .progressAck(let ack, let vehicle): link.send(.progressAck(ack), to: vehicle)
            }
        }
    }

    private mutating func upload(_ mission: Mission) {
        let vehicle = mission.vehicle.number
        if let former = uploads[vehicle] { delivery.cancel(mission: former.reference, of: vehicle) }
        let deadline = now.advanced(bySeconds: rhythm.uploadSeconds).nanoseconds
        guard let upload = uploads.begin(mission, fence: fence, deadline: deadline) else {
            step(.uploadFinished(mission.vehicle, mission.id, revision: mission.revision, .invalid, at: now))
            return
        }
        say(upload, to: vehicle)
    }

    private mutating func say(_ upload: Uploads.Upload, to vehicle: UInt32) {
        delivery.cancel(mission: upload.reference, of: vehicle)
        for part in upload.parts {
            // A mission has at most as many parts as a lane holds, and the lane was just emptied.
            _ = delivery.submit(.missionPart(part), to: vehicle, at: now.nanoseconds, until: upload.deadline)
        }
    }

    mutating func send(_ command: OutboundCommand) {
        let taken = delivery.submit(
            .command(Command(command)), to: command.vehicle.number, at: now.nanoseconds,
            until: command.notAfter.nanoseconds)
        guard !taken else { return }
        step(
            .commandAcknowledged(
                command.vehicle, command: command.id, .failed,
                detail: "never sent: too many commands wait for the vehicle", at: now))
    }

    // MARK: Memory

    private mutating func record(_ event: Event) {
        guard failure == nil else { return }
        do throws(JournalError) {
            do throws(JournalError) {
                recorded = try journal.append(event)
            } catch JournalError.queueFull {
                // The disk is slow, not gone: let the controller wait for it, vehicles look after themselves.
                try journal.waitUntilDurable(recorded)
                recorded = try journal.append(event)
            }
        } catch { failure = error }
    }

    func metadata(_ vehicle: VehicleID?, _ at: Instant) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["at": "\(at)"]
        if let vehicle { metadata["vehicle"] = "\(enrolments[vehicle.number]?.name ?? "\(vehicle.number)")" }
        return metadata
    }
}
