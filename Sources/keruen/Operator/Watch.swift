import ArgumentParser
import Foundation
import Station

/// Options of commands that can show themselves anew.
struct WatchOptions: ParsableArguments {
    @Flag(help: "Show it again and again until Ctrl-C.")
    var watch = false

    @Option(help: ArgumentHelp("Time between two looks with --watch.", valueName: "seconds"))
    var interval = 1.0

    func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval \(interval): use 0.1 to 3600 seconds")
        }
    }

    /// Prints what `frame` gives, once or until SIGINT or SIGTERM, which end it with success.
    func show(_ frame: (Terminal) throws -> [String]) throws {
        guard watch else {
            print(try frame(Terminal.output).joined(separator: "\n"))
            return
        }
        Interruption.install()
        let clock = ContinuousClock()
        var next = clock.now
        var isFirst = true
        repeat {
            let terminal = Terminal.output
            var lines: [String]
            do { lines = try frame(terminal) } catch let problem as ControlProblem where !isFirst {
                // The station may come back: go on looking.
                lines = ["\(problem)"]
            }
            isFirst = false
            if terminal.isTerminal {
                if lines.count > terminal.rows - 1 {
                    let hidden = lines.count - (terminal.rows - 2)
                    lines =
                        lines.prefix(terminal.rows - 2) + [
                            "… \(hidden) more lines; a filter or --limit shows fewer"
                        ]
                }
                // From the top, without wrapping, each line to its end and then the rest of the screen.
                print(
                    "\u{1B}[H\u{1B}[?7l" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J\u{1B}[?7h",
                    terminator: "")
            } else {
                print(lines.joined(separator: "\n") + "\n")
            }
            fflush(nil)
            next = max(next + .seconds(interval), clock.now)
            while clock.now < next, !Interruption.isAsked { usleep(20_000) }
        } while !Interruption.isAsked
        if Terminal.output.isTerminal { print() }
    }
}
