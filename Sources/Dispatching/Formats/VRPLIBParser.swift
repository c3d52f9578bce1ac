import World

/// Reads the lines of a VRPLIB file: `KEY : VALUE` first, then sections with a line a node or a vehicle.
struct VRPLIBParser {
    var reader: LineReader
    var kind = VRPLIBInstance.Kind.vrptw
    var nodes: [VRPLIBInstance.Node] = []
    var vehicles: [VRPLIBInstance.Fleet] = []
    var reloads = false
    private var keys: [String: ArraySlice<UInt8>] = [:]
    private var seen: Set<String> = []
    private static let known = [
        "NAME", "COMMENT", "TYPE", "DIMENSION", "VEHICLES", "CAPACITY", "SERVICE_TIME", "EDGE_WEIGHT_TYPE",
    ]

    init(reader: LineReader) { self.reader = reader }

    mutating func parse() throws(DataError) {
        while let words = try reader.words() {
            let word = FieldText.shown(words[0])
            if word == "EOF" {
                try finish()
                return
            }
            if word.hasSuffix("_SECTION") {
                guard words.count == 1 else { throw reader.error(word, "stands alone in its line") }
                try section(word)
            } else {
                try header(words)
            }
        }
        throw DataError(file: reader.file, line: reader.line, problem: "ends without EOF; it may be cut off")
    }

    private mutating func header(_ words: [ArraySlice<UInt8>]) throws(DataError) {
        // `KEY : VALUE` and `KEY: VALUE` are both in use.
        var key = FieldText.shown(words[0])
        var rest = words.dropFirst()
        if key.hasSuffix(":") {
            key.removeLast()
        } else if rest.first?.elementsEqual(":".utf8) == true {
            rest = rest.dropFirst()
        } else {
            throw reader.error(key, "is neither 'KEY : VALUE' nor a section that belongs here")
        }
        guard Self.known.contains(key) else {
            throw reader.error(key, "is no known key; known are \(Self.known.joined(separator: ", "))")
        }
        guard let value = rest.first else { throw reader.error(key, "has no value") }
        guard seen.insert(key).inserted else { throw reader.error(key, "is given twice") }
        if key == "NAME" || key == "COMMENT" { return }
        guard rest.count == 1 else { throw reader.error(key, "has more than one value") }
        keys[key] = value
        switch key {
        case "TYPE":
            guard let kind = VRPLIBInstance.Kind(rawValue: FieldText.shown(value)) else {
                throw reader.error(
                    key, "\"\(FieldText.shown(value))\" cannot be read; there are VRPTW, HFVRP and MTVRPTWR")
            }
            self.kind = kind
        case "EDGE_WEIGHT_TYPE":
            guard value.elementsEqual("EUC_2D".utf8) else {
                throw reader.error(key, "\"\(FieldText.shown(value))\" cannot be read; there is EUC_2D")
            }
        case "DIMENSION":
            let count = try reader.integer(value, key, in: 1...BenchmarkUnit.mostTasks)
            nodes = Array(repeating: VRPLIBInstance.Node(), count: count)
        case "VEHICLES":
            let count = try reader.integer(value, key, in: 1...BenchmarkUnit.mostTasks)
            vehicles = Array(repeating: VRPLIBInstance.Fleet(), count: count)
        case "CAPACITY": _ = try capacity(value)
        default: _ = try reader.number(value, key, in: 0...BenchmarkUnit.latest)
        }
    }

