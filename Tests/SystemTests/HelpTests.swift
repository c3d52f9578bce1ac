import Foundation
import Testing

/// Every command explains itself.
@Suite struct HelpTests {
    private struct Tree: Decodable { var command: Command }

    private struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var arguments: [Argument]?
        var subcommands: [Command]?
        var shouldDisplay: Bool?
        struct Argument: Decodable {
            var valueName: String?
            var abstract: String?
            var shouldDisplay: Bool?
        }
    }

    @Test func everyCommandHasADiscussionWithExamplesAndEveryOptionATextOfItsOwn() throws {
        let workplace = try Workplace()
        let dump = try workplace.keruen("--experimental-dump-help")
        let tree = try JSONDecoder().decode(Tree.self, from: Data(dump.output.utf8))
        var seen = 0
        func check(_ command: Command, _ path: String) throws {
            seen += 1
            #expect(command.abstract?.isEmpty == false, "\(path)")
            // The benches share the examples of `keruen bench`.
            let isBench = path.hasPrefix("keruen bench ")
            let examples = command.discussion?.components(separatedBy: "Example").last ?? ""
            #expect(
                isBench || command.discussion?.contains("Example") == true && examples.contains("keruen "),
                "\(path) shows no example")
            for argument in command.arguments ?? [] where argument.shouldDisplay != false {
                #expect(argument.abstract?.isEmpty == false, "\(path): \(argument.valueName ?? "")")
            }
            for child in command.subcommands ?? []
            where child.commandName != "help" && child.shouldDisplay != false {
                try check(child, path + " " + child.commandName)
            }
        }
        try check(tree.command, "keruen")
        #expect(seen > 25)
    }

    @Test func theFirstPageTellsExitCodesAndCompletion() throws {
        let help = try Workplace().keruen("--help")
        #expect(help.status == 0)
        for text in [
            "Exit codes: 0", "64 wrong usage", "KERUEN_DIRECTORY", "NO_COLOR", "--generate-completion-script",
        ] {
            #expect(help.output.contains(text), "\(text)")
        }
    }
}
