import Wire

/// The commands a vehicle has decided on, newest 256 by number, and the highest fence it has seen. Kept on disk
/// by the host, it makes a command happen at most once even across restarts of the vehicle.
public struct CommandMemory: Codable, Equatable, Sendable {
    public static let capacity = WireLimits.commandMemory

    struct Entry: Codable, Equatable, Sendable {
        var id: UInt64
        /// Numbers of CommandStage and Rejection, and when: the stored answer.
        var stage: UInt32
        var rejection: UInt32
        var atNanoseconds: UInt64
    }

    /// Ascending by id.
    private(set) var entries: [Entry] = []
    /// Commands up to this number have been forgotten and are refused unless still in `entries`.
    private(set) var forgottenUpTo: UInt64 = 0
    public private(set) var fence: UInt64 = 0
    /// Newest command executed, 0 none; for Hello.
    public private(set) var lastExecuted: UInt64 = 0

    public init() {}

    /// Raises the fence; false when `fence` is lower than one already seen.
    mutating func admit(fence: UInt64) -> Bool {
        guard fence >= self.fence else { return false }
        self.fence = fence
        return true
    }

    /// The stored answer to a command decided before.
    func answer(to id: UInt64) -> CommandAck? {
        let index = position(of: id)
        guard index < entries.count, entries[index].id == id else { return nil }
        var ack = CommandAck()
        ack.commandID = id
        ack.stage = Open(number: entries[index].stage)
        ack.rejection = Open(number: entries[index].rejection)
        ack.atNanoseconds = entries[index].atNanoseconds
        return ack
    }

    func isForgotten(_ id: UInt64) -> Bool { id <= forgottenUpTo && answer(to: id) == nil }

    /// Remembers the newest stage of a command; false when it is too old to be remembered, and then must not run.
    @discardableResult
    mutating func store(_ ack: CommandAck) -> Bool {
        let id = ack.commandID
        let entry = Entry(
            id: id, stage: ack.stage.number, rejection: ack.rejection.number, atNanoseconds: ack.atNanoseconds
        )
        let index = position(of: id)
        if index < entries.count, entries[index].id == id {
            entries[index] = entry
        } else {
            guard id > forgottenUpTo else { return false }
            entries.insert(entry, at: index)
            if entries.count > Self.capacity { forgottenUpTo = entries.removeFirst().id }
        }
        if ack.stage.known == .started { lastExecuted = max(lastExecuted, id) }
        return id > forgottenUpTo
    }

    /// Accepted or started commands become failed ones.
    mutating func failUndecided() {
        for index in entries.indices
        where entries[index].stage == CommandStage.accepted.rawValue
            || entries[index].stage == CommandStage.started.rawValue
        {
            entries[index].stage = CommandStage.failed.rawValue
        }
    }

    private func position(of id: UInt64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
