import Traffic
import World

/// The geozones that no flight may enter, ready for questions: for each tile a `GeofenceIndex` of those near it, in the
/// tile's metres. Immutable, made once; the other kinds of zones ask for permissions, which are not a matter of ways.
///
/// Times are not the fences': weekly hours go on for ever. A zone counts when it applies at any moment a flight may be
/// there.
final class ZoneMap: Sendable {
    /// Kept from every zone, metres: error of position and of following the way.
    static let marginMeters = 30.0
    static let marginVerticalMeters = 10.0

    struct Tile: Sendable {
        let frame: LocalFrame
        let index: GeofenceIndex
        /// By position in the index: place in `zones`.
        let owners: [Int32]
    }

    let zones: [Geozone]
    /// By zone, for each of its volumes: places all around it, far enough to fly between neighbours.
    let corners: [[[Coordinate]]]
    private let tiles: [AirTile: Tile]
    private let boxes: [[Box]]
    private let ground: @Sendable (Coordinate) -> Altitude<MeanSeaLevel>
    private let geoidMeters: @Sendable (Coordinate) -> Double?

    /// Degrees; `east` may be over 180.
    struct Box: Sendable {
        var south: Double
        var north: Double
        var west: Double
        var east: Double
    }

    init(
        _ all: [Geozone], ground: @escaping @Sendable (Coordinate) -> Altitude<MeanSeaLevel>,
        geoidMeters: @escaping @Sendable (Coordinate) -> Double?
    ) {
        let zones = all.filter { $0.restriction == .prohibited }
        self.zones = zones
        (self.ground, self.geoidMeters) = (ground, geoidMeters)
        boxes = zones.map { $0.volumes.map { Box($0.outline) } }
        corners = zones.map { $0.volumes.map { ZoneCorners.around($0.outline) } }
        // By tile: zone and volume, in order.
        var places: [AirTile: [(zone: Int, volume: Int)]] = [:]
        var order: [AirTile] = []
        for zone in zones.indices {
            for volume in zones[zone].volumes.indices {
                boxes[zone][volume].forEachTile { tile in
                    if places[tile] == nil { order.append(tile) }
                    // Halves of a box share a tile.
                    if let last = places[tile]?.last, last == (zone, volume) { return }
                    places[tile, default: []].append((zone, volume))
                }
            }
        }
        var tiles: [AirTile: Tile] = [:]
        for tile in order {
            tiles[tile] = Self.tile(
                places[tile] ?? [], zones, boxes, tile.frame, reachMeters: 40_000, ground, geoidMeters)
        }
        self.tiles = tiles
    }

    var isEmpty: Bool { zones.isEmpty }

    /// All zones within `reachMeters` of the origin of a frame, in its metres.
    func tile(frame: LocalFrame, reachMeters: Double) -> Tile {
        var near: [(zone: Int, volume: Int)] = []
        let origin = GeodeticPoint(frame.origin.coordinate)
        for zone in zones.indices {
            for volume in zones[zone].volumes.indices
            where boxes[zone][volume].isWithin(reachMeters, of: origin) {
                near.append((zone, volume))
            }
        }
        return Self.tile(near, zones, boxes, frame, reachMeters: reachMeters, ground, geoidMeters)
    }

    private static func tile(
        _ places: [(zone: Int, volume: Int)], _ zones: [Geozone], _ boxes: [[Box]], _ frame: LocalFrame,
        reachMeters: Double, _ ground: (Coordinate) -> Altitude<MeanSeaLevel>,
        _ geoidMeters: (Coordinate) -> Double?
    ) -> Tile {
        var fences: [Geofence] = []
        var owners: [Int32] = []
        for (zone, volume) in places {
            let heights = boxes[zone][volume].heights(
                near: frame.origin.coordinate, reachMeters: reachMeters, ground, geoidMeters)
            let id = UInt32(truncatingIfNeeded: zone)
            let made = try? Geofence(
                id: id, kind: .keepOut, volume: zones[zone].volumes[volume], frame: frame, heights: heights)
            // What cannot be told in the tile's metres closes all of it: safe, and seen at once.
            let closed = try? Geofence(
                id: id, kind: .keepOut, outline: FenceOutline(centerX: 0, centerY: 0, radiusMeters: 100_000))
            guard let fence = made ?? closed else { continue }
            fences.append(fence)
            owners.append(Int32(truncatingIfNeeded: zone))
        }
        // At most 100,000 zones are loaded, as many as an index takes; a tile closed by more is closed for all.
        if let index = try? GeofenceIndex(fences) { return Tile(frame: frame, index: index, owners: owners) }
        let closed = try? FenceOutline(centerX: 0, centerY: 0, radiusMeters: 100_000)
        let fence = closed.flatMap { try? Geofence(id: 0, kind: .keepOut, outline: $0) }
        guard let index = try? GeofenceIndex(fence.map { [$0] } ?? []) else {
            preconditionFailure("an index of one circle can be made")
        }
        return Tile(frame: frame, index: index, owners: [0])
    }

