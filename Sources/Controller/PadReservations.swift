import World

/// Which drone may stand on which landing spot. A drone keeps the spots of its newest mission, where it also stands
/// when that is over; one without keeps the spot it stands on.
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
    private var held: [Cell: [(spot: Coordinate, vehicle: Int)]] = [:]
    private var spots: [Int: [Coordinate]] = [:]

    mutating func replace(_ vehicle: Int, _ new: [Coordinate]) {
        for spot in spots[vehicle] ?? [] {
            let cell = Cell(spot)
            held[cell]?.removeAll { $0.vehicle == vehicle }
            if held[cell]?.isEmpty == true { held[cell] = nil }
        }
        spots[vehicle] = new
        for spot in new { held[Cell(spot), default: []].append((spot, vehicle)) }
    }

    /// Where the vehicle's spots are.
    func holds(_ vehicle: Int, near place: Coordinate, within meters: Double) -> Bool {
        (spots[vehicle] ?? []).contains { $0.meters(to: place) <= meters }
    }

    /// Whether another vehicle holds a spot nearer than `meters` (at most 150).
    func isTaken(_ place: Coordinate, for vehicle: Int, meters: Double) -> Bool {
        let cell = Cell(place)
        for rows in Int32(-1)...1 {
            for columns in Int32(-1)...1 {
                for other in held[cell.moved(rows, columns)] ?? []
                where other.vehicle != vehicle && other.spot.meters(to: place) < meters {
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
