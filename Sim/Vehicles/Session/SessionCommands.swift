import Wire

/// Accepted, to be started at the next step.
struct PendingCommand: Sendable {
    var command: Command
    /// Void from here on by the monotonic clock.
    var voidAt: Int64
}

extension VehicleSession {
    static let pendingMax = 16

    mutating func take(_ command: Command, _ out: inout SessionOutput) {
        let id = command.commandID
        if let answer = memory.answer(to: id) {
            ignore(.duplicateCommand)
            out.uplinks.append(.commandAck(nextStamp(), answer))
            return
        }
        // Refusals that any repetition meets again are not remembered.
        guard id != 0, !memory.isForgotten(id) else {
            return acknowledge(id, .rejected, id == 0 ? .invalid : .expired, &out, store: false)
        }
        let knownFence = memory.fence
        guard memory.admit(fence: command.fence) else {
            ignore(.oldFence)
            return acknowledge(id, .rejected, .fence, &out, store: false)
        }
        if memory.fence != knownFence { memoryRevision &+= 1 }
        link.heard(at: now.monotonicNanoseconds)
        acknowledge(id, .received, .unspecified, &out, store: false)
        guard command.notAfterNanoseconds >= correctedNanoseconds else {
            ignore(.expiredCommand)
            return acknowledge(id, .rejected, .expired, &out)
        }
        guard let kind = command.kind.known, kind != .unspecified else {
            return acknowledge(id, .rejected, .unsupported, &out)
        }
        if kind == .hold || kind == .returnHome || kind == .land {
            // What makes safe does not queue behind what moves.
            for waiting in pending { acknowledge(waiting.command.commandID, .failed, .unspecified, &out) }
            pending.removeAll(keepingCapacity: true)
            acknowledge(id, .accepted, .unspecified, &out)
            return start(command, kind, &out)
        }
        guard pending.count < Self.pendingMax else { return acknowledge(id, .rejected, .mode, &out) }
        let life =
            command.timeToLiveMilliseconds == 0
            ? Int64.max : Int64(command.timeToLiveMilliseconds) * 1_000_000
        pending.append(
            PendingCommand(command: command, voidAt: now.monotonicNanoseconds.saturatingAdd(life)))
        acknowledge(id, .accepted, .unspecified, &out)
    }

    /// Starts what was accepted, in order of arrival, unless its time is over.
    mutating func startPending(_ out: inout SessionOutput) {
        guard !pending.isEmpty else { return }
        let due = pending
        pending.removeAll(keepingCapacity: true)
        for waiting in due {
            guard now.monotonicNanoseconds <= waiting.voidAt,
                waiting.command.notAfterNanoseconds >= correctedNanoseconds,
                waiting.command.fence >= memory.fence, let kind = waiting.command.kind.known
            else {
                acknowledge(waiting.command.commandID, .expired, .expired, &out)
                continue
            }
            start(waiting.command, kind, &out)
        }
    }

    private mutating func start(_ command: Command, _ kind: CommandKind, _ out: inout SessionOutput) {
        // Said again after something newer was carried out, it would undo that.
        if kind == .manoeuvre, command.commandID < memory.lastExecuted {
            return acknowledge(command.commandID, .rejected, .expired, &out)
        }
        if let rejection = autopilot.apply(command, snapshot) {
            return acknowledge(command.commandID, .rejected, rejection, &out)
        }
        acknowledge(command.commandID, .started, .unspecified, &out)
        let lasts = autopilot.outcome(of: kind, snapshot) == nil
        let moves = kind != .speedLimit && kind != .altitude
        if moves, let old = running {
            running = nil
            acknowledge(old.id, .failed, .unspecified, &out)
        }
        if lasts {
            running = (command.commandID, kind)
        } else {
            acknowledge(command.commandID, .done, .unspecified, &out)
        }
    }

    mutating func finishRunning(_ out: inout SessionOutput) {
        guard let running, let success = autopilot.outcome(of: running.kind, snapshot) else { return }
        self.running = nil
        acknowledge(running.id, success ? .done : .failed, .unspecified, &out)
    }

    private mutating func acknowledge(
        _ id: UInt64, _ stage: CommandStage, _ rejection: Rejection, _ out: inout SessionOutput,
        store: Bool = true
    ) {
        var ack = CommandAck()
        ack.commandID = id
        ack.stage = Open(stage)
        ack.rejection = Open(rejection)
        ack.atNanoseconds = correctedNanoseconds
        if store {
            memory.store(ack)
            memoryRevision &+= 1
        }
        out.uplinks.append(.commandAck(nextStamp(), ack))
    }
}
