import FoundationEssentials
import Glibc
import Testing

@testable import World

/// Bent input: every loader answers with a value or an error that names the file, and never crashes.
@Suite struct LoaderFuzzTests {
    private let world: WorldData
    init() throws { world = try realWorld.get() }

    private func loader(_ name: String) -> ([UInt8]) throws -> Void {
        var nodes: [String: Place] = [:]
        for place in world.places + world.checkpoints { nodes[place.id] = place }
        let lines = nodes
        var ends: [String: (a: String, b: String)] = [:]
        for edge in world.roads.edges {
            ends[edge.id] = (world.roads.nodes[edge.a].id, world.roads.nodes[edge.b].id)
        }
        for edge in world.rails + world.ferries { ends[edge.id] = (edge.a, edge.b) }
        let corridorEnds = ends
        return { [world] bytes in
            func table() throws -> Table { try Table(file: name, bytes: bytes) }
            switch name {
            case "freight_flows.csv": _ = try FreightFlow.load(table(), roads: world.roads)
            case "express_flows.csv":
                _ = try ExpressFlow.load(table(), airports: world.airports, towns: world.towns)
            case "carriers.csv": _ = try Carrier.load(table(), places: world.places)
            case "service_points.csv":
                _ = try ServicePoint.load(table(), places: world.places, roads: world.roads)
            case "rail_edges.csv":
                let shapes = try Shapes(file: "rails.geojson", bytes: realFile("rails.geojson"))
                _ = try LineEdge.load(table(), shapes: shapes, places: lines)
            case "rails.geojson": _ = try Shapes(file: name, bytes: bytes)
            case "corridors.json": _ = try Corridor.load(file: name, bytes: bytes, ends: corridorEnds)
            case "geozones_ed269.json": _ = try Geozone.ed269(file: name, bytes: bytes)
            case "geozones_ed318.json": _ = try Geozone.ed318(file: name, bytes: bytes)
            default: _ = try WorldData { try $0 == name ? bytes : realFile($0) }
            }
        }
    }

    private static let odd = [
        "", "-1", "0", "1e999", "nan", "inf", "9223372036854775808", "-0", "99999999999", "x", ";;;", "\"",
        "\u{0}",
        "\u{FEFF}", "Ж", ",", "\n", "[", "{", "null", String(repeating: "9", count: 400),
    ]

    private func bent(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        func index(_ count: Int) -> Int { Int(random.next() % UInt64(max(count, 1))) }
        var bytes = bytes
        switch random.next() % 6 {
        case 0: for _ in 0..<5 { bytes[index(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
        case 1: bytes.removeLast(index(bytes.count))
        case 2:
            // A token replaced, which mostly leaves the form right and the value wrong.
            let start = index(bytes.count)
            let isToken = { (byte: UInt8) in byte != 0x2C && byte != 0x0A && byte != 0x22 }
            let from = bytes[..<start].lastIndex { !isToken($0) }.map { $0 + 1 } ?? 0
            let to = bytes[start...].firstIndex { !isToken($0) } ?? bytes.count
            bytes.replaceSubrange(min(from, to)..<to, with: Array(Self.odd[index(Self.odd.count)].utf8))
        case 3: bytes.insert(contentsOf: Array(Self.odd[index(Self.odd.count)].utf8), at: index(bytes.count))
        case 4:
            let (a, b) = (index(bytes.count), index(bytes.count))
            bytes.insert(contentsOf: Array(bytes[min(a, b)..<min(max(a, b), min(a, b) + 2000)]), at: a)
        default:
            let start = index(bytes.count)
            bytes.removeSubrange(start..<min(bytes.count, start + index(200)))
        }
        return bytes
    }

    @Test(arguments: [
        ("freight_flows.csv", 60), ("express_flows.csv", 300), ("carriers.csv", 300),
        ("service_points.csv", 60),
        ("rail_edges.csv", 40), ("rails.geojson", 40), ("corridors.json", 200), ("geozones_ed269.json", 25),
        ("geozones_ed318.json", 25), ("places.csv", 12), ("checkpoints.csv", 8), ("airports.csv", 8),
        ("towns.csv", 8), ("road_edges.csv", 12), ("roads.geojson", 8),
    ])
    func bentFilesAreRefusedByName(name: String, rounds: Int) throws {
        let bytes = try realFile(name)
        let load = loader(name)
        try load(bytes)
        var random = SplitMix64(seed: 99)
        var refused = 0
        for round in 0..<rounds {
            do { try load(bent(bytes, &random)) } catch let error as DataError {
                refused += 1
                // A bent place can make any file that speaks of it wrong.
                #expect(!error.file.isEmpty && !error.problem.isEmpty, "seed 99, round \(round): \(error)")
                #expect(error.description.utf8.count < 1000, "seed 99, round \(round): \(error)")
            }
        }
        #expect(refused > rounds / 10, "seed 99: only \(refused) of \(rounds) were refused")
    }

    @Test func deepAndHugeFilesAreRefused() throws {
        let nested = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: DataError.self) { try Shapes(file: "t", bytes: nested) }
        #expect(throws: DataError.self) { try Geozone.ed269(file: "t", bytes: nested) }
        let geojson = Array(#"{"features":[{"id":"x","geometry":{"coordinates":"#.utf8) + nested
        #expect(throws: DataError.self) { try Shapes(file: "t", bytes: geojson) }
        let huge = [UInt8](repeating: 0x2C, count: BoundedFile.maximumBytes + 1)
        let error = #expect(throws: DataError.self) {
            try WorldData { try $0 == "airports.csv" ? huge : realFile($0) }
        }
        #expect(error?.file == "airports.csv" && error?.problem.contains("larger") == true)
    }

    @Test func onlyFilesOfBoundedSizeAreRead() throws {
        let directory =
            FileManager.default.temporaryDirectory.path + "/keruen-world-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for path in [directory, "/dev/zero", directory + "/nothing"] {
            #expect(throws: DataError.self, "\(path)") { try BoundedFile.read(path) }
        }
        let big = directory + "/big"
        #expect(FileManager.default.createFile(atPath: big, contents: Data()))
        #expect(try BoundedFile.read(big).isEmpty)
        #expect(truncate(big, off_t(BoundedFile.maximumBytes)) == 0)
        #expect(try BoundedFile.read(big).count == BoundedFile.maximumBytes)
        #expect(truncate(big, off_t(BoundedFile.maximumBytes) + 1) == 0)
        #expect(throws: DataError.self) { try BoundedFile.read(big) }
        #expect(throws: DataError.self) { try WorldData.load(directory: directory) }
    }
}
