import ArgumentParser
import Foundation
import Station

/// Brings the running station what receivers see.
struct ReportContacts: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Send crewed aircraft that receivers see to the running station.",
        discussion: """
            FILE has a JSON object in a line, or BaseStation (SBS-1) messages as ADS-B receivers print them on port \
            30003; both may be mixed. Lines are sent as they come, at most a second late, until the end of FILE.

            JSON: address (24 bits in hexadecimal), latitudeDegrees, longitudeDegrees, altitudeMeters (above mean \
            sea level), speedMetersPerSecond and trackDegrees over ground; and if known callsign (8 signs at most), time \
            (ISO 8601; left out: as the station takes it), climbMetersPerSecond, horizontalAccuracyMeters, \
            verticalAccuracyMeters, speedAccuracyMetersPerSecond (95 %; left out: 93, 45 and 10), transmits (false \
            for a sensor's track).

            BaseStation altitudes are pressure altitudes and need --qnh; their times are the receiver's own and are \
            not used; aircraft on the ground are left out.

            The station keeps the newest of each aircraft for 60 s, keeps drones well clear of them (2,000 ft, 250 \
            ft) and alerts. Exit code 1 when a contact was refused or a line not understood; all others are taken.

            Examples:
              keruen traffic report aircraft.jsonl
              nc receiver 30003 | keruen traffic report - --qnh 1019
            """)

    @Argument(help: "File with contacts; - is standard input.", completion: .file())
    var file: String

    @Option(help: ArgumentHelp("Pressure reduced to sea level, for BaseStation altitudes.", valueName: "hPa"))
    var qnh: Double?

    @OptionGroup var station: StationOptions

    /// Contacts in one request, and lines told that are not understood.
    private static let batch = 200
    private static let faultsTold = 10

    func validate() throws {
        if let qnh, !(850...1090).contains(qnh) {
            throw ValidationError("--qnh \(qnh): give 850 to 1090 hPa")
        }
    }

    func run() throws {
        try station.talk { conversation in
            let descriptor = try open()
            defer { if descriptor != STDIN_FILENO { close(descriptor) } }
            var feed = Feed(lines: ContactLines(qnh: qnh))
            var buffer: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            var sentAt = ContinuousClock.now
            var isOver = false
            while !isOver {
                var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&ready, 1, feed.pending.isEmpty ? -1 : 100) > 0 {
                    let count = read(descriptor, &chunk, chunk.count)
                    guard count >= 0 || errno == EINTR else { throw unreadable }
                    isOver = count == 0
                    if count > 0 { buffer += chunk[..<count] }
                }
                // Without its end a line is whole only at the end of all.
                while let end = buffer.firstIndex(of: 0x0A) {
                    take(buffer[..<end], &feed)
                    buffer.removeFirst(end + 1)
                    if feed.pending.count == Self.batch { try send(&feed, conversation) }
                }
                if isOver, !buffer.isEmpty { take(buffer[...], &feed) }
                if buffer.count > ContactLines.lineMax { buffer.removeAll() }
                if isOver || ContinuousClock.now - sentAt > .seconds(1), !feed.pending.isEmpty {
                    try send(&feed, conversation)
                    sentAt = .now
                }
            }
            try tell(feed.result)
        }
    }

    /// What is read and not sent yet, and what became of the rest.
    private struct Feed {
        var lines: ContactLines
        var pending: [ReportedContact] = []
        var result = Result()
    }

    private struct Result: Encodable {
        var lines = 0
        var contacts = 0
        var taken = 0
        var outdated = 0
        var refused: [String: Int] = [:]
        var notUnderstood = 0
        var isGood: Bool { refused.isEmpty && notUnderstood == 0 }
    }

    private var name: String { file == "-" ? "standard input" : file }

    private var unreadable: ControlProblem {
        ControlProblem(
            .invalid, what: "cannot be read", where: name, todo: "Give a file, or - for standard input")
    }

    private func open() throws -> Int32 {
        if file == "-" { return STDIN_FILENO }
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory)
        let descriptor = exists && !isDirectory.boolValue ? Foundation.open(file, O_RDONLY | O_CLOEXEC) : -1
        guard descriptor >= 0 else { throw unreadable }
        return descriptor
    }

    private func take(_ line: ArraySlice<UInt8>, _ feed: inout Feed) {
        feed.result.lines += 1
        switch feed.lines.take(line) {
        case .nothing: break
        case .contact(let contact):
            feed.result.contacts += 1
            // Both would get the same time: the later line counts.
            if contact.time == nil,
                let before = feed.pending.firstIndex(where: {
                    $0.address == contact.address && $0.time == nil
                })
            {
                feed.pending[before] = contact
                feed.result.outdated += 1
            } else {
                feed.pending.append(contact)
            }
        case .fault(let text):
            feed.result.notUnderstood += 1
            let count = feed.result.notUnderstood
            guard count <= Self.faultsTold, !station.json else { return }
            printError(Terminal.clean("error: \(name):\(feed.result.lines): \(text)"))
            if count == Self.faultsTold { printError("error: further lines like these are only counted") }
        }
    }

    private func send(_ feed: inout Feed, _ conversation: Conversation) throws {
        let receipt = try conversation.report(feed.pending)
        feed.pending.removeAll(keepingCapacity: true)
        feed.result.taken += receipt.taken
        feed.result.outdated += receipt.outdated
        feed.result.refused.merge(receipt.refused) { $0 + $1 }
    }

    private func tell(_ result: Result) throws {
        if station.json {
            try printJSON(result)
        } else {
            let causes = wording(result.refused, order: [])
            print(
                "\(result.lines) lines: \(result.contacts) contacts, \(result.taken) taken, "
                    + "\(result.outdated) outdated, \(result.refused.values.reduce(0, +)) refused"
                    + (causes.isEmpty ? "" : " (\(causes))")
                    + (result.notUnderstood > 0 ? "; \(result.notUnderstood) lines not understood" : ""))
        }
        if !result.isGood { throw ExitCode(1) }
    }
}
