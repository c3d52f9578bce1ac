import ArgumentParser
import Controller
import Station
import World

/// Which part of a list.
struct ListOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Show at most so many.", valueName: "count"))
    var limit: Int?

    @Option(help: ArgumentHelp("Start after this number.", valueName: "number"))
    var after: UInt64 = 0

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit \(limit): use at least 1") }
    }

    var page: Page { Page(after: after) }

    /// Printed below a list that was cut off.
    func rest(_ next: UInt64?) -> [String] {
        next.map { ["there are more: --after \($0)"] } ?? []
    }
}

extension VehicleKind: ExpressibleByArgument {}
extension MissionState: ExpressibleByArgument {}
extension OrderState: ExpressibleByArgument {}
extension CargoClass: ExpressibleByArgument {}
