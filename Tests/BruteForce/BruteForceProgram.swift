import ArgumentParser
import DispatchingSamples

/// Tries the search on thousands of tiny problems against every plan there is.
@main struct BruteForceProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bruteforce",
        abstract: "Compare the search with every plan there is, on tiny problems with one feature each.",
        discussion: """
            Exit code 1 when more than one in 500 problems is not solved to its best plan, or one is said \
            to be solved better than there is.
            """)

    @Option(help: "Problems of each feature, 1 to 1000.")
    var cases = 250

    @Option(help: "Steps of the search on each, 4 to 1000000.")
    var steps = 1200

    func validate() throws {
        guard (1...1000).contains(cases) else { throw ValidationError("--cases is 1 to 1000") }
        guard (4...1_000_000).contains(steps) else { throw ValidationError("--steps is 4 to 1000000") }
    }

    func run() throws {
        var (all, missed, wrong) = (0, 0, 0)
        for feature in Feature.allCases {
            var here: [String] = []
            for number in 0..<cases {
                let tiny = try TinyProblem(feature, number, steps: steps)
                if tiny.isTooGood { wrong += 1 }
                if !tiny.isBest { here.append("number \(number): found \(tiny.found), best \(tiny.best)") }
            }
            print("\(feature): \(cases - here.count) of \(cases) solved to the best plan")
            for line in here { print("  \(line)") }
            all += cases
            missed += here.count
        }
        print("in all: \(all - missed) of \(all), \(wrong) better than there is")
        if wrong > 0 || 500 * missed > all { throw ExitCode(1) }
    }
}
