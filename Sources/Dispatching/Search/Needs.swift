/// What windows, loads and ways do not tell of a route. A route with neither is evaluated by them alone.
struct Needs: OptionSet {
    var rawValue: UInt8
    /// A `Schedule` decides.
    static let proof = Needs(rawValue: 1)
    /// What other routes do matters: docks and hand-overs.
    static let others = Needs(rawValue: 2)
    static let all: Needs = [.proof, .others]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ vehicle: DispatchVehicle) {
        let isPlain =
            vehicle.energy == nil && vehicle.longestMillimeters == nil && vehicle.longestMilliseconds == nil
            && vehicle.timeCost == 0 && !vehicle.lastInFirstOut
        self = isPlain ? [] : .proof
    }

    /// Whom others keep apart from, and who comes before others, is for the table to add.
    init(_ shipment: Shipment) {
        let visits = [shipment.pickup, shipment.delivery]
        let isPlain =
            visits.allSatisfy { ($0?.windows.count ?? 1) == 1 } && shipment.apartFromClasses == 0
            && shipment.temperature == nil && shipment.longestOnBoardMilliseconds == nil
            && (shipment.promisedMilliseconds == nil || shipment.latenessCost == 0)
        self = isPlain ? [] : .proof
        if shipment.after != nil || visits.contains(where: { $0?.dock != nil }) { self = .all }
    }
}
