/// The published rules by which scarce places are given out; the same for everybody.
///
/// Order: first requested arrival, never the time of the click (ration-by-schedule, Vossen and Ball 2006); ties by a public
/// seed. Caps, quotas and what a wasted slot costs are below. Integers only.
public struct SlotPolicy: Hashable, Sendable, Codable {
    /// No beneficial owner holds more of a place's open slots while another waits for them.
    public var capPermille: Int64 = 350
    /// Of a day's slots of a place, given ahead of the turn: goods out of turn, post, accelerated.
    public var quotaPermille: [Int64] = [0, 50, 10, 10]
    /// What a slot wasted by not coming, or by cancelling within the notice, costs its owner: later requests of the owner
    /// are held back by so much in all.
    public var wasteDebtMilliseconds: Int64 = 3_600_000
    /// The same for goods of another class than declared.
    public var falseClassDebtMilliseconds: Int64 = 86_400_000
    /// A company whose goods were declared falsely has no class but the ordinary for so long.
    public var falseClassBlockMilliseconds: Int64 = 90 * 86_400_000
    /// The most that one request is held back by; the rest waits for the next. Not below the longest freeze: else trades
    /// with decoys would pay for an owner who is deep in debt.
    public var longestHoldMilliseconds: Int64 = 43_200_000
    /// Two slots missed by one vehicle within so long: the deposit is gone.
    public var noShowWindowMilliseconds: Int64 = 90 * 86_400_000
    /// From UTC to the place's day, for quotas.
    public var dayOffsetMilliseconds: Int64 = 5 * 3_600_000
    public init() {}
}

/// A dock, pad, checkpoint or corridor entry: some places every slot.
public struct SlotPlace: Hashable, Sendable, Codable {
    /// From the name; part of the draw.
    public var identity: UInt64
    /// Vehicles a slot, at most `SlotLimits.capacity`; a closure can only lower it.
    public var capacity: Int
    public var slotMilliseconds: Int64
    /// A slot is given out when it begins in so many slots; until then requests are equal, whenever they were filed.
    public var freezeSlots: Int64
    /// A slot that begins within so many slots is given to nobody: vehicles must have time to come. Below `freezeSlots`.
    public var noticeSlots: Int64
    /// How long before the slot begins, and after it ends, its vehicle is let in.
    public var earlyMilliseconds: Int64
    public var lateMilliseconds: Int64

    public init(
        identity: UInt64, capacity: Int, slotMilliseconds: Int64 = 900_000, freezeSlots: Int64 = 16,
        noticeSlots: Int64 = 4, earlyMilliseconds: Int64 = 3_600_000, lateMilliseconds: Int64 = 1_800_000
    ) {
        self.identity = identity
        self.capacity = capacity
        self.slotMilliseconds = slotMilliseconds
        self.freezeSlots = freezeSlots
        self.noticeSlots = noticeSlots
        self.earlyMilliseconds = earlyMilliseconds
        self.lateMilliseconds = lateMilliseconds
    }

    var isSound: Bool {
        (1...SlotLimits.capacity).contains(capacity) && (1000...86_400_000).contains(slotMilliseconds)
            && (1...SlotLimits.freezeSlots).contains(freezeSlots) && (0..<freezeSlots).contains(noticeSlots)
            && (0...86_400_000).contains(earlyMilliseconds) && (0...86_400_000).contains(lateMilliseconds)
            && freezeSlots * slotMilliseconds <= 43_200_000
    }
}

/// Bounds of what comes in.
public enum SlotLimits {
    public static let capacity = 1024
    public static let freezeSlots: Int64 = 1024
    public static let vehicles = 1 << 20
    public static let companies = 1 << 16
    public static let places = 1 << 12
    /// Closures of one place that lie ahead.
    public static let closures = 64
    /// Owners' debts saturate here: 30 days.
    static let debtMilliseconds: Int64 = 30 * 86_400_000
    static let time = 0...DispatchLimits.latestMilliseconds
}

/// Why goods go ahead of the turn; each has its own quota.
public enum SlotLane: Int, Hashable, Sendable, Codable, CaseIterable {
    case ordinary, outOfTurn, postal, accelerated
}
