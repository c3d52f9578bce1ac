import World

/// Reads our own format, which Docs/Dispatch.md describes, into a problem.
struct KeruenReader {
    static let version = 1
    static let members = [
        "keruen_dispatch", "name", "zero", "objective", "places", "road_nodes", "modes", "docks", "stations",
        "vehicles", "shipments",
    ]

    let fields: JSONFields
    var names = KeruenNames()
    var problem = DispatchProblem()
    var isGeographic: Bool?
    var time: KeruenTime { KeruenTime(zero: names.zero) }

    init(file: String) { fields = JSONFields(file: file) }

    mutating func problem(_ bytes: [UInt8], name: String) throws(DataError) -> DispatchProblem {
        let document = try fields.object(try JSONDocument.parse(bytes, file: fields.file), "the document")
        try document.allow(Self.members)
        guard try document.integer("keruen_dispatch", in: 0...1_000_000) == Self.version else {
            throw fields.error(
                document.node, "keruen_dispatch", "must be \(Self.version), the version of the format")
        }
        problem.name = try document.text("name") ?? name
        if let text = try document.text("zero") {
            guard let zero = Instant(iso8601: text) else {
                throw fields.error(document.node, "zero", "is no time such as 2026-06-01T00:00:00Z")
            }
            names.zero = zero
        }
        if let text = try document.text("objective") {
            guard let objective = DispatchObjective(rawValue: text) else {
                let known = DispatchObjective.allCases.map(\.rawValue).joined(separator: ", ")
                throw fields.error(document.node, "objective", "is none of \(known)")
            }
            problem.objective = objective
        }
        for (i, node) in try document.list("road_nodes").enumerated() {
            try add(try fields.text(node, "road_nodes[\(i)]"), \.roadNodes, node, "road_nodes[\(i)]")
        }
        for (i, node) in try document.array("places").enumerated() { try readPlace(node, "places[\(i)]") }
        for (i, node) in try document.array("modes").enumerated() { try readMode(node, "modes[\(i)]") }
        for (i, node) in try document.list("docks").enumerated() { try readDock(node, "docks[\(i)]") }
        for (i, node) in try document.list("stations").enumerated() {
            try readStation(node, "stations[\(i)]")
        }
        for (i, node) in try document.array("vehicles").enumerated() {
            try readVehicle(node, "vehicles[\(i)]")
        }
        let shipments = try document.array("shipments")
        for (i, node) in shipments.enumerated() { try nameShipment(node, "shipments[\(i)]") }
        for (i, node) in shipments.enumerated() { try readShipment(node, "shipments[\(i)]") }
        return problem
    }

    mutating func add(
        _ name: String, _ table: WritableKeyPath<KeruenNames, NameTable>, _ node: JSONDocument.Node,
        _ path: String
    ) throws(DataError) {
        guard names[keyPath: table].add(name) != nil else {
            throw fields.error(node, path, "the name \"\(name)\" is there twice")
        }
    }

    /// The object with a name that no other of its kind has.
    private mutating func named(
        _ node: JSONDocument.Node, _ path: String, _ table: WritableKeyPath<KeruenNames, NameTable>,
        _ known: [String]
    ) throws(DataError) -> JSONObject {
        let object = try fields.object(node, path)
        try object.allow(["name"] + known)
        guard let name = try object.text("name") else { throw object.missing("name") }
        try add(name, table, node, object.path("name"))
        return object
    }

    func index(
        _ name: String, _ table: KeyPath<KeruenNames, NameTable>, _ object: JSONObject, _ member: String
    ) throws(DataError) -> Int {
        guard let index = names[keyPath: table].index(name) else {
            throw fields.error(
                object[member] ?? object.node, object.path(member), "\"\(name)\" is not in this file")
        }
        return index
    }

    /// Nil when the member is missing.
    func reference(
        _ object: JSONObject, _ member: String, _ table: KeyPath<KeruenNames, NameTable>
    ) throws(DataError) -> Int? {
        guard let name = try object.text(member) else { return nil }
        return try index(name, table, object, member)
    }