    /// The highest ceiling of a zone in a tile; far below everything where it is not.
    func ceiling(_ zone: Int, _ tile: AirTile) -> Double {
        guard let tile = tiles[tile] else { return -.infinity }
        var highest = -Double.infinity
        for (position, owner) in tile.owners.enumerated() where Int(owner) == zone {
            highest = max(highest, tile.index.tests[position].fence.band.ceilingMeters)
        }
        return highest
    }

    /// What is told of a zone.
    func name(_ zone: Int) -> String { "\(zones[zone].name) (\(zones[zone].identifier))" }

    /// The first zone a straight flight would come within the margin of, in the order of its way and then of the zones;
    /// nil when it is clear of all that apply at any moment from `start` to `end`, but those `except`.
    func firstZone(
        from a: GeodeticPoint, to b: GeodeticPoint, fromAltitude: Double, toAltitude: Double,
        start: Instant, end: Instant, permanentOnly: Bool = false, except: [Int] = [],
        marginMeters: Double = ZoneMap.marginMeters,
        marginVerticalMeters: Double = ZoneMap.marginVerticalMeters
    ) -> Int? {
        guard !zones.isEmpty else { return nil }
        var found: Int?
        var scratch: [Int32] = []
        AirTile.forEachPiece(a, b) { from, to, first, last in
            guard let home = AirTile(latitudeDegrees: from.latitude, longitudeDegrees: from.longitude),
                let tile = tiles[home]
            else { return true }
            let (p, q) = (Self.flat(tile.frame, from), Self.flat(tile.frame, to))
            let sweep = Sweep(
                from: (p.east, p.north, fromAltitude + (toAltitude - fromAltitude) * first),
                to: (q.east, q.north, fromAltitude + (toAltitude - fromAltitude) * last), start: start,
                end: start, radiusMeters: marginMeters, halfHeightMeters: marginVerticalMeters)
            found =
                tile.firstZone(sweep, &scratch) {
                    zones[$0].applies(from: start, to: end)
                        && (!permanentOnly || zones[$0].applicability.isEmpty) && !except.contains($0)
                }?.zone
            return found == nil
        }
        return found
    }

    private static func flat(_ frame: LocalFrame, _ g: GeodeticPoint) -> LocalPoint {
        frame.point(latitudeDegrees: g.latitude, longitudeDegrees: g.longitude, heightMeters: 0)
    }
}

extension ZoneMap.Tile {
    /// The zone a sweep comes to first, of those that count, and where.
    func firstZone(
        _ sweep: Sweep, _ scratch: inout [Int32], counts: (Int) -> Bool
    ) -> (zone: Int, fraction: Double)? {
        let reach = sweep.radiusMeters + 1e-6
        index.collect(
            minX: min(sweep.fromX, sweep.toX) - reach, minY: min(sweep.fromY, sweep.toY) - reach,
            maxX: max(sweep.fromX, sweep.toX) + reach, maxY: max(sweep.fromY, sweep.toY) + reach,
            into: &scratch)
        var first: (zone: Int, fraction: Double)?
        for position in scratch {
            guard let fraction = index.tests[Int(position)].firstContact(sweep),
                fraction < first?.fraction ?? .infinity
            else { continue }
            let zone = Int(owners[Int(position)])
            if counts(zone) { first = (zone, fraction) }
        }
        return first
    }
}

