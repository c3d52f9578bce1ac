/// Freight somebody wants moved, as the synthetic demand makes it.
public struct Shipment: Hashable, Sendable {
    /// One of the two ends.
    public struct End: Hashable, Sendable {
        /// Id in the world data, or the nearest settlement with distance and direction.
        public let place: String
        public let coordinate: Coordinate
        public let ground: Altitude<MeanSeaLevel>
    }

    /// Unique among the shipments of one seed, at most 64 bytes.
    public let key: String
    /// Id of a carrier.
    public let company: String
    public let pickup: End
    public let delivery: End
    public let massGrams: UInt32
    public let volumeLiters: UInt32
    /// A word of the flow files such as `containers`, or `parcel`, `medical`, `electronics`, `food`.
    public let goods: String
    /// When it becomes known.
    public let releaseAt: Instant
    /// Pickup not before; at or after `releaseAt`.
    public let readyAt: Instant
    /// Later than `readyAt`; nil promises nothing.
    public let deliverBy: Instant?
    /// What may carry it.
    public let kinds: [VehicleKind]
    public let difficulty: Difficulty

    /// What was made hard about it on purpose, so that a day shows lateness and refusals as real days do.
    public enum Difficulty: String, Sendable, CaseIterable {
        case none
        /// Feasible only when a vehicle is free and near at once.
        case tightWindow
        /// No vehicle can be there in time.
        case impossibleWindow
        /// More than the largest vehicle of its kinds takes.
        case tooHeavy
        /// Beyond the longest haul of its kinds.
        case tooFar
    }
}
