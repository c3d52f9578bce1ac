import ArgumentParser
import Controller
import Foundation
import Vehicles
import World

/// Makes the orders of a day.
struct OrderGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make the orders of a day around the bases of a fleet.",
        discussion: """
            Parcels by air from hubs to people near drone bases, loads by truck along the freight flows of the world \
            data. Some are too heavy, too far or too late on purpose. The same options give the same orders. With \
            --json: an array of orders as 'keruen order submit' takes them, each with 'releaseAt' in nanoseconds UTC.

            Examples:
              keruen order generate --seed 1 --date 2026-06-01 --count 300
              keruen order generate --fleet Scenarios/day.yaml --json > day.json
              keruen order generate --seed 7 --count 50 --base ALA:multirotor:6 --base KHG:truck:4 --json > day.json
            """)

    @Option(help: "Same seed, same orders.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "The local day, from midnight UTC+5; or a moment such as 2026-06-01T06:00+05:00.",
            valueName: "date"))
    var date = "2026-06-01"

    @Option(help: "How many, 1 to 100000.")
    var count = 300

    @Option(
        help: ArgumentHelp(
            "A place, aerodrome or settlement with vehicles of one kind, for example ALA:multirotor:6; repeat.",
            valueName: "place:kind:vehicles"))
    var base: [String] = []

    @Option(
        help: ArgumentHelp(
            "A scenario, in place of --base: its fleets and where they stand.", valueName: "file"))
    var fleet: String?

    @Option(name: .customLong("world"), help: "Directory of the world data.")
    var directory: String?

    @Flag(help: "Print the orders as JSON.")
    var json = false

    /// Forty drones and twenty trucks along the corridors.
    static let usualBases = [
        "ALA:multirotor:8", "ALA:vtol:4", "KHG:multirotor:2", "TAR:vtol:4", "SHY:multirotor:4",
        "AST:multirotor:6",
        "KGD:vtol:4", "AKT:multirotor:4", "AKB:vtol:4", "ALA:truck:5", "KHG:truck:4", "SHY:truck:3",
        "AST:truck:3", "KGD:truck:2", "AKT:truck:1", "AKB:truck:2",
    ]

    func run() throws {
        guard (1...100_000).contains(count) else {
            throw ValidationError("--count \(count): use 1 to 100000")
        }
        guard let start = Instant(iso8601: date.contains("T") ? date : date + "T00:00+05:00"),
            start > Instant(nanoseconds: 0), start.seconds(since: Instant(nanoseconds: 0)) < 4.1e9
        else { throw ValidationError("--date \(date): use a day from 1970 to 2099 such as 2026-06-01") }
        let world = try WorldData.load(directory: WorldData.find(explicit: directory))
        guard fleet == nil || base.isEmpty else { throw ValidationError("use --fleet or --base, not both") }
        let bases =
            try fleet.map { try Demand.bases(of: Scenario(contentsOf: $0), file: $0, world: world) }
            ?? (base.isEmpty ? Self.usualBases : base).map { try Self.base($0, world) }
        let orders = Demand.day(world: world, bases: bases, seed: seed, start: start, count: count)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            FileHandle.standardOutput.write(try encoder.encode(orders) + Data("\n".utf8))
        } else {
            for order in orders { print(Self.line(order)) }
        }
    }

    private static func base(_ text: String, _ world: WorldData) throws -> Demand.Base {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), let kind = VehicleKind(rawValue: parts[1]),
            let vehicles = parts.count == 3 ? Int(parts[2]) : 1, (1...100_000).contains(vehicles)
        else {
            throw ValidationError("--base \(text): use PLACE:multirotor, vtol or truck:VEHICLES")
        }
        guard let place = world.place(parts[0]) else {
            throw ValidationError("--base \(text): \(parts[0]) is no place, aerodrome or settlement number")
        }
        return Demand.Base(coordinate: place.coordinate, kind: kind, vehicles: vehicles)
    }

    private static func line(_ order: ReleasedOrder) -> String {
        let request = order.request
        let meters = distanceMeters(request.pickup.coordinate, request.delivery.coordinate)
        let kilograms = Double(request.massGrams) / 1000
        let kinds = request.kinds?.map(\.rawValue).joined(separator: "|") ?? "any"
        return "\(order.releaseAt) \(request.company) \(kinds) \(request.cargo.rawValue)"
            + " \(kilograms) kg \(Int(meters / 1000)) km: \(request.pickup.place) -> \(request.delivery.place)"
            + " by \(request.deliverBy?.description ?? "any time") (\(request.key))"
    }
}
