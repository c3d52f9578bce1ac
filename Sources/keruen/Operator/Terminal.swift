import Foundation

/// Where output goes: a terminal of some width, or a pipe or file.
struct Terminal {
    var isTerminal: Bool
    /// Characters in a line, and lines.
    var columns: Int
    var rows: Int
    var hasColors: Bool

    /// Standard output as it is now.
    static var output: Terminal {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var size = winsize()
        let known = isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let environment = ProcessInfo.processInfo.environment
        // https://no-color.org: any value but the empty one.
        let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Terminal(
            isTerminal: isTerminal, columns: known ? Int(size.ws_col) : 80,
            rows: known && size.ws_row > 0 ? Int(size.ws_row) : 24,
            hasColors: isTerminal && !refused && environment["TERM"] != "dumb")
    }

    /// How urgent a word is.
    enum Tone: String {
        case plain = ""
        case good = "32"
        case warning = "33"
        case bad = "31"
    }

    func painted(_ text: String, _ tone: Tone) -> String {
        hasColors && tone != .plain ? "\u{1B}[\(tone.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Texts come from vehicles and submitters: nothing in them may steer the terminal or break a line.
    static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: "?"
                    default: scalar
                    }
                }))
    }
}

func printError(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// One JSON document on standard output, members sorted by name.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
}
