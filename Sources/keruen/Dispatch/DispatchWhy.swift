import ArgumentParser
import Dispatching
import World

/// Why an order is where it is in a plan.
struct DispatchWhy: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Why an order is on its vehicle, and what the next best would cost; why nobody takes it.",
        discussion: """
            For an order that is not served: the smallest relaxation that would serve it, exact to the unit of its \
            field, then the least of every other kind. Costs are in tenge, or in units of a benchmark.

            The other orders stay where they are, the other vehicles keep their times.

            Exit codes: 0 answered; 64 wrong usage, also an unknown ORDER; 65 something wrong in FILE or PLAN, or \
            PLAN is not feasible.

            Examples:
              keruen dispatch why day.json plan.json blood
              keruen dispatch why lc103.txt plan.json '#12' --json
            """)

    @OptionGroup var question: DispatchQuestion
    @Argument(help: "The order: its name, or # and its place in the file from 0.")
    var order: String
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let (problem, reasons) = try question.load()
        let s = try DispatchQuestion.index(order, problem.shipments.map(\.name), "order")
        let answer = DispatchAnswer(reasons, order: s)
        if json { try printJSON(answer) } else { answer.show() }
    }
}

/// Why an order is not on a vehicle.
struct DispatchWhyNot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-not",
        abstract: "What keeps an order off a vehicle, and by how much; or what it would cost there.",
        discussion: """
            Looks at every place in the routes of the vehicle and, while there are any left, at one that is not used. \
            Where none will do: what fails first at the place that comes closest.

            Exit codes: 0 answered; 64 wrong usage, also an unknown ORDER or VEHICLE; 65 something wrong in FILE or \
            PLAN, or PLAN is not feasible.

            Examples:
              keruen dispatch why-not day.json plan.json blood Truck-2
              keruen dispatch why-not day.json plan.json '#3' '#0' --json
            """)

    @OptionGroup var question: DispatchQuestion
    @Argument(help: "The order: its name, or # and its place in the file from 0.")
    var order: String
    @Argument(help: "The vehicle: its name, or # and its place in the file from 0.")
    var vehicle: String
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let (problem, reasons) = try question.load()
        let s = try DispatchQuestion.index(order, problem.shipments.map(\.name), "order")
        let kind = try DispatchQuestion.index(vehicle, problem.vehicles.map(\.name), "vehicle")
        let answer = DispatchRefusal(reasons, order: s, vehicle: kind)
        if json { try printJSON(answer) } else { print(answer.text) }
    }
}

/// A problem with a plan that is asked about.
struct DispatchQuestion: ParsableArguments {
    @OptionGroup var input: DispatchInput
    @Argument(help: "The plan, as 'keruen dispatch solve --out' writes it; - is standard input.")
    var plan: String

    func validate() throws {
        guard input.file != "-" || plan != "-" else {
            throw ValidationError("only one of FILE and PLAN can be standard input")
        }
    }

    func load() throws -> (DispatchProblem, PlanReasons) {
        try orDataError {
            let file = try input.load()
            let data = try DataFile(path: plan)
            let stated = try file.plan(bytes: data.bytes, file: data.name)
            do {
                return (file.problem, try PlanReasons(file.problem, stated.plan))
            } catch let fault as PlanFault {
                throw DataError(file: data.name, problem: "\(fault)")
            }
        }
    }

    /// By name, or by # and a number.
    static func index(_ text: String, _ names: [String], _ what: String) throws -> Int {
        if let index = names.firstIndex(of: text) { return index }
        if text.hasPrefix("#"), let index = Int(text.dropFirst()), names.indices.contains(index) {
            return index
        }
        let some = names.prefix(5).joined(separator: ", ")
        throw ValidationError(
            "there is no \(what) \(text); by name, as in \(some), or #0 to #\(max(names.count - 1, 0))")
    }
}
