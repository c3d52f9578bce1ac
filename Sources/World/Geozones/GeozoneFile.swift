// Geozones from files as EUROCAE ED-269 and ED-318 lay them out, in the part of both that the world data uses: circles
// and polygons, metres. What does not fit is refused, not skipped.

extension Geozone {
    /// Most zones and volumes of a file.
    static let maximumZones = 100_000
    static let maximumRings = 100

    /// The zones of `geozones_ed269.json` in `directory`, in file order.
    public static func load(directory: String) throws -> [Geozone] {
        let file = "geozones_ed269.json"
        return try ed269(file: file, bytes: BoundedFile.read(directory + "/" + file))
    }

    private static func coordinate(_ pair: [Double]) -> Coordinate? {
        pair.count == 2 ? Coordinate(latitudeDegrees: pair[1], longitudeDegrees: pair[0]) : nil
    }

    /// The first ring is the border, the others are holes.
    private static func polygon(_ rings: [[[Double]]]) throws(ZoneFault) -> Outline {
        guard (1...maximumRings).contains(rings.count) else {
            throw ZoneFault("a polygon must have 1 to \(maximumRings) rings, has \(rings.count)")
        }
        var checked: [Ring] = []
        for ring in rings {
            let points = ring.compactMap(coordinate)
            guard points.count == ring.count else { throw ZoneFault("a point is no [longitude, latitude]") }
            checked.append(try Ring(points))
        }
        let holes = Array(checked.dropFirst())
        guard holes.allSatisfy({ hole in hole.points.allSatisfy(checked[0].contains) }) else {
            throw ZoneFault("a hole is not inside of its polygon")
        }
        return .polygon(checked[0], holes: holes)
    }

    private static func circle(_ center: [Double]?, _ radius: Double?) throws(ZoneFault) -> Outline {
        guard let center = center.flatMap(coordinate), let radius, (1...1_000_000).contains(radius) else {
            throw ZoneFault("a circle needs a centre and a radius of 1 to 1,000,000 m")
        }
        return .circle(center: center, radiusMeters: radius)
    }

    private static func volume(
        _ outline: Outline, _ lower: (Double, String), _ upper: (Double, String), metres: Bool
    ) throws(ZoneFault) -> Volume {
        guard metres else { throw ZoneFault("dimensions must be in metres") }
        guard let low = Limit(meters: lower.0, reference: lower.1),
            let high = Limit(meters: upper.0, reference: upper.1)
        else { throw ZoneFault("limits need -1,000 to 100,000 m AGL, AMSL or WGS84") }
        guard low.isBelow(high) != false else { throw ZoneFault("the lower limit is not below the upper") }
        return Volume(outline: outline, lower: low, upper: high)
    }

    private static func moment(_ text: String?) throws(ZoneFault) -> Instant? {
        guard let text else { return nil }
        guard let moment = Instant(iso8601: text) else {
            throw ZoneFault("\"\(text.prefix(40))\" is no moment")
        }
        return moment
    }

    private static func period(_ start: String?, _ end: String?, _ schedule: [Hours]) throws(ZoneFault)
        -> Period
    {
        let (from, to) = (try moment(start), try moment(end))
        if let from, let to, to <= from { throw ZoneFault("a period ends before it starts") }
        return Period(start: from, end: to, schedule: schedule)
    }

    /// Names what is wrong by zone, and checks what holds for every zone of a file.
    private static func checked(
        _ file: String, _ count: Int, _ zone: (Int) throws(ZoneFault) -> Geozone
    ) throws -> [Geozone] {
        guard count <= maximumZones else {
            throw DataError(file: file, problem: "has over \(maximumZones) zones")
        }
        var seen: Set<String> = []
        return try (0..<count).map { index in
            do {
                let zone = try zone(index)
                guard (1...7).contains(zone.identifier.count) else {
                    throw ZoneFault(
                        "the identifier \"\(zone.identifier.prefix(20))\" must have 1 to 7 characters")
                }
                guard seen.insert(zone.identifier).inserted else {
                    throw ZoneFault("identifier \(zone.identifier) occurs twice")
                }
                guard zone.country.utf8.count == 3, zone.name.utf8.count <= 200, !zone.volumes.isEmpty else {
                    throw ZoneFault(
                        "a zone needs a country of three letters, a name of up to 200 bytes, a volume")
                }
                return zone
            } catch let fault as ZoneFault {
                throw DataError(file: file, problem: "zone \(index + 1): \(fault)")
            }
        }
    }
}

// ED-269.
extension Geozone {
    private struct File269: Decodable {
        let features: [Zone]
        struct Zone: Decodable {
            let identifier: String
            let country: String
            let name: String
            let restriction: String
            let uSpaceClass: String
            let applicability: [Span]
            let geometry: [Shape]
        }
        struct Span: Decodable {
            let permanent: String
            let startDateTime: String?
            let endDateTime: String?
            let schedule: [Daily]?
        }
        struct Daily: Decodable {
            let day: [String]
            let startTime: String
            let endTime: String
        }
        struct Shape: Decodable {
            let uomDimensions: String
            let lowerLimit: Double
            let lowerVerticalReference: String
            let upperLimit: Double
            let upperVerticalReference: String
            let horizontalProjection: Projection
        }
        struct Projection: Decodable {
            let type: String
            let center: [Double]?
            let radius: Double?
            let coordinates: [[[Double]]]?
        }
    }

