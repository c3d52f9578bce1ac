/// One thing a plan does that the problem does not allow.
public struct Violation: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        // What the plan names.
        case unknownVehicle, unknownShipment, unknownStation
        // Who makes which stops.
        case repeatedStop, needlessStop, missingStop, deliveryBeforePickup, differentVehicles
        case tooManyVehicles, refusedVehicle, otherVehicleBound, missingSkills
        // What is not served.
        case mustBeServed, unservedNotListed, servedYetListed, servedTwice, legMissing
        // When.
        case noWay, arrivesTooEarly, startsBeforeArrival, outsideWindow, serviceTooShort
        case leavesBeforeShift, endsAfterShift, tooLong, tooLongOnBoard, beforeHandover, dockTaken
        // How far, and what is on board.
        case tooFar, overCapacity, classesTogether, temperaturesApart, notLastInFirstOut, outOfEnergy
        case unusableStation
    }
    public var kind: Kind
    /// Indices into the plan's routes and the route's stops (nil: the route as a whole, its start or end), and of the
    /// shipment and what it clashes with: another shipment, a dock, a vehicle.
    public var route: Int?
    public var stop: Int?
    public var shipment: Int?
    public var other: Int?
    /// By how much: milliseconds, millimetres, joules, units of load or a count; 0 where nothing is counted.
    public var excess: Int64 = 0
    /// What the excess counts, in words.
    public var unit: String {
        switch kind {
        case .arrivesTooEarly, .startsBeforeArrival, .outsideWindow, .serviceTooShort, .leavesBeforeShift,
            .endsAfterShift, .tooLong, .tooLongOnBoard, .beforeHandover:
            "ms"
        case .tooFar: "mm"
        case .outOfEnergy: "J"
        case .overCapacity: "units of load"
        case .tooManyVehicles, .dockTaken: "too many"
        case .temperaturesApart: "tenths of a degree"
        default: ""
        }
    }
}

extension Violation: CustomStringConvertible {
    public var description: String {
        var text = ""
        if let route { text += "route \(route + 1)" }
        if let stop { text += ", stop \(stop + 1)" }
        if let shipment { text += (text.isEmpty ? "" : ", ") + "shipment \(shipment)" }
        return (text.isEmpty ? "" : text + ": ") + reason
    }

    /// The reason alone, with the excess.
    public var reason: String {
        var text = ""
        for character in kind.rawValue {
            if character.isUppercase { text += " " }
            text += character.lowercased()
        }
        if let other { text += " (\(other))" }
        if excess != 0 { text += " by \(excess) \(unit)" }
        return text
    }
}
