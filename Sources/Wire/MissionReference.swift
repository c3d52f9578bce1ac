/// A mission, its revision and a leg in one 64-bit number, as Telemetry.mission and others carry it.
public struct MissionReference: Hashable, Sendable {
    public var packed: UInt64
    public init(packed: UInt64) { self.packed = packed }

    /// `number` keeps its low 40 bits, `revision` and `leg` their low 12.
    public init(number: UInt64, revision: UInt16, leg: UInt16 = 0) {
        packed = (number & 0xFF_FFFF_FFFF) | UInt64(revision & 0xFFF) << 40 | UInt64(leg & 0xFFF) << 52
    }

    public var number: UInt64 { packed & 0xFF_FFFF_FFFF }
    public var revision: UInt16 { UInt16(truncatingIfNeeded: packed >> 40) & 0xFFF }
    public var leg: UInt16 { UInt16(truncatingIfNeeded: packed >> 52) & 0xFFF }
    /// The same mission and revision at leg 0, for comparing.
    public var withoutLeg: MissionReference { MissionReference(packed: packed & 0xF_FFFF_FFFF_FFFF) }
    public var isNone: Bool { number == 0 }
}