    /// An ED-269 file, limits as numbers.
    static func ed269(file: String, bytes: [UInt8]) throws -> [Geozone] {
        let zones = try DataError.decoding(File269.self, file, bytes).features
        return try checked(file, zones.count) { (index) throws(ZoneFault) in
            let zone = zones[index]
            let restrictions: [String: Restriction] = [
                "PROHIBITED": .prohibited, "REQ_AUTHORISATION": .requiresAuthorisation,
                "CONDITIONAL": .conditional, "NO_RESTRICTION": .noRestriction,
            ]
            guard let restriction = restrictions[zone.restriction] else {
                throw ZoneFault("restriction \"\(zone.restriction.prefix(40))\" is none of ED-269")
            }
            var periods: [Period] = []
            var always = zone.applicability.isEmpty
            for span in zone.applicability {
                if span.permanent == "YES" { always = true }
                var schedule: [Hours] = []
                for daily in span.schedule ?? [] { schedule.append(try hours(daily)) }
                periods.append(try period(span.startDateTime, span.endDateTime, schedule))
            }
            var volumes: [Volume] = []
            for shape in zone.geometry {
                let projection = shape.horizontalProjection
                let outline: Outline =
                    switch projection.type {
                    case "Circle": try circle(projection.center, projection.radius)
                    case "Polygon": try polygon(projection.coordinates ?? [])
                    default: throw ZoneFault("\"\(projection.type.prefix(40))\" is no Circle or Polygon")
                    }
                volumes.append(
                    try volume(
                        outline, (shape.lowerLimit, shape.lowerVerticalReference),
                        (shape.upperLimit, shape.upperVerticalReference), metres: shape.uomDimensions == "M"))
            }
            return Geozone(
                identifier: zone.identifier, name: zone.name, country: zone.country, restriction: restriction,
                isUSpace: !zone.uSpaceClass.isEmpty, applicability: always ? [] : periods, volumes: volumes)
        }
    }

    private static func hours(_ daily: File269.Daily) throws(ZoneFault) -> Hours {
        let names = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
        var weekdays: Set<Int> = []
        for day in daily.day {
            if day == "ANY" {
                weekdays.formUnion(0..<7)
            } else if let number = names.firstIndex(of: day) {
                weekdays.insert(number)
            } else {
                throw ZoneFault("\"\(day.prefix(20))\" is no day of the week")
            }
        }
        func second(_ text: String) throws(ZoneFault) -> Int {
            guard let moment = try moment("1970-01-01T" + text) else { return 0 }
            return Int((moment.nanoseconds / 1_000_000_000 % 86_400 + 86_400) % 86_400)
        }
        return Hours(
            weekdays: weekdays, startSecond: try second(daily.startTime), endSecond: try second(daily.endTime)
        )
    }
}

// ED-318.
extension Geozone {
    private struct File318: Decodable {
        let features: [Feature]
        struct Feature: Decodable {
            let geometry: Geometry
            let properties: Properties
        }
        struct Geometry: Decodable {
            let type: String
            let coordinates: Nested
            let extent: Extent?
            let layer: Layer
        }
        /// A point or the rings of a polygon.
        enum Nested: Decodable {
            case point([Double])
            case rings([[[Double]]])
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let point = try? container.decode([Double].self) {
                    self = .point(point)
                } else {
                    self = .rings(try container.decode([[[Double]]].self))
                }
            }
        }
        struct Extent: Decodable {
            let subType: String
            let radius: Double
        }
        struct Layer: Decodable {
            let upper: Double
            let upperReference: String
            let lower: Double
            let lowerReference: String
            let uom: String
        }
        struct Properties: Decodable {
            let identifier: String
            let country: String
            let name: [Text]
            let type: String
            let limitedApplicability: [Span]?
        }
        struct Text: Decodable { let text: String }
        struct Span: Decodable {
            let startDateTime: String?
            let endDateTime: String?
        }
    }

    /// An ED-318 GeoJSON file. It has no U-space zone with a restriction, and no weekly hours in this project's data.
    static func ed318(file: String, bytes: [UInt8]) throws -> [Geozone] {
        let features = try DataError.decoding(File318.self, file, bytes).features
        return try checked(file, features.count) { (index) throws(ZoneFault) in
            let (geometry, zone) = (features[index].geometry, features[index].properties)
            let restrictions: [String: Restriction] = [
                "PROHIBITED": .prohibited, "REQ_AUTHORIZATION": .requiresAuthorisation,
                "CONDITIONAL": .conditional, "NO_RESTRICTION": .noRestriction, "USPACE": .noRestriction,
            ]
            guard let restriction = restrictions[zone.type] else {
                throw ZoneFault("type \"\(zone.type.prefix(40))\" is none of ED-318")
            }
            let outline: Outline
            switch (geometry.type, geometry.coordinates) {
            case ("Point", .point(let center)) where geometry.extent?.subType == "Circle":
                outline = try circle(center, geometry.extent?.radius)
            case ("Polygon", .rings(let rings)): outline = try polygon(rings)
            default: throw ZoneFault("a \"\(geometry.type.prefix(40))\" is no circle or polygon")
            }
            let layer = geometry.layer
            var periods: [Period] = []
            for span in zone.limitedApplicability ?? [] {
                periods.append(try period(span.startDateTime, span.endDateTime, []))
            }
            return Geozone(
                identifier: zone.identifier, name: zone.name.first?.text ?? "", country: zone.country,
                restriction: restriction, isUSpace: zone.type == "USPACE", applicability: periods,
                volumes: [
                    try volume(
                        outline, (layer.lower, layer.lowerReference), (layer.upper, layer.upperReference),
                        metres: layer.uom == "m")
                ])
        }
    }
}
