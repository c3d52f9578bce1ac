extension MissionPart {
    /// Cuts a mission into parts of at most 32 items; one empty part for an empty mission.
    ///
    /// `items` must be at most 2,048: our own missions are, by construction.
    public static func split(mission: MissionReference, fence: UInt64, items: [MissionItem]) -> [MissionPart]
    {
        precondition(items.count <= missionItemsMax, "a mission holds at most 2,048 items")
        let digest = MissionDigest.of(items)
        let parts = max(1, (items.count + itemsMax - 1) / itemsMax)
        return (0..<parts).map { index in
            let first = index * itemsMax
            var part = MissionPart()
            part.mission = mission.withoutLeg
            part.fence = fence
            part.part = UInt32(index)
            part.parts = UInt32(parts)
            part.firstItem = UInt32(first)
            part.itemCount = UInt32(items.count)
            part.items = Array(items[first..<min(first + itemsMax, items.count)])
            part.digest = digest
            return part
        }
    }
}

/// The vehicle's side of an upload: parts in any order, repeated or not, become a mission only when all are there
/// and the digest agrees. What the vehicle holds changes nowhere but in the caller, on `.complete`.
public struct MissionAssembly: Sendable {
    public enum Outcome: Equatable, Sendable {
        /// Stored (or had already); more are to come.
        case part
        /// All parts agree: the whole mission.
        case complete([MissionItem])
        /// All parts are there and the digest disagrees; the assembly starts over.
        case digest
        /// Contradicts the parts before it or itself; nothing changed.
        case invalid
    }

    private var template: MissionPart?
    private var parts: [[MissionItem]?] = []

    public init() {}

    /// Takes one part. A part of another mission, revision, fence or digest begins a new assembly.
    public mutating func add(_ part: MissionPart) -> Outcome {
        guard part.parts >= 1, part.parts <= MissionPart.partsMax, part.part < part.parts,
            part.itemCount <= MissionPart.missionItemsMax, part.items.count <= MissionPart.itemsMax,
            UInt64(part.firstItem) + UInt64(part.items.count) <= UInt64(part.itemCount)
        else { return .invalid }
        if let known = template, known.mission == part.mission, known.fence == part.fence,
            known.digest == part.digest
        {
            guard known.parts == part.parts, known.itemCount == part.itemCount else { return .invalid }
        } else {
            template = part
            parts = Array(repeating: nil, count: Int(part.parts))
        }
        parts[Int(part.part)] = part.items
        let present = parts.compactMap { $0 }
        guard present.count == parts.count else { return .part }
        let items = Array(present.joined())
        template = nil
        parts = []
        guard items.count == Int(part.itemCount), MissionDigest.of(items) == part.digest else {
            return .digest
        }
        return .complete(items)
    }
}
