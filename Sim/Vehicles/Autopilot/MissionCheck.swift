import Wire

/// Whether a vehicle could fly or drive a mission, decided once when it arrives.
enum MissionCheck {
    static let altitudeMillimeters: ClosedRange<Int32> = -1_000_000...12_000_000
    static let durationMillisecondsMax: UInt32 = 24 * 3_600_000

    /// Ordinary items first, at least one, then contingency items; every item known, in range and possible.
    static func isPossible(_ items: [MissionItem], flies: Bool) -> Bool {
        guard let first = items.first, first.action.known != .contingency else { return false }
        var inContingency = false
        for item in items {
            guard let action = item.action.known else { return false }
            if inContingency && action != .contingency { return false }
            switch action {
            case .unspecified: return false
            case .takeoff, .fly, .land: guard flies else { return false }
            case .drive: guard !flies else { return false }
            case .contingency: inContingency = true
            case .load, .unload, .wait: break
            }
            guard (-900_000_000...900_000_000).contains(item.latitudeE7),
                (-1_800_000_000...1_800_000_000).contains(item.longitudeE7),
                !flies || altitudeMillimeters.contains(item.altitudeMillimeters),
                item.durationMilliseconds <= durationMillisecondsMax
            else { return false }
        }
        return true
    }
}

/// A mission as held: the whole of one upload, never a mix of two.
public struct HeldMission: Equatable, Sendable {
    /// Leg 0.
    public let reference: MissionReference
    /// CRC-32C of the items, see MissionPart.
    public let digest: UInt32
    public let items: [MissionItem]
    /// Items before this index are ordinary, the others contingency.
    public let ordinaryCount: Int

    /// Nil when `items` cannot be flown or driven.
    public init?(reference: MissionReference, digest: UInt32, items: [MissionItem], flies: Bool) {
        guard !reference.isNone, MissionCheck.isPossible(items, flies: flies) else { return nil }
        self.reference = reference.withoutLeg
        self.digest = digest
        self.items = items
        ordinaryCount = items.firstIndex { $0.action.known == .contingency } ?? items.count
    }
}
