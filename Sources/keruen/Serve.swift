import ArgumentParser
import CLinux
import Controller
import Foundation
import Logging
import ServiceLifecycle
import Station
import UnixSignals
import World

/// Runs the station until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the station: serve vehicles and operators until stopped.",
        discussion: """
            Vehicles push to the uplink port and subscribe at the next one; both need keys made by 'keruen key new'. \
            Operators reach the station through its run directory. Ctrl-C or SIGTERM stops it; after a crash or a \
            kill it takes up where its journal ends. Notices go to standard error.

            Examples:
              keruen serve
              keruen serve --directory /srv/keruen --host 0.0.0.0 --port 7447
              keruen serve --pace 60 --start 2026-06-01T00:00:00Z   # simulated time, for simulators only
            """)

    @Option(
        name: .customLong("directory"),
        help:
            "Directory of the journal and the operators' socket (default: KERUEN_DIRECTORY, or else 'run').",
        completion: .directory)
    var givenDirectory: String?

    private var directory: String { givenDirectory ?? StationOptions.usualDirectory }

    @Option(help: "Directory of the keys; 'keys' inside the run directory when not given.")
    var keys: String?

    @Option(help: "Address to listen at.")
    var host = "127.0.0.1"

    @Option(help: "Uplink port; the downlink is at the next. 0 lets the system choose.")
    var port: UInt16 = 7447

    @Option(help: "Directory of the world data.")
    var world: String?

    @Option(
        help: ArgumentHelp(
            "A place of the world data where vehicles of a kind may charge and return to, for example KHG:truck; repeat.",
            valueName: "place:kind"))
    var base: [String] = []

    @Option(help: "Simulated seconds for each real one, told by simulators at the port after the downlink's.")
    var pace: Double?

    @Option(help: "When simulated time starts (ISO 8601).")
    var start: String?

    @Option(help: "How many simulators share the simulated time.")
    var simulators = 1

    @Option(
        help: """
            Take a fence above this one. For a run directory that was lost: vehicles that obeyed its station ignore a \
            lower fence, and the log says which they want.
            """)
    var fenceAbove: UInt32 = 0

    @Option(help: "Least severe notices to print: debug, info, notice, warning or error.")
    var logLevel: Logger.Level = .notice

    @Flag(help: ArgumentHelp("Stop when the process that started this one ends.", visibility: .hidden))
    var endWithParent = false

    func validate() throws {
        if let pace, !(pace > 0 && pace.isFinite) {
            throw ValidationError("--pace \(pace): give a number above 0")
        }
        guard (1...64).contains(simulators) else {
            throw ValidationError("--simulators \(simulators): give 1 to 64")
        }
        if let start, Instant(iso8601: start) == nil {
            throw ValidationError("--start \(start): give a date and time such as 2026-06-01T00:00:00Z")
        }
        if pace == nil, start != nil { throw ValidationError("--start goes with --pace") }
    }

    func run() async throws {
        if endWithParent { keruen_end_with_parent() }
        let level = logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let log = Logger(label: "keruen")
        let world = try loadWorld(self.world)
        var configuration = stationConfiguration
        configuration.controller.bases = try base.map { try Self.base($0, world) }
        let station = try Station(
            configuration, geography: Geography(world), geoid: world.geoid, log: log)
        // One line for scripts: where vehicles and simulators find it.
        print(
            "station: fence \(station.fence), uplink \(station.uplinkEndpoint), downlink \(station.downlinkEndpoint)"
                + (station.paceEndpoint.map { ", pace \($0)" } ?? ""))
        fflush(nil)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: station, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "keruen.lifecycle")))
        try await group.run()
    }

    private static func base(_ text: String, _ world: WorldData) throws -> Base {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let kind = VehicleKind(rawValue: parts[1]) else {
            throw ValidationError("--base \(text): use PLACE:multirotor, PLACE:vtol or PLACE:truck")
        }
        guard let place = world.place(parts[0]) else {
            throw ValidationError("--base \(text): the world data has no place '\(parts[0])'")
        }
        let stop = Stop(
            place: place.id, coordinate: place.coordinate, ground: world.terrain.ground(at: place.coordinate))
        return Base(stop: stop, kinds: [kind])
    }

    private var stationConfiguration: StationConfiguration {
        var configuration = StationConfiguration()
        configuration.directory = directory
        configuration.keysDirectory = keys ?? directory + "/keys"
        configuration.link.host = host
        configuration.link.port = port
        configuration.fenceAbove = UInt64(fenceAbove)
        if let pace {
            let start = start.flatMap { Instant(iso8601: $0) } ?? Instant(iso8601: "2026-06-01T00:00:00Z")
            configuration.pace = StationConfiguration.Pace(
                rate: pace, startsAt: start ?? Instant(nanoseconds: 0), simulators: simulators)
        }
        return configuration
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

/// The world data at `directory`, or where it is found.
func loadWorld(_ directory: String?) throws -> WorldData {
    try WorldData.load(directory: try WorldData.find(explicit: directory))
}
