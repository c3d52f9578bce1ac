import ArgumentParser
import Dispatching

/// The problem a command works on.
struct DispatchInput: ParsableArguments {
    @Argument(help: "The problem; - is standard input.")
    var file: String

    @Option(help: "lilim, vrplib or keruen; guessed from the content when not given.")
    var format: DispatchFormat?

    @Option(help: "What to have least of: vehicles (then cost), distance, or cost as the file has it.")
    var objective: DispatchAim?

    func load() throws -> DispatchFile {
        let data = try DataFile(path: file)
        var problem = try DispatchFile(bytes: data.bytes, file: data.name, format: format)
        if let objective { problem.aim(at: objective) }
        return problem
    }
}

extension DispatchFormat: ExpressibleByArgument {}
extension DispatchAim: ExpressibleByArgument {}
