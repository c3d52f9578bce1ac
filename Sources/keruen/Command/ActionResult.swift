import ArgumentParser
import Station

/// What became of one command among several.
struct ActionResult: Encodable {
    var target: String
    /// What the station says about it; nil when it was refused.
    var message: String?
    var problem: ControlProblem?

    init(_ target: String, _ perform: () throws -> String) {
        self.target = target
        do { message = try perform() } catch {
            problem = error as? ControlProblem ?? ControlProblem(error)
        }
    }

    /// Tells each; fails as the worst of them.
    static func report(_ results: [ActionResult], json: Bool) throws {
        if json {
            try printJSON(results)
        } else {
            for result in results {
                if let message = result.message { print(Terminal.clean("\(result.target): \(message)")) }
                if let problem = result.problem { printError("error: " + Terminal.clean("\(problem)")) }
            }
        }
        let codes = results.compactMap { $0.problem?.exitCode }
        if let worst = codes.max(by: { $0.rawValue < $1.rawValue }) { throw worst }
    }
}
