import Foundation
import Station
import Testing

/// What Docs/Operator.md shows works as shown, against a real station and real simulated vehicles.
@Suite struct OperatorGuideTests {
    private static let guide = Workplace.package + "/Docs/Operator.md"

    private struct Step {
        var line: Int
        var command: String
        /// From a trailing `# exit 1`.
        var status: Int32
        /// Goes on beside the others, from a trailing `&`.
        var isBackground: Bool
    }

    /// The lines after `$ ` of the console blocks.
    private func steps() throws -> [Step] {
        var steps: [Step] = []
        var isConsole = false
        let lines = try String(contentsOfFile: Self.guide, encoding: .utf8).components(separatedBy: "\n")
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("```") { isConsole = line == "```console" }
            guard isConsole, line.hasPrefix("$ ") else { continue }
            var command = String(line.dropFirst(2))
            var status: Int32 = 0
            if let mark = command.range(of: " # exit ") {
                status = try #require(Int32(command[mark.upperBound...]))
                command = String(command[..<mark.lowerBound])
            }
            let isBackground = command.hasSuffix(" &")
            if isBackground { command.removeLast(2) }
            steps.append(Step(line: index + 1, command: command, status: status, isBackground: isBackground))
        }
        return steps
    }

    @Test(.timeLimit(.minutes(3))) func everyCommandOfTheGuideWorks() throws {
        let workplace = try Workplace()
        let fleet = "name: guide\nfleets:\n  - {kind: multirotor, base: ALA, count: 3, swap_minutes: 5}\n"
        try workplace.write(fleet, to: "fleet.yaml")
        // The usual port may be taken by another station on this machine.
        let port = 20_000 + 3 * Int.random(in: 0..<3000)
        var background: [Process] = []
        defer {
            for process in background.reversed() where process.isRunning {
                kill(process.processIdentifier, SIGTERM)
                process.waitUntilExit()
            }
        }
        for step in try steps() {
            var command = step.command
            if command.hasPrefix("keruen serve") { command += " --port \(port)" }
            if command.hasPrefix("keruen-sim") { command += " --station tcp://127.0.0.1:\(port)" }
            if step.isBackground {
                let tag = "background-\(background.count)"
                background.append(try workplace.begin("/bin/bash", ["-c", "exec " + command], tag: tag))
                let isReady =
                    command.hasPrefix("keruen serve")
                    ? "keruen status" : "keruen vehicle list | grep drone-3 | grep free"
                var tries = 0
                while try workplace.shell(isReady).status != 0, tries < 150 {
                    usleep(200_000)
                    tries += 1
                }
                #expect(tries < 150, "line \(step.line): \(command) was not ready in time")
                continue
            }
            let said = try workplace.shell(command)
            #expect(said.status == step.status, "line \(step.line): \(command): \(said.output)\(said.errors)")
        }
    }

    @Test func everyMemberOfTheAnswersIsDocumented() throws {
        let text = try String(contentsOfFile: Self.guide, encoding: .utf8)
        var names: Set<String> = []
        func collect(_ value: Any) {
            if let object = value as? [String: Any] {
                for (name, inner) in object {
                    names.insert(name)
                    // Names of causes and states are data.
                    let data = [
                        "byLink", "byState", "refused", "refusedByReason", "refusedByCause", "alertsNow",
                        "alertsTold", "contactsRefused",
                    ]
                    if !data.contains(name) { collect(inner) }
                }
            } else if let array = value as? [Any] {
                array.forEach(collect)
            }
        }
        let golden = try GoldenAnswers()
        for (answer, member) in [
            ("status", nil), ("vehicle", nil), ("order", nil), ("mission", nil), ("submitted", "orders"),
            ("problem", nil), ("surveyed", nil), ("near", nil),
        ] { collect(try golden.value(answer, member)) }
        #expect(names.count > 60)
        for name in names.sorted() {
            #expect(text.contains("`\(name)`"), "\(name) is not in Docs/Operator.md")
        }
    }
}
