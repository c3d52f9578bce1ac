import Foundation
import Traffic

/// Detection over degrees, anywhere on earth: tile by tile, each on a plane of its own, so that lengths are right
/// within a few millionths however far the bodies are spread. A pair is decided on the plane of the tile of its first
/// body; that plane holds all bodies in reach of the tile.
struct TileSearch {
    private struct Tile: Hashable, Comparable {
        var row: Int
        var column: Int
        static func < (a: Tile, b: Tile) -> Bool { (a.row, a.column) < (b.row, b.column) }
    }

    private static let metersPerDegree = 110_500.0
    private let detector: ConflictDetector
    /// `x`: longitude, `y`: latitude, degrees.
    private let states: [Motion]
    /// What lies together shares a tile: one lies around here.
    private let middle: (longitude: Double, latitude: Double)
    /// Degrees of latitude that a tile is high, and how far those around it reach into it.
    private let side: Double
    private let margin: Double

    init(_ states: [Motion], _ detector: ConflictDetector) {
        (self.states, self.detector) = (states, detector)
        let first = states.first ?? Motion(x: 0, y: 0, z: 0, vx: 0, vy: 0, vz: 0)
        var (west, east, south, north, fastest) = (0.0, 0.0, first.y, first.y, 0.0)
        for state in states {
            let turn = Self.wrapped(state.x - first.x)
            (west, east) = (min(west, turn), max(east, turn))
            (south, north) = (min(south, state.y), max(north, state.y))
            fastest = max(fastest, (state.vx * state.vx + state.vy * state.vy).squareRoot())
        }
        middle = (Self.wrapped(first.x + 0.5 * (west + east)), 0.5 * (south + north))
        margin = detector.reachMeters(fastest: fastest) / Self.metersPerDegree + 1e-6
        side = min(max(margin, 0.4), 20)
    }

    /// Indices of states, `a` below `b`, in no useful order.
    func run() -> [Conflict] {
        var members: [Tile: [Int]] = [:]
        for i in states.indices { members[tile(states[i]), default: []].append(i) }
        let table = BodyTable(capacity: states.count)
        var found: [Conflict] = []
        for tile in members.keys.sorted() {
            let near = around(tile, members)
            let plane = plane(tile)
            table.removeAll()
            for i in near { table.append(Body(plane.motion(states[i])), .drone) }
            detector.run(table)
            for conflict in detector.conflicts {
                let (a, b) = (near[Int(conflict.a)], near[Int(conflict.b)])
                guard self.tile(states[a]) == tile else { continue }
                found.append(
                    Conflict(
                        a: Int32(a), b: Int32(b), entrySeconds: conflict.entrySeconds,
                        exitSeconds: conflict.exitSeconds))
            }
        }
        return found
    }

    private func tile(_ state: Motion) -> Tile {
        let row = Int(((state.y - middle.latitude) / side + 0.5).rounded(.down))
        let columns = columns(row)
        return Tile(row: row, column: Self.around(column(state.x, columns), columns))
    }

    /// Latitude of the middle of a row.
    private func latitude(_ row: Int) -> Double { middle.latitude + Double(row) * side }

    /// Tiles around the earth in one row, each at least as wide as high.
    private func columns(_ row: Int) -> Int {
        let steepest = latitude(row).magnitude + 0.5 * side
        return steepest < 90 ? max(Int(cos(steepest * .pi / 180) * 360 / side), 1) : 1
    }

    /// Of a longitude; the first one is around the middle.
    private func column(_ longitude: Double, _ columns: Int) -> Int {
        var turn = Self.wrapped(longitude - middle.longitude)
        if turn < -180 / Double(columns) { turn += 360 }
        return Int((turn / 360 * Double(columns) + 0.5).rounded(.down))
    }

    private static func around(_ column: Int, _ columns: Int) -> Int {
        let rest = column % columns
        return rest < 0 ? rest + columns : rest
    }

    private func longitude(_ tile: Tile) -> Double {
        Self.wrapped(middle.longitude + Double(tile.column) * 360 / Double(columns(tile.row)))
    }

    private func plane(_ tile: Tile) -> TilePlane {
        TilePlane(latitude: min(max(latitude(tile.row), -90), 90), longitude: longitude(tile))
    }

    /// Whoever is in a tile or within the margin of it, ascending.
    private func around(_ tile: Tile, _ members: [Tile: [Int]]) -> [Int] {
        let (latitude, longitude) = (latitude(tile.row), longitude(tile))
        // The widest degree of longitude in reach decides how many degrees the margin has; at a pole all of them.
        let steepest = latitude.magnitude + 0.5 * side + margin
        let wide =
            steepest < 89.9
            ? 180 / Double(columns(tile.row)) + margin / cos(steepest * .pi / 180) : 360
        let high = 0.5 * side + margin
        var near: [Int] = []
        let rows = Int((margin / side).rounded(.up))
        for row in tile.row - rows...tile.row + rows {
            let columns = columns(row)
            let first = column(longitude, columns)
            let spread = min(Int(wide / 360 * Double(columns)) + 1, columns)
            for column in Set((first - spread...first + spread).map { Self.around($0, columns) }) {
                near += (members[Tile(row: row, column: column)] ?? []).filter {
                    (states[$0].y - latitude).magnitude <= high
                        && Self.wrapped(states[$0].x - longitude).magnitude <= wide
                }
            }
        }
        return near.sorted()
    }

    /// The same longitude from -180 up to 180.
    fileprivate static func wrapped(_ degrees: Double) -> Double {
        let turned = degrees.truncatingRemainder(dividingBy: 360)
        return turned > 180 ? turned - 360 : turned < -180 ? turned + 360 : turned
    }
}

/// The plane of a tile.
private struct TilePlane {
    private let plane: LocalPlane

    init(latitude: Double, longitude: Double) {
        plane = LocalPlane(
            latitudeE7: Int32((latitude * 1e7).rounded()), longitudeE7: Int32((longitude * 1e7).rounded()))
    }

    /// A motion in degrees, with velocities to its own east and north, as one on the plane.
    func motion(_ state: Motion) -> Motion {
        let place = plane.place(latitudeE7: state.y * 1e7, longitudeE7: state.x * 1e7)
        let velocity = place.turned(state.vx, state.vy)
        return Motion(x: place.x, y: place.y, z: state.z, vx: velocity.x, vy: velocity.y, vz: state.vz)
    }
}
