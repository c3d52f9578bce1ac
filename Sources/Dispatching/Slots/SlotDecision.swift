/// One decision with its reason and all it was decided from, so that anybody can check it.
public struct SlotDecision: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable {
        case filed, refused, awarded, moved, swapped, postponed, cancelled, expired, missed, admitted,
            tooEarly
        case bumped, charged
    }
    public enum Reason: String, Hashable, Sendable, Codable {
        /// Awards: first in the order; ahead of it within a quota; over the cap because nobody else waits.
        case turn, quota, nobodyElse
        /// Moved up into a slot given up by another.
        case filledHole
        /// Both companies agreed.
        case consent
        /// As asked by the company, or as ground control found.
        case asked, attested
        /// Held back for what the owner owes.
        case held
        /// Cancelled too late for another to use the slot.
        case withinNotice
        case closed, noSlotInTime, notThere, inWindow, beforeWindow
        case wastedSlot, failedSwap, falseClass, depositForfeited
        /// Refusals.
        case unknownVehicle, unknownPlace, unknownCompany, badTime, alreadyBooked, noBooking, otherPlace
        case noDocument, classBlocked, notLater, notSwappable, badNumber, tooManyClosures
    }
    public var kind: Kind
    public var reason: Reason
    /// -1 where none is meant.
    public var vehicle: Int
    public var place: Int
    /// Begin of the slot held after the decision; -1: none.
    public var slotMilliseconds: Int64 = -1
    /// Begin of the slot from which the order counts: the latest of requested, attested and filed, and what was owed.
    public var rankMilliseconds: Int64 = -1
    /// The draw among equal ranks; the least is first.
    public var tie: UInt64 = 0
    /// What the owner owed and the request was held back by; for `charged`, what is owed more.
    public var owedMilliseconds: Int64 = 0
    /// Open slots the owner holds there, and the cap.
    public var held: Int64 = 0
    public var cap: Int64 = 0
    /// Of the lane's quota that day.
    public var quotaUsed: Int64 = 0
    public var quota: Int64 = 0
}
