import Traffic
import World

/// One flight through the air: climb, level flight over its points, descent.
struct AirWay: Sendable {
    var level: Altitude<MeanSeaLevel>
    /// From the first to the last.
    var points: [Coordinate]
    var meters: Double
    var seconds: Double
    /// What the zones made of it, for a person; empty when nothing.
    var note = ""
    /// Beside the straight way, as asked for.
    var isLane = false
}

enum AirWayResult: Sendable {
    case way(AirWay)
    case no(String)
}

extension Controller {
    /// How much higher than usual a flight goes to cross a zone, metres, and how many heights are tried.
    private static let climbOverMetersMax = 600.0
    private static let heightsMax = 4

    /// The quickest way from a place to another that is clear of all zones while it may be flown: straight, round the
    /// zones, or above them. One below a zone is the usual way.
    func airWay(
        _ p: VehicleProfile, from here: Position<MeanSeaLevel>, to spot: Coordinate, raised: Int,
        leftMeters: Double, start: Instant, named ends: (from: String, to: String)
    ) -> AirWayResult {
        let usual = cruise(here.coordinate, spot, raised: raised)
        let straight = way(p, here, [here.coordinate, spot], usual)
        let zones = geography.zones
        let lane = leftMeters == 0 ? nil : lane(p, here, straight, leftMeters, raised)
        guard !zones.isEmpty else { return .way(lane ?? straight) }
        // Later than planned: it may leave later, wait for others and be slow.
        let slack = configuration.departureDelaySeconds + configuration.timingSlackSeconds
        let end = start.advanced(bySeconds: (1.5 * straight.seconds + slack).clamped(to: 0...86_400))
        func column(_ place: Coordinate, _ low: Double, _ high: Double) -> Int? {
            let point = GeodeticPoint(place)
            return zones.firstZone(
                from: point, to: point, fromAltitude: low, toAltitude: high, start: start, end: end)
        }
        if let zone = column(here.coordinate, here.altitude.meters, usual.meters) {
            return .no("it cannot take off \(ends.from): flying is prohibited in \(zones.name(zone))")
        }
        if let zone = column(spot, geography.ground(spot).meters, usual.meters) {
            return .no("it cannot land \(ends.to): flying is prohibited in \(zones.name(zone))")
        }
        if let lane {
            let isClear = zip(lane.points, lane.points.dropFirst()).allSatisfy { a, b in
                zones.firstZone(
                    from: GeodeticPoint(a), to: GeodeticPoint(b), fromAltitude: lane.level.meters,
                    toAltitude: lane.level.meters, start: start, end: end) == nil
            }
            if isClear { return .way(lane) }
        }
        var best: AirWay?
        var blocking: Int?
        var floor = -Double.infinity
        for _ in 0..<Self.heightsMax {
            let level = cruise([here.coordinate, spot], above: floor, raised: raised)
            guard level.meters - usual.meters <= Self.climbOverMetersMax else { break }
            if level != usual,
                column(here.coordinate, usual.meters, level.meters) != nil
                    || column(spot, usual.meters, level.meters) != nil
            {
                break
            }
            var round: Int?
            switch zones.way(
                from: here.coordinate, to: spot, altitude: level.meters, start: start, end: end)
            {
            case .blocked(let zone): round = zone
            case .way(let found):
                round = found.round
                // Over other ground than straight on it may have to be higher, where the zones are others.
                if cruise(found.points, above: floor, raised: raised) == level {
                    var way = way(p, here, found.points, level)
                    if let zone = found.round {
                        way.note =
                            "flies round \(zones.name(zone)), \(distance(way.meters - straight.meters)) longer"
                    } else if let blocking {
                        way.note =
                            "flies over \(zones.name(blocking)), \(distance(level.meters - usual.meters)) higher"
                    }
                    if way.seconds < best?.seconds ?? .infinity { best = way }
                }
            }
            // Nothing is in the way at this height: none above is quicker.
            guard let round else { break }
            if blocking == nil { blocking = round }
            guard let top = zones.top(round, here.coordinate, spot) else { break }
            floor = max(top, level.meters + 1)
        }
        if let best { return .way(best) }
        return .no(
            "there is no way round \(blocking.map(zones.name) ?? "a zone"), where flying is prohibited")
    }

    /// Why no drone may ever fly to both ends of an order.
    func closedToFlights(_ r: OrderRequest) -> String? {
        let zones = geography.zones
        for (what, stop) in [("pickup", r.pickup), ("delivery", r.delivery)] {
            let ground = geography.ground(stop.coordinate).meters
            let place = GeodeticPoint(stop.coordinate)
            if let zone = zones.firstZone(
                from: place, to: place, fromAltitude: ground,
                toAltitude: ground + configuration.terrainClearanceMeters, start: now, end: now,
                permanentOnly: true)
            {
                return
                    "the \(what) \(stop.place) cannot be flown to: flying is prohibited in \(zones.name(zone)), "
                    + (r.kinds == nil ? "a truck would do" : "leave the kind open to trucks")
            }
        }
        return nil
    }

    /// Climb, flight over `points` at cruise and descent.
    private func way(
        _ p: VehicleProfile, _ here: Position<MeanSeaLevel>, _ points: [Coordinate],
        _ level: Altitude<MeanSeaLevel>
    ) -> AirWay {
        let speed = max(Double(p.cruiseSpeedMillimetersPerSecond) / 1000, 1)
        let meters = zip(points, points.dropFirst()).reduce(0.0) { $0 + $1.0.meters(to: $1.1) }
        let ground = geography.ground(points[points.count - 1])
        let up = max(level.meters - here.altitude.meters, 0) / max(configuration.climbMetersPerSecond, 0.1)
        let down = max(level.meters - ground.meters, 0) / max(configuration.descentMetersPerSecond, 0.1)
        return AirWay(level: level, points: points, meters: meters, seconds: up + meters / speed + down)
    }

    /// Beside the straight way, there and back at an eighth of a turn; nil for a way too short for that.
    private func lane(
        _ p: VehicleProfile, _ here: Position<MeanSeaLevel>, _ straight: AirWay, _ left: Double, _ raised: Int
    ) -> AirWay? {
        guard straight.meters > 6 * left.magnitude, straight.points.count == 2 else { return nil }
        let (a, b) = (straight.points[0], straight.points[1])
        let d = a.displacement(to: b)
        let (east, north) = (d.east / straight.meters, d.north / straight.meters)
        func beside(_ along: Double) -> Coordinate {
            a.moved(east: east * along - north * left, north: north * along + east * left)
        }
        let points = [a, beside(left.magnitude), beside(straight.meters - left.magnitude), b]
        // Over higher ground it would be in another layer.
        guard cruise(points, above: -.infinity, raised: raised) == straight.level else { return nil }
        var way = way(p, here, points, straight.level)
        way.isLane = true
        return way
    }
}

extension ZoneMap {
    /// Above which height, metres, a way between two places is clear of a zone; nil when there is none.
    func top(_ zone: Int, _ a: Coordinate, _ b: Coordinate) -> Double? {
        var top = -Double.infinity
        AirTile.forEachPiece(GeodeticPoint(a), GeodeticPoint(b)) { from, _, _, _ in
            guard let home = AirTile(latitudeDegrees: from.latitude, longitudeDegrees: from.longitude) else {
                return true
            }
            top = max(top, ceiling(zone, home))
            return true
        }
        guard top.isFinite else { return nil }
        return top + Self.marginVerticalMeters + 1
    }
}
