import Testing

@testable import World

/// The invariants that Data/world/README.md lists: they hold for the data, and data that breaks one is refused.
@Suite struct InvariantTests {
    private let world: WorldData
    init() throws { world = try realWorld.get() }

    /// Loads the world with one file changed; the error, or nil when it loads.
    private func loading(_ name: String, _ change: (String) -> String) throws -> DataError? {
        let text = String(decoding: try realFile(name), as: UTF8.self)
        let changed = change(text)
        let isChanged = changed != text
        #expect(isChanged, "the change of \(name) changes nothing")
        do {
            _ = try WorldData { try $0 == name ? Array(changed.utf8) : realFile($0) }
            return nil
        } catch let error as DataError { return error }
    }

    private func refused(
        _ name: String, _ old: String, _ new: String, line: Int? = nil, column: String? = nil,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let error = try loading(name) { $0.replacing(old, with: new, maxReplacements: 1) }
        #expect(error?.file == name, "\(String(describing: error))", sourceLocation: location)
        if let line { #expect(error?.line == line, "\(String(describing: error))", sourceLocation: location) }
        if let column { #expect(error?.column == column, sourceLocation: location) }
    }

    // 1. Every a, b of an edge is an id in places.csv or checkpoints.csv; ids are unique across both.

    @Test func endsOfEdgesAreKnownAndIdsUnique() throws {
        let known = Set((world.places + world.checkpoints).map(\.id))
        #expect(known.count == world.places.count + world.checkpoints.count)
        for edge in world.rails + world.ferries {
            #expect(known.isSuperset(of: [edge.a, edge.b]), "\(edge.id)")
        }
        #expect(known.isSuperset(of: world.roads.nodes.map(\.id)))
        try refused("road_edges.csv", "RD-KHG-ZHR,KHG,", "RD-KHG-ZHR,XXX,", line: 3, column: "a")
        try refused("rail_edges.csv", "RL-DST-USH,DST,", "RL-DST-USH,UAAA,", line: 2, column: "a")
        try refused("sea_edges.csv", "PAT,BAK,", "PAT,XXX,", line: 2, column: "b")
        try refused("road_edges.csv", "RD-KHG-ZHR,", "RD-NURZHOLY-KHG,", line: 3, column: "id")
        #expect(try loading("places.csv") { $0.replacing("\nAST,", with: "\nALA,") } != nil)
        #expect(try loading("checkpoints.csv") { $0.replacing("\nKALZHAT,", with: "\nALA,") } != nil)
    }

    // 2. length_km >= shape_km within 0.1; the ends of a shape are the nodes to 0.0002 degree.

    @Test func shapesFitTheirEdges() throws {
        for edge in world.roads.edges {
            #expect(edge.lengthMeters + 100 >= edge.shapeMeters, "\(edge.id)")
        }
        for edge in world.rails + world.ferries { #expect(edge.shape.count >= 2) }
        try refused("road_edges.csv", "KHG,ZHR,25.0", "KHG,ZHR,22.0", line: 3, column: "length_km")
        try refused("rail_edges.csv", "DST,USH,168.8", "DST,USH,150.0", line: 2, column: "length_km")
        try refused("road_edges.csv", ",4,23.0,R0", ",4,24.0,R0", line: 3, column: "shape_km")
        // Moving a place away from the end of its roads: Zharkent by 0.003 degrees.
        let error = try loading("places.csv") { $0.replacing("44.1662,80.0074", with: "44.1692,80.0074") }
        #expect(error?.file == "road_edges.csv" && error?.column == "id", "\(String(describing: error))")
    }

    // 3. The road graph is connected; each checkpoint has at least one road edge.

    @Test func theRoadGraphIsConnected() throws {
        let lone = try loading("road_edges.csv") {
            $0.split(separator: "\n").filter { !$0.contains(",NURZHOLY,") }.joined(separator: "\n")
        }
        #expect(lone?.problem.contains("NURZHOLY") == true, "\(String(describing: lone))")
        // Without its roads to the rest, the south-west is an island.
        let island = try loading("road_edges.csv") { text in
            text.split(separator: "\n").filter { line in
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                return fields[1] == "BEY" || fields[2] == "BEY" ? fields[0].contains("SHP") : true
            }.joined(separator: "\n")
        }
        #expect(island?.problem.contains("not connected") == true, "\(String(describing: island))")
    }

    // 4. Every corridor is a walk: consecutive edges share a node.

    @Test func corridorsAreWalks() throws {
        var ends: [String: Set<String>] = [:]
        for edge in world.roads.edges {
            ends[edge.id] = [world.roads.nodes[edge.a].id, world.roads.nodes[edge.b].id]
        }
        for edge in world.rails + world.ferries { ends[edge.id] = [edge.a, edge.b] }
        #expect(world.corridors.count == 18)
        for corridor in world.corridors {
            for (x, y) in zip(corridor.edges, corridor.edges.dropFirst()) {
                let (first, second) = (try #require(ends[x]), try #require(ends[y]))
                #expect(!first.isDisjoint(with: second), "\(corridor.id): \(x) \(y)")
            }
        }
        let first = try #require(world.corridors.first)
        try refused("corridors.json", "\"\(first.edges[1])\"", "\"\(first.edges[4])\"")
        try refused("corridors.json", "\"\(first.edges[1])\"", "\"RD-NO-WHERE\"")
        try refused("corridors.json", "\"\(first.id)\"", "\"\(world.corridors[1].id)\"")
        // Into a dead end and out of its middle: shares nodes pairwise, but is no walk.
        let ring = ["A": ("1", "2"), "B": ("2", "3"), "C": ("2", "4")]
        let text = #"{"corridors":[{"id":"x","name":"x","edges":["A","B","C"]}]}"#
        #expect(throws: DataError.self) {
            try Corridor.load(file: "t", bytes: Array(text.utf8), ends: ring.mapValues { (a: $0.0, b: $0.1) })
        }
    }

    /// Published section lengths: shape x 1.07 (rail 1.05) is what the file claims it is, and our graph is scaled to the
    /// published figure.
    @Test func publishedSectionLengthsAreMet() throws {
        let sections: [String: (from: String, to: String)] = [
            "Aktobe-Taraz (WE-WC)": ("AKB", "TAR"), "Taldykorgan-Oskemen": ("TDK", "OSK"),
            "Astana-Kokshetau-Petropavl": ("AST", "PTR"), "Beyneu-Aktau": ("BEY", "AKT"),
            "Kalbatau-Maikapshagai (km 906-1321)": ("KLB", "MAIKAPSHAGAI"),
            "Atyrau-RU border": ("ATR", "KURMANGAZY"), "Beyneu-Shalkar-Yrghyz": ("BEY", "YRG"),
            "Merke-Burylbaital": ("MRK", "BUR"), "Shymkent-Tashkent road (to border)": ("SHY", "ZHIBEKZHOLY"),
            "Dostyk-Moiynty rail": ("DST", "MOI"), "Bakhty-Ayagoz rail": ("BAKHTY", "AYG"),
        ]
        let rows = try Table(file: "length_checks.csv", bytes: realFile("length_checks.csv")).rows
        #expect(rows.count == 11)
        for row in rows {
            let name = try row.text("section")
            let (from, to) = try #require(sections[name], "\(name)")
            let published = try row.required("published_km", in: 1...5000)
            let shape = try row.required("shape_km", in: 1...5000)
            let model = try row.required("model_km_before_scaling", in: 1...5000)
            let isRail = name.hasSuffix("rail")
            #expect(abs(shape * (isRail ? 1.05 : 1.07) - model) < 40, "\(name)")
            let error = try row.required("error_pct", in: -10...10)
            #expect(
                abs((model / published - 1) * 100 - error) < 0.25 && (-5.2...2.0).contains(error), "\(name)")
            let (length, measured) = isRail ? try railway(from, to) : try road(from, to)
            #expect(abs(measured - shape) < 0.01 * shape, "\(name): shapes have \(measured) km")
            #expect(abs(length - published) < 0.005 * published, "\(name): the graph has \(length) km")
        }
    }

    private func road(_ from: String, _ to: String) throws -> (length: Double, shape: Double) {
        let (a, b) = (try #require(world.place(from), "\(from)"), try #require(world.place(to), "\(to)"))
        let route = try #require(world.roads.route(from: a.coordinate, to: b.coordinate, on: nil))
        let shape = route.edges.reduce(0) { $0 + world.roads.edges[$1].shapeMeters }
        return (route.lengthMeters / 1000, shape / 1000)
    }

    /// Bellman and Ford's shortest way.
    private func railway(_ from: String, _ to: String) throws -> (length: Double, shape: Double) {
        var best: [String: (length: Double, shape: Double)] = [from: (0, 0)]
        for _ in world.rails.indices {
            for edge in world.rails {
                let shape = zip(edge.shape, edge.shape.dropFirst()).reduce(0) {
                    $0 + distanceMeters($1.0, $1.1)
                }
                for (a, b) in [(edge.a, edge.b), (edge.b, edge.a)] {
                    guard let here = best[a] else { continue }
                    let length = here.length + edge.lengthMeters
                    if length < best[b]?.length ?? .infinity { best[b] = (length, here.shape + shape) }
                }
            }
        }
        let end = try #require(best[to], "\(to)")
        return (end.length / 1000, end.shape / 1000)
    }
}
