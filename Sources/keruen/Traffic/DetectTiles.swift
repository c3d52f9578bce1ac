import Foundation
import Traffic
import World

/// Detection over degrees: bodies that fit into one local plane share it, others are searched tile by tile. A pair
/// is decided in the plane of the tile that holds its first body, which sees all bodies in reach of the tile.
struct TileSearch {
    /// Side of a tile and largest extent of a single plane, degrees of latitude: 44 km.
    private static let side = 0.4
    private static let metersPerDegree = 111_700.0

    /// `x`: longitude, `y`: latitude, degrees.
    private let states: [Motion]

    init(_ states: [Motion]) { self.states = states }

    private struct Tile: Hashable, Comparable {
        var row: Int
        var column: Int
        static func < (a: Tile, b: Tile) -> Bool { (a.row, a.column) < (b.row, b.column) }
    }

    func run(_ detector: ConflictDetector) -> [Conflict] {
        guard let first = states.first else { return [] }
        var low = (x: 0.0, y: first.y)
        var high = low
        var fastest = 0.0
        for state in states {
            let turn = Self.wrapped(state.x - first.x)
            low = (min(low.x, turn), min(low.y, state.y))
            high = (max(high.x, turn), max(high.y, state.y))
            fastest = max(fastest, (state.vx * state.vx + state.vy * state.vy).squareRoot())
        }
        let middle = 0.5 * (low.y + high.y)
        let width = (high.x - low.x) * cos(min(low.y.magnitude, high.y.magnitude) * .pi / 180)
        if high.y - low.y <= Self.side, width <= Self.side {
            let center = (longitude: Self.wrapped(first.x + 0.5 * (low.x + high.x)), latitude: middle)
            return search(detector, center, Array(states.indices)) { _ in true }
        }
        return tiles(detector, reach: detector.reachMeters(fastest: fastest))
    }

    private func tiles(_ detector: ConflictDetector, reach: Double) -> [Conflict] {
        let home = states.map { tile($0) }
        var found: [Conflict] = []
        let margin = reach / Self.metersPerDegree * 1.02 + 1e-6
        for tile in Set(home).sorted() {
            let columns = Self.columns(tile.row)
            let latitude = (Double(tile.row) + 0.5) * Self.side - 90
            let longitude = Self.wrapped((Double(tile.column) + 0.5) * 360 / Double(columns) - 180)
            // The widest degree of longitude in reach decides how many degrees the reach has.
            let steepest = min(latitude.magnitude + 0.5 * Self.side + margin, 89.9)
            let wide = 180 / Double(columns) + margin / cos(steepest * .pi / 180)
            let members = states.indices.filter {
                (states[$0].y - latitude).magnitude <= 0.5 * Self.side + margin
                    && Self.wrapped(states[$0].x - longitude).magnitude <= wide
            }
            found += search(detector, (longitude, latitude), members) { home[$0] == tile }
        }
        return found
    }

    private func search(
        _ detector: ConflictDetector, _ center: (longitude: Double, latitude: Double), _ members: [Int],
        _ isOurs: (Int) -> Bool
    ) -> [Conflict] {
        guard
            let coordinate = Coordinate(
                latitudeDegrees: center.latitude, longitudeDegrees: center.longitude)
        else { return [] }
        let frame = LocalFrame(origin: Position(coordinate, altitude: Altitude(millimeters: 0)))
        let table = BodyTable(capacity: members.count)
        for index in members {
            var motion = states[index]
            let point = frame.point(latitudeDegrees: motion.y, longitudeDegrees: motion.x, heightMeters: 0)
            // Meridians converge: a body's own north is turned against the frame's by its share of longitude.
            let turn =
                Self.wrapped(motion.x - center.longitude) * .pi / 180 * sin(motion.y * .pi / 180)
            let (sine, cosine) = (sin(turn), cos(turn))
            (motion.vx, motion.vy) = (
                cosine * motion.vx - sine * motion.vy, sine * motion.vx + cosine * motion.vy
            )
            (motion.x, motion.y) = (point.east, point.north)
            table.append(Body(motion), .drone)
        }
        detector.run(table)
        return detector.conflicts.compactMap { conflict in
            let (a, b) = (members[Int(conflict.a)], members[Int(conflict.b)])
            guard isOurs(a) else { return nil }
            return Conflict(
                a: Int32(a), b: Int32(b), entrySeconds: conflict.entrySeconds,
                exitSeconds: conflict.exitSeconds)
        }
    }

    private func tile(_ state: Motion) -> Tile {
        let row = Int(((state.y + 90) / Self.side).rounded(.down))
        let columns = Self.columns(row)
        let column = Int(((Self.wrapped(state.x) + 180) / 360 * Double(columns)).rounded(.down))
        return Tile(row: row, column: min(max(column, 0), columns - 1))
    }

    /// Tiles around the Earth in one row.
    private static func columns(_ row: Int) -> Int {
        let latitude = (Double(row) + 0.5) * side - 90
        return max(Int((cos(latitude * .pi / 180) * 360 / side).rounded(.up)), 1)
    }

    /// The same longitude from -180 up to 180.
    private static func wrapped(_ degrees: Double) -> Double {
        let turned = degrees.truncatingRemainder(dividingBy: 360)
        return turned > 180 ? turned - 360 : turned < -180 ? turned + 360 : turned
    }
}
