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

    /// Circles larger than this are told as polygons: far from a tile's middle a circle on the earth is none in its plane.
    static let planeCircleMetersMax = 5000.0
    /// Sides of such a polygon, which lies around the circle: 60 km become 60.0006.
    static let circleSides = 720
    /// Sides longer than this are divided: a side is straight in degrees, its parts nearly (2 cm at 43 degrees) in metres.
    static let sideMetersMax = 1000.0

    /// One volume of a zone as a fence that errs to the safe side: where ground or geoid vary below it, a keep-out fence
    /// takes the lowest floor and highest ceiling, a keep-in fence the highest and lowest. `frame` is the tile's, within
    /// 50 km of what is asked about. Weekly hours are not windows: the caller passes those in which the zone holds
    /// (`Geozone.windows`).
    public init(
        id: UInt32, kind: Kind, volume: Geozone.Volume, frame: LocalFrame, heights: Heights,
        windows: [TimeWindow] = []
    ) throws(FenceFault) {
        func flat(_ latitude: Double, _ longitude: Double) -> (x: Double, y: Double) {
            let local = frame.point(
                latitudeDegrees: latitude, longitudeDegrees: longitude,
                heightMeters: frame.origin.altitude.meters)
            return (local.east, local.north)
        }
        let isOut = kind == .keepOut
        let outline: FenceOutline
        switch volume.outline {
        case .circle(let center, let radius) where radius <= Self.planeCircleMetersMax:
            let (x, y) = flat(center.latitudeDegrees, center.longitudeDegrees)
            outline = try FenceOutline(centerX: x, centerY: y, radiusMeters: radius)
        case .circle(let center, let radius):
            outline = try FenceOutline(rings: [
                Self.circle(center, radius, isAround: isOut).map { flat($0.latitude, $0.longitude) }
            ])
        case .polygon(let ring, let holes):
            outline = try FenceOutline(
                rings: ([ring] + holes).map { ring in Self.divided(ring).map { flat($0.0, $0.1) } })
        }
        let floor = try Self.seaLevel(volume.lower, heights, wantsLowest: isOut)
        let ceiling = try Self.seaLevel(volume.upper, heights, wantsLowest: !isOut)
        try self.init(
            id: id, kind: kind, outline: outline,
            band: AltitudeBand(floorMeters: floor, ceilingMeters: ceiling), windows: windows)
    }

    /// A polygon around a circle on the earth, or in it.
    private static func circle(
        _ center: Coordinate, _ radius: Double, isAround: Bool
    ) -> [(latitude: Double, longitude: Double)] {
        let frame = LocalFrame(origin: Position(center, altitude: Altitude(millimeters: 0)))
        // In the frame that touches the earth at its middle a circle is one, smaller by the sine.
        let angle = radius / 6_371_000
        let flat = radius * (1 - angle * angle / 6 + angle * angle * angle * angle / 120)
        // Sine and cosine of a step and of half a step, by their series: 16 digits below a degree.
        func turn(_ t: Double) -> (c: Double, s: Double) {
            let u = t * t
            return (
                1 - u / 2 + u * u / 24 - u * u * u / 720, t * (1 - u / 6 + u * u / 120 - u * u * u / 5040)
            )
        }
        let step = turn(2 * Double.pi / Double(circleSides))
        // The ellipsoid's radii differ from the sphere's by less than a part in 300 of `angle` squared.
        let reach =
            isAround ? flat / turn(Double.pi / Double(circleSides)).c * (1 + angle * angle / 200) : flat
        var (x, y) = (reach, 0.0)
        return (0..<circleSides).map { _ in
            let up = -(x * x + y * y) / (2 * 6_371_000)
            let g = frame.geodetic(of: LocalPoint(east: x, north: y, up: up))
            (x, y) = (x * step.c - y * step.s, x * step.s + y * step.c)
            return (g.latitudeDegrees, g.longitudeDegrees)
        }
    }

    /// The corners of a ring, and points between them on long sides.
    private static func divided(_ ring: Ring) -> [(Double, Double)] {
        var side = sideMetersMax
        var points: [(Double, Double)] = []
        repeat {
            points.removeAll(keepingCapacity: true)
            for (a, b) in zip(ring.points, ring.points.dropFirst()) {
                let parts = max(Int((a.meters(to: b) / side).rounded(.up)), 1)
                for part in 0..<parts {
                    let share = Double(part) / Double(parts)
                    let (y, x) = (Double(a.latitudeE7), Double(a.longitudeE7))
                    points.append(
                        (
                            (y + (Double(b.latitudeE7) - y) * share) * 1e-7,
                            (x + (Double(b.longitudeE7) - x) * share) * 1e-7
                        ))
                }
            }
            side *= 2
        } while points.count > FenceOutline.verticesMax / 2 && points.count > ring.points.count
        return points
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