    func texts(_ object: JSONObject, _ member: String) throws(DataError) -> [String] {
        var all: [String] = []
        for node in try object.list(member) { all.append(try fields.text(node, object.path(member))) }
        return all
    }

    /// A number times `scale`, to the nearest whole.
    func whole(
        _ object: JSONObject, _ member: String, _ scale: Double, upTo most: Double
    ) throws(DataError) -> Int64? {
        guard let value = try object.number(member, in: 0...most) else { return nil }
        return Int64(exactly: (value * scale).rounded())
    }

    func milliseconds(_ object: JSONObject, _ member: String, _ perUnit: Double) throws(DataError) -> Int64? {
        try whole(object, member, perUnit, upTo: 4e12 / perUnit)
    }

    func window(_ node: JSONDocument.Node, _ path: String) throws(DataError) -> TimeWindow {
        let ends = try fields.array(node, path)
        guard ends.count == 2 else { throw fields.error(node, path, "is no [opens, closes]") }
        let window = TimeWindow(
            try time.milliseconds(ends[0], fields, path), try time.milliseconds(ends[1], fields, path))
        guard window.opensMilliseconds <= window.closesMilliseconds else {
            throw fields.error(node, path, "closes before it opens")
        }
        return window
    }

    // MARK: Places and ways

    private mutating func readPlace(_ node: JSONDocument.Node, _ path: String) throws(DataError) {
        let object = try named(
            node, path, \.places, ["lat", "lon", "alt_m", "x_km", "y_km", "z_km", "roads"])
        var place = Location(x: 0, y: 0)
        let latitude = try object.number("lat", in: -90...90)
        if let isGeographic, isGeographic != (latitude != nil) {
            throw fields.error(node, path, "all places have lat and lon, or all have x_km and y_km")
        }
        isGeographic = latitude != nil
        if let latitude {
            try object.allow(["name", "lat", "lon", "alt_m", "roads"])
            guard let longitude = try object.number("lon", in: -180...180) else {
                throw object.missing("lon")
            }
            let altitude = try object.number("alt_m", in: -500...20_000) ?? 0
            place = Location(
                latitudeDegrees: latitude, longitudeDegrees: longitude, altitudeMeters: altitude)
        } else {
            let far = -20_000_000.0...20_000_000.0
            guard let x = try object.number("x_km", in: far) else { throw object.missing("lat (or x_km)") }
            guard let y = try object.number("y_km", in: far) else { throw object.missing("y_km") }
            place.x = (x * 1e6).rounded()
            place.y = (y * 1e6).rounded()
            place.z = (try object.number("z_km", in: far) ?? 0) * 1e6
        }
        for (k, node) in try object.list("roads").enumerated() {
            let access = try fields.object(node, "\(path).roads[\(k)]")
            try access.allow(["node", "km", "minutes"])
            guard let road = try reference(access, "node", \.roadNodes) else { throw access.missing("node") }
            guard let far = try whole(access, "km", 1e6, upTo: 1e5) else { throw access.missing("km") }
            guard let long = try milliseconds(access, "minutes", 60_000) else {
                throw access.missing("minutes")
            }
            place.roads.append(RoadAccess(node: road, millimeters: far, milliseconds: long))
        }
        guard place.roads.count <= 2 else { throw fields.error(node, path + ".roads", "are more than two") }
        problem.locations.append(place)
    }

    private mutating func readMode(_ node: JSONDocument.Node, _ path: String) throws(DataError) {
        let object = try named(node, path, \.modes, ["speed_kmh", "wind_kmh", "roads"])
        if let roads = object["roads"] {
            try object.allow(["name", "roads"])
            let table = try fields.object(roads, path + ".roads")
            try table.allow(["km", "minutes"])
            let size = names.roadNodes.all.count
            problem.modes.append(
                TravelMode(
                    .road(
                        RoadTable(
                            nodes: size, millimeters: try cells(table, "km", 1e6, size),
                            milliseconds: try cells(table, "minutes", 60_000, size)))))
            return
        }
        guard let speed = try object.number("speed_kmh", in: 2...2000) else {
            throw object.missing("speed_kmh (or roads)")
        }
        let millimetersPerSecond = speed * 1e6 / 3600
        var mode = TravelMode(
            .straight(earthRadiusMillimeters: isGeographic == true ? Location.earthRadiusMillimeters : 0),
            pace: Int64((1000 * Double(TravelMode.unitPace) / millimetersPerSecond - 1e-9).rounded(.up)))
        if let wind = object["wind_kmh"] {
            let parts = try fields.object(wind, path + ".wind_kmh")
            try parts.allow(["east", "north"])
            let east = (try parts.number("east", in: -500...500) ?? 0) * 1e6 / 3600
            let north = (try parts.number("north", in: -500...500) ?? 0) * 1e6 / 3600
            mode.wind = wind3(east, north)
        }
        problem.modes.append(mode)
    }

