/// Where no drone may ever come down: zones that always prohibit flights, from the ground up.
struct ClosedSky {
    /// Flights keep clear of a zone's border: by a little more than this they may land beside it, metres.
    private static let marginMeters = 60.0
    /// A zone that begins higher leaves room to land below it, metres above the ground.
    private static let lowMeters = 100.0

    private let volumes: [Geozone.Volume]
    private let terrain: Terrain

    init(_ world: WorldData) {
        volumes = world.geozones.filter { $0.restriction == .prohibited && $0.applicability.isEmpty }
            .flatMap(\.volumes)
        terrain = world.terrain
    }

    func contains(_ point: Coordinate) -> Bool {
        let around = (0..<8).map {
            Geodesic.direct(from: point, azimuthDegrees: 45 * Double($0), meters: Self.marginMeters)
        }
        return volumes.contains { volume in
            isLow(volume.lower, point)
                && (volume.outline.contains(point) || around.contains { volume.outline.contains($0) })
        }
    }

    private func isLow(_ limit: Geozone.Limit, _ point: Coordinate) -> Bool {
        switch limit {
        case .aboveGround(let height): height.meters < Self.lowMeters
        case .meanSeaLevel(let height): height.meters < terrain.ground(at: point).meters + Self.lowMeters
        // The geoid is within 110 m of the ellipsoid: rather closed than not.
        case .ellipsoid(let height):
            height.meters < terrain.ground(at: point).meters + Self.lowMeters + 110
        }
    }
}
