/// What a company asks for one vehicle. The vehicle is the booking: there is at most one for each.
public struct SlotRequest: Hashable, Sendable, Codable {
    public var vehicle: Int
    public var place: Int
    /// The arrival the company asks for.
    public var requestedMilliseconds: Int64
    /// The slot begins at or before it, or is of no use.
    public var latestMilliseconds: Int64
    /// The earliest arrival ground control itself forecasts for this vehicle with its freight and papers: a fact the
    /// company cannot write. A wish before it does not count.
    public var attestedMilliseconds: Int64
    public var lane: SlotLane
    /// Customs holds the declaration that gives the right to the lane.
    public var isDocumented: Bool
    /// Agrees to be moved to an earlier slot after the award.
    public var acceptsEarlier: Bool
    public init(
        vehicle: Int, place: Int, requestedMilliseconds: Int64, latestMilliseconds: Int64,
        attestedMilliseconds: Int64, lane: SlotLane = .ordinary, isDocumented: Bool = false,
        acceptsEarlier: Bool = true
    ) {
        self.vehicle = vehicle
        self.place = place
        self.requestedMilliseconds = requestedMilliseconds
        self.latestMilliseconds = latestMilliseconds
        self.attestedMilliseconds = attestedMilliseconds
        self.lane = lane
        self.isDocumented = isDocumented
        self.acceptsEarlier = acceptsEarlier
    }
}

/// One line of the published record that goes in.
public enum SlotInput: Hashable, Sendable, Codable {
    /// Registry: the next company (numbered from 0) and who owns it in the end. `contractedPermille` raises its owner's cap.
    case company(Int, owner: Int, contractedPermille: Int64)
    /// Registry: the next vehicle (numbered from 0), by its chassis number, which plates do not change.
    case vehicle(Int, identity: UInt64, company: Int)
    /// From the begin of slot `from` to before slot `to` (times in milliseconds) so many places.
    case capacity(place: Int, fromMilliseconds: Int64, toMilliseconds: Int64, places: Int)
    /// Seen at the gate: the chassis number counts.
    case arrived(vehicle: Int, place: Int)
    /// Found at inspection.
    case falseClass(vehicle: Int)
    /// Ground control: cannot be there before.
    case attested(vehicle: Int, earliestMilliseconds: Int64)
    /// The company gives the slot back.
    case cancel(vehicle: Int)
    /// The company gives the slot up for a later one.
    case postpone(vehicle: Int, earliestMilliseconds: Int64)
    /// Consent of the company of `vehicle` to trade slots; both must consent.
    case swap(vehicle: Int, with: Int)
    case request(SlotRequest)

    /// Sorted by it, the order in which inputs of one tick came is forgotten. Total: equal words, equal inputs.
    var words: (Int, Int, Int64, Int64, Int64, UInt64) {
        switch self {
        case .company(let company, let owner, let permille): (0, company, Int64(owner), permille, 0, 0)
        case .vehicle(let vehicle, let identity, let company): (1, vehicle, Int64(company), 0, 0, identity)
        case .capacity(let place, let from, let to, let places): (2, place, from, to, Int64(places), 0)
        case .arrived(let vehicle, let place): (3, vehicle, Int64(place), 0, 0, 0)
        case .falseClass(let vehicle): (4, vehicle, 0, 0, 0, 0)
        case .attested(let vehicle, let earliest): (5, vehicle, earliest, 0, 0, 0)
        case .cancel(let vehicle): (6, vehicle, 0, 0, 0, 0)
        case .postpone(let vehicle, let earliest): (7, vehicle, earliest, 0, 0, 0)
        case .swap(let vehicle, let other): (8, vehicle, Int64(other), 0, 0, 0)
        case .request(let r):
            (
                9, r.vehicle, r.requestedMilliseconds, r.latestMilliseconds, r.attestedMilliseconds,
                UInt64(truncatingIfNeeded: r.place) << 8 | UInt64(r.lane.rawValue) << 2
                    | (r.isDocumented ? 2 : 0) | (r.acceptsEarlier ? 1 : 0)
            )
        }
    }
}