    /// In the frame of the locations, at the middle of the places.
    private func wind3(_ east: Double, _ north: Double) -> SIMD3<Double> {
        guard isGeographic == true else { return SIMD3(east, north, 0) }
        let sum = problem.locations.reduce(SIMD3<Double>()) { $0 + SIMD3($1.x, $1.y, $1.z) }
        let length = (sum * sum).sum().squareRoot()
        let equator = (sum.x * sum.x + sum.y * sum.y).squareRoot()
        guard length > 0, equator > 0 else { return SIMD3() }
        let eastward = SIMD3(-sum.y, sum.x, 0) / equator
        let northward = SIMD3(-sum.z * sum.x / equator, -sum.z * sum.y / equator, equator) / length
        return eastward * east + northward * north
    }

    /// Rows of numbers; null where no way leads.
    private func cells(
        _ object: JSONObject, _ member: String, _ scale: Double, _ size: Int
    ) throws(DataError) -> [Int64] {
        let rows = try object.array(member)
        guard rows.count == size else {
            throw fields.error(
                object.node, object.path(member), "must have a row for each of \(size) road_nodes")
        }
        var all: [Int64] = []
        for (i, row) in rows.enumerated() {
            let path = "\(object.path(member))[\(i)]"
            let cells = try fields.array(row, path)
            guard cells.count == size else {
                throw fields.error(row, path, "must have \(size) numbers, one for each of road_nodes")
            }
            for cell in cells {
                if case .null = cell.value {
                    all.append(DispatchLimits.latestMilliseconds)
                } else {
                    let value = try fields.number(cell, path, in: 0...4e12 / scale)
                    all.append(Int64((value * scale).rounded(.up)))
                }
            }
        }
        return all
    }

    private mutating func readDock(_ node: JSONDocument.Node, _ path: String) throws(DataError) {
        let object = try named(node, path, \.docks, ["places", "booked"])
        var booked: [TimeWindow] = []
        for (k, node) in try object.list("booked").enumerated() {
            booked.append(try window(node, "\(path).booked[\(k)]"))
        }
        problem.docks.append(
            Dock(
                name: try object.text("name") ?? "",
                places: try object.integer("places", in: 1...1_000_000) ?? 1,
                booked: booked))
    }

    private mutating func readStation(_ node: JSONDocument.Node, _ path: String) throws(DataError) {
        let object = try named(
            node, path, \.stations,
            ["place", "swap_minutes", "charge_kw", "slow_above_percent", "slow_kw", "cost"])
        guard let place = try reference(object, "place", \.places) else { throw object.missing("place") }
        var station = EnergyStation(name: try object.text("name") ?? "", location: place)
        station.swapMilliseconds = try milliseconds(object, "swap_minutes", 60_000)
        station.watts = try whole(object, "charge_kw", 1000, upTo: 1e5) ?? 0
        station.kneeShare = try whole(object, "slow_above_percent", 2.56, upTo: 100) ?? 256
        station.slowWatts = try whole(object, "slow_kw", 1000, upTo: 1e5) ?? station.watts
        station.cost = try whole(object, "cost", 1e6, upTo: 1e11) ?? 0
        guard station.swapMilliseconds != nil || station.watts > 0 else {
            throw fields.error(node, path, "needs swap_minutes or charge_kw")
        }
        problem.stations.append(station)
    }
}
