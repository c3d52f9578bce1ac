import ArgumentParser
import Vehicles
import World

/// Reads a scenario as `run` would, and says what is in it.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validate a scenario file.",
        discussion: "Example:\n  keruen-sim check Scenarios/day.yaml")

    @Argument(help: "Scenario file, YAML; see Docs/Scenarios.md.")
    var scenario: String

    @Option(help: "Directory of the world data. Default: KERUEN_DATA or Data/world.")
    var world: String?

    func run() throws {
        let (read, _) = try orExit(.dataErr) { () throws -> (Scenario, WorldData) in
            let scenario = try Scenario(contentsOf: self.scenario)
            let world = try WorldData.load(directory: WorldData.find(explicit: world))
            _ = try FleetSimulation(
                scenario, file: self.scenario, crew: [], world: world, seed: 0, start: 0)
            return (scenario, world)
        }
        print("\(scenario): '\(read.name)', \(read.vehicleCount) vehicles in \(read.fleets.count) fleets")
        for fleet in read.fleets {
            print("  \(fleet.count) x \(fleet.kind.rawValue) at \(fleet.base)")
        }
    }
}

/// Where errors are written, so that what is printed stays clean for other programs.
func complain(_ text: String) {
    FileOutput.error.write("keruen-sim: \(text)\n")
}

/// Runs `body`; an error is written and ends the program with `code`.
func orExit<Result>(_ code: ProblemCode, _ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        complain("\(error)")
        throw ExitCode(code.rawValue)
    }
}

/// sysexits.h
enum ProblemCode: Int32 {
    case dataErr = 65
    case unavailable = 69
}
