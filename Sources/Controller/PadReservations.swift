import World

/// Which vehicle may stand where: the one table of landing spots and of the places of trucks. A drone holds the spots of
/// its newest mission from before it takes off until it has the next one, where it also stands when that is over; one
/// without holds the spot it stands on. So no two drones ever come to one spot, and none waits for another. A truck
/// holds where it is loaded, charges and stands; no drone lands near.
struct PadReservations: Sendable {
    /// About 170 by 220 m: spots conflict only with those of the same or a neighbouring cell.
    private struct Cell: Hashable {
        var row: Int32
        var column: Int32
        init(_ c: Coordinate) {
            row = c.latitudeE7 / 20_000
            column = c.longitudeE7 / 20_000
        }
        private init(row: Int32, column: Int32) {
            self.row = row
            self.column = column
        }
        func moved(_ rows: Int32, _ columns: Int32) -> Cell {
            Cell(row: row &+ rows, column: column &+ columns)
        }
    }
    private var held: [Cell: [(spot: Coordinate, vehicle: Int, clear: Double)]] = [:]
    private var spots: [Int: [Coordinate]] = [:]

    /// `clear`: how far others keep from these spots at least, at most 150 m.
    mutating func replace(_ vehicle: Int, _ new: [Coordinate], clear: Double = 0) {
        for spot in spots[vehicle] ?? [] {
            let cell = Cell(spot)
            held[cell]?.removeAll { $0.vehicle == vehicle }
            if held[cell]?.isEmpty == true { held[cell] = nil }
        }
        spots[vehicle] = new
        for spot in new { held[Cell(spot), default: []].append((spot, vehicle, clear)) }
    }

    /// Where the vehicle's spots are.
    func holds(_ vehicle: Int, near place: Coordinate, within meters: Double) -> Bool {
        (spots[vehicle] ?? []).contains { $0.meters(to: place) <= meters }
    }

    /// Whether another vehicle holds a spot nearer than `meters` (at most 150), or, when `keepsClear`, one from which
    /// others keep farther away.
    func isTaken(_ place: Coordinate, for vehicle: Int, meters: Double, keepsClear: Bool = true) -> Bool {
        let cell = Cell(place)
        for rows in Int32(-1)...1 {
            for columns in Int32(-1)...1 {
                for other in held[cell.moved(rows, columns)] ?? []
                where other.vehicle != vehicle
                    && other.spot.meters(to: place) < max(meters, keepsClear ? other.clear : 0)
                {
                    return true
                }
            }
        }
        return false
    }

    /// The first spot of a stop with no other vehicle's spot within nine tenths of the spacing: a square spiral of
    /// 169 around it; nil when all are taken.
    func free(at stop: Coordinate, for vehicle: Int, spacingMeters: Double) -> Coordinate? {
        for ring in 0...6 {
            for row in -ring...ring {
                for column in -ring...ring where max(abs(row), abs(column)) == ring {
                    let spot = stop.moved(
                        east: Double(column) * spacingMeters, north: Double(row) * spacingMeters)
                    if !isTaken(spot, for: vehicle, meters: 0.9 * min(spacingMeters, 150)) { return spot }
                }
            }
        }
        return nil
    }
}
