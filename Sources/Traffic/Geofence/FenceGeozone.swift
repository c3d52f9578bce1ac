import World

// From geozones, which are told in degrees and three datums, to fences in a tile's metres.
extension Geofence {
    /// What the heights of a zone's limits are turned to mean sea level with.
    public struct Heights: Hashable, Sendable {
        /// Metres above mean sea level of the lowest and highest ground below the zone; needed for limits above ground.
        public var ground: ClosedRange<Double>?
        /// Metres of the geoid above the ellipsoid there, lowest and highest; needed for limits above the ellipsoid.
        public var geoid: ClosedRange<Double>?
        public init(ground: ClosedRange<Double>? = nil, geoid: ClosedRange<Double>? = nil) {
            (self.ground, self.geoid) = (ground, geoid)
        }
    }

    /// One volume of a zone as a fence that errs to the safe side: where ground or geoid vary below it, a keep-out fence
    /// takes the lowest floor and highest ceiling, a keep-in fence the highest and lowest. `frame` is the tile's, at most
    /// 50 km from the zone. Weekly hours are not windows: the caller passes those in which the zone holds.
    public init(
        id: UInt32, kind: Kind, volume: Geozone.Volume, frame: LocalFrame, heights: Heights,
        windows: [TimeWindow] = []
    ) throws(FenceFault) {
        func flat(_ point: Coordinate) -> (x: Double, y: Double) {
            let local = frame.point(
                latitudeDegrees: point.latitudeDegrees, longitudeDegrees: point.longitudeDegrees,
                heightMeters: frame.origin.altitude.meters)
            return (local.east, local.north)
        }
        let outline: FenceOutline
        switch volume.outline {
        case .circle(let center, let radius):
            let (x, y) = flat(center)
            outline = try FenceOutline(centerX: x, centerY: y, radiusMeters: radius)
        case .polygon(let ring):
            outline = try FenceOutline(rings: [ring.points.map(flat)])
        }
        let isOut = kind == .keepOut
        let floor = try Self.seaLevel(volume.lower, heights, wantsLowest: isOut)
        let ceiling = try Self.seaLevel(volume.upper, heights, wantsLowest: !isOut)
        try self.init(
            id: id, kind: kind, outline: outline,
            band: AltitudeBand(floorMeters: floor, ceilingMeters: ceiling), windows: windows)
    }

    private static func seaLevel(
        _ limit: Geozone.Limit, _ heights: Heights, wantsLowest: Bool
    ) throws(FenceFault) -> Double {
        switch limit {
        case .meanSeaLevel(let altitude): return altitude.meters
        case .aboveGround(let altitude):
            guard let ground = heights.ground else { throw .missingGround }
            // The surface itself, and all below it, when the floor is on the ground.
            return altitude.meters + (wantsLowest ? ground.lowerBound : ground.upperBound)
        case .ellipsoid(let altitude):
            guard let geoid = heights.geoid else { throw .missingGeoid }
            return altitude.meters - (wantsLowest ? geoid.upperBound : geoid.lowerBound)
        }
    }
}