extension ZoneMap.Box {
    init(_ outline: Geozone.Outline) {
        switch outline {
        case .circle(let center, let radius):
            let scale = LocalScale(latitudeDegrees: center.latitudeDegrees)
            let up = radius / scale.northMetersPerE7 * 1.01e-7
            let aside = min(radius / max(scale.eastMetersPerE7, 1e-9) * 1.05e-7, 180)
            (south, north) = (center.latitudeDegrees - up, center.latitudeDegrees + up)
            (west, east) = (center.longitudeDegrees - aside, center.longitudeDegrees + aside)
        case .polygon(let ring, _):
            let (latitudes, longitudes) = (
                ring.points.map(\.latitudeDegrees), ring.points.map(\.longitudeDegrees)
            )
            (south, north) = (latitudes.min() ?? 0, latitudes.max() ?? 0)
            (west, east) = (longitudes.min() ?? 0, longitudes.max() ?? 0)
        }
    }

    /// Pieces of a way are asked of the tile they begin in: a zone is in all from which one can reach it.
    func forEachTile(_ body: (AirTile) -> Void) {
        let reach = AirTile.pieceMeters + AirTile.reachMeters
        // Wide boxes in halves, since the short way round is taken between two ends.
        let middle = (west + east) / 2
        for (low, high) in [(west, middle), (middle, east)] {
            AirTile.forEach(
                GeodeticPoint(latitude: max(south, -90), longitude: low),
                GeodeticPoint(latitude: min(north, 90), longitude: high), reachMeters: reach, body)
        }
    }

    func isWithin(_ meters: Double, of place: GeodeticPoint) -> Bool {
        let scale = LocalScale(latitudeDegrees: place.latitude)
        let up = meters / scale.northMetersPerE7 * 1.01e-7
        let aside = meters / max(scale.eastMetersPerE7, 1e-9) * 1.05e-7
        guard south - up <= place.latitude, place.latitude <= north + up else { return false }
        return [place.longitude, place.longitude + 360, place.longitude - 360].contains {
            west - aside <= $0 && $0 <= east + aside
        }
    }

    /// Lowest and highest ground and geoid of a grid over what of the box is near a place, with room for what lies
    /// between.
    func heights(
        near place: Coordinate, reachMeters: Double, _ ground: (Coordinate) -> Altitude<MeanSeaLevel>,
        _ geoidMeters: (Coordinate) -> Double?
    ) -> Geofence.Heights {
        let scale = LocalScale(latitudeDegrees: place.latitudeDegrees)
        let up = reachMeters / scale.northMetersPerE7 * 1e-7
        let aside = reachMeters / max(scale.eastMetersPerE7, 1e-9) * 1e-7
        func part(_ low: Double, _ high: Double, _ middle: Double, _ half: Double) -> (Double, Double) {
            let (from, to) = (max(low, middle - half), min(high, middle + half))
            return from <= to ? (from, to) : (low, high)
        }
        let (low, high) = part(south, north, place.latitudeDegrees, up)
        let (left, right) = part(west, east, place.longitudeDegrees, aside)
        let steps = 8
        var (lowest, highest) = (Double.infinity, -Double.infinity)
        var (least, most) = (Double.infinity, -Double.infinity)
        for i in 0...steps {
            for k in 0...steps {
                let latitude = low + (high - low) * Double(i) / Double(steps)
                let longitude = left + (right - left) * Double(k) / Double(steps)
                guard
                    let point = Coordinate(
                        latitudeDegrees: latitude.clamped(to: -90...90),
                        longitudeDegrees: longitude.remainder(dividingBy: 360))
                else { continue }
                let meters = ground(point).meters
                (lowest, highest) = (min(lowest, meters), max(highest, meters))
                if let undulation = geoidMeters(point) {
                    (least, most) = (min(least, undulation), max(most, undulation))
                }
            }
        }
        guard lowest <= highest else { return Geofence.Heights() }
        let room = 5 + 0.1 * (highest - lowest)
        return Geofence.Heights(
            ground: lowest - room...highest + room, geoid: least <= most ? least - 1...most + 1 : nil)
    }
}