    private mutating func section(_ name: String) throws(DataError) {
        guard seen.insert(name).inserted else { throw reader.error(name, "is given twice") }
        guard !nodes.isEmpty else { throw reader.error(name, "comes before DIMENSION, which sizes it") }
        let (late, most) = (BenchmarkUnit.latest, 1e9)
        switch name {
        case "NODE_COORD_SECTION":
            let far = BenchmarkUnit.farthest
            try rows(nodes.count, name, 3) { (parser, i, words) throws(DataError) in
                parser.nodes[i].x = try parser.reader.number(words[1], "x", in: -far...far)
                parser.nodes[i].y = try parser.reader.number(words[2], "y", in: -far...far)
            }
        case "DEMAND_SECTION":
            try rows(nodes.count, name, 2) { (parser, i, words) throws(DataError) in
                parser.nodes[i].demand = Double(
                    try parser.reader.integer(words[1], "demand", in: 0...Int(DispatchLimits.load)))
            }
        case "TIME_WINDOW_SECTION":
            try rows(nodes.count, name, 3) { (parser, i, words) throws(DataError) in
                parser.nodes[i].ready = try parser.reader.number(words[1], "ready", in: 0...late)
                parser.nodes[i].due = try parser.reader.number(words[2], "due", in: 0...late)
                guard parser.nodes[i].ready <= parser.nodes[i].due else {
                    throw parser.reader.error("due", "is before ready; a window opens before it closes")
                }
            }
        case "SERVICE_TIME_SECTION":
            try rows(nodes.count, name, 2) { (parser, i, words) throws(DataError) in
                parser.nodes[i].service = try parser.reader.number(words[1], "service", in: 0...late)
            }
        case "RELEASE_TIME_SECTION":
            try rows(nodes.count, name, 2) { (parser, i, words) throws(DataError) in
                parser.nodes[i].release = try parser.reader.number(words[1], "release", in: 0...late)
            }
        case "CAPACITY_SECTION":
            try rows(vehicles.count, name, 2) { (parser, i, words) throws(DataError) in
                parser.vehicles[i].capacity = try parser.capacity(words[1])
            }
        case "VEHICLES_FIXED_COST_SECTION":
            try rows(vehicles.count, name, 2) { (parser, i, words) throws(DataError) in
                parser.vehicles[i].fixedCost = try parser.reader.number(words[1], "fixed cost", in: 0...most)
            }
        case "VEHICLES_UNIT_DISTANCE_COST_SECTION":
            try rows(vehicles.count, name, 2) { (parser, i, words) throws(DataError) in
                parser.vehicles[i].unitCost = Double(
                    try parser.reader.integer(words[1], "unit cost", in: 0...1_000_000))
            }
        case "VEHICLES_RELOAD_DEPOT_SECTION":
            reloads = true
            try rows(vehicles.count, name, 2) { (parser, i, words) throws(DataError) in
                _ = try parser.reader.integer(words[1], "depot", in: 1...1)
            }
        case "DEPOT_SECTION": try depots(name)
        default: throw reader.error(name, "is no section that can be read")
        }
    }

    /// The depot, and in some files a closing -1.
    private mutating func depots(_ name: String) throws(DataError) {
        for (k, number) in [1, -1].enumerated() {
            let place = reader
            guard let words = try reader.words(), words.count == 1,
                FieldText.number(words[0]) == Double(number)
            else {
                guard k == 1 else {
                    throw reader.error(name, "must be a line with 1, the number of the depot")
                }
                reader = place
                return
            }
        }
    }

    private func capacity(_ word: ArraySlice<UInt8>) throws(DataError) -> Double {
        Double(try reader.integer(word, "capacity", in: 0...Int(DispatchLimits.load)))
    }

    /// One line for each of `count` things, numbered from 1 in order.
    private mutating func rows(
        _ count: Int, _ name: String, _ width: Int,
        _ body: (inout VRPLIBParser, Int, [ArraySlice<UInt8>]) throws(DataError) -> Void
    ) throws(DataError) {
        guard count > 0 else { throw reader.error(name, "comes before VEHICLES, which sizes it") }
        for i in 0..<count {
            guard let words = try reader.words() else {
                throw reader.error(name, "ends after \(i) of \(count) lines; the file may be cut off")
            }
            guard words.count == width else {
                throw reader.error(name, "has \(words.count) words where \(width) belong")
            }
            guard FieldText.number(words[0]) == Double(i + 1) else {
                throw reader.error(
                    name,
                    "is numbered \"\(FieldText.shown(words[0]))\" where \(i + 1) is next, each once in order")
            }
            try body(&self, i, words)
        }
    }

    private mutating func finish() throws(DataError) {
        func need(_ name: String, _ isThere: Bool) throws(DataError) {
            guard isThere else { throw DataError(file: reader.file, problem: "lacks \(name)") }
        }
        for name in ["TYPE", "DIMENSION", "VEHICLES", "EDGE_WEIGHT_TYPE"] {
            try need(name, keys[name] != nil)
        }
        for name in ["NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION"] {
            try need(name, seen.contains(name))
        }
        if kind != .hfvrp { try need("TIME_WINDOW_SECTION", seen.contains("TIME_WINDOW_SECTION")) }
        if kind == .mtvrptwr {
            try need("VEHICLES_RELOAD_DEPOT_SECTION", seen.contains("VEHICLES_RELOAD_DEPOT_SECTION"))
        } else {
            guard !reloads, !seen.contains("RELEASE_TIME_SECTION") else {
                throw DataError(
                    file: reader.file,
                    problem: "has reload depots or release times; those are of TYPE MTVRPTWR")
            }
        }
        if let value = keys["CAPACITY"] {
            let capacity = try capacity(value)
            for i in vehicles.indices where !seen.contains("CAPACITY_SECTION") {
                vehicles[i].capacity = capacity
            }
        } else {
            try need("CAPACITY or CAPACITY_SECTION", seen.contains("CAPACITY_SECTION"))
        }
        if let value = keys["SERVICE_TIME"], !seen.contains("SERVICE_TIME_SECTION") {
            let service = try reader.number(value, "SERVICE_TIME", in: 0...BenchmarkUnit.latest)
            for i in nodes.indices.dropFirst() { nodes[i].service = service }
        }
    }
}
