import ArgumentParser
import Controller
import Foundation
import Station
import World

/// Submits orders.
struct OrderSubmit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Submit one order by options, or many by file.",
        discussion: """
            A place is an id or name of the world data, or LAT,LON in degrees. Times are ISO 8601 with an offset, or \
            +90m, +2h, +1d from the station's now. The station answers when the orders are on disk; company and key \
            name an order, so submitting it again changes nothing and says so.

            A file is JSON (an array, or an object in each line) or CSV with a header row; members and columns are \
            key, company, from, to, kg, liters, cargo, ready, by and kinds (in CSV separated by '|'), all but key, \
            from, to and kg may be left out when --company is given. Also what 'keruen order generate --json' \
            writes. Every line is checked before the first order is sent.

            Exit code 1 when an order is refused, or with --wait not delivered.

            Examples:
              keruen order submit --company CR01 --key K-1 --from ALA --to 43.30,76.95 --kg 1.2 --by +2h
              keruen order submit --company CR01 --file orders.csv --dry-run
              keruen order generate --count 50 --json | keruen order submit --file - --wait
            """)

    @Option(help: "Where it is picked up: place or LAT,LON.") var from: String?
    @Option(help: "Where it is handed over: place or LAT,LON.") var to: String?
    @Option(help: "Mass in kilograms.") var kg: Double?
    @Option(help: "Volume in litres; left out, it does not count.") var liters: UInt32?
    @Option(help: "The submitter's own name for it, unique in the company (default: a new one).") var key:
        String?
    @Option(help: "The company that submits; for a file, of orders that name none.") var company: String?
    @Option(help: "Delivered later than this is late.") var by: String?
    @Option(help: "Picked up not before this (default: at once).") var ready: String?
    @Option(
        help: "What it is: \(CargoClass.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .list(CargoClass.allCases.map(\.rawValue)))
    var cargo: CargoClass?
    @Option(
        name: .customLong("kind"), help: "Kind of vehicle: multirotor, vtol or truck; repeat to allow more.",
        completion: .list(VehicleKind.allCases.map(\.rawValue)))
    var kinds: [VehicleKind] = []
    @Option(help: "Orders in a file; '-' is standard input.", completion: .file(extensions: ["json", "csv"]))
    var file: String?
    @Option(help: "Directory of the world data.", completion: .directory) var world: String?
    @Flag(help: "Check everything, send nothing.") var dryRun = false
    @Flag(help: "Wait until every order is delivered or cannot be.") var wait = false
    @Option(help: ArgumentHelp("Wait at most so long.", valueName: "seconds")) var waitLimit: Double?
    @OptionGroup var station: StationOptions

    func validate() throws {
        let single: [(String, Bool)] = [
            ("--from", from != nil), ("--to", to != nil), ("--kg", kg != nil), ("--liters", liters != nil),
            ("--key", key != nil), ("--by", by != nil), ("--ready", ready != nil), ("--cargo", cargo != nil),
            ("--kind", !kinds.isEmpty),
        ]
        if file != nil {
            if let given = single.first(where: \.1) {
                throw ValidationError("\(given.0) is for a single order; with --file put it into the file")
            }
        } else {
            for (name, isGiven) in single.prefix(3) where !isGiven {
                throw ValidationError("\(name) is missing; or give many orders with --file")
            }
            if company == nil { throw ValidationError("--company is missing") }
        }
        if let waitLimit, !(waitLimit > 0) {
            throw ValidationError("--wait-limit \(waitLimit): use more than 0")
        }
        if wait, dryRun { throw ValidationError("--dry-run sends nothing to --wait for") }
    }

    func run() throws {
        try station.talk { conversation in
            let requests: [OrderRequest]
            do { requests = try self.requests(conversation) } catch let mistakes as OrderFile.Mistakes {
                throw told(mistakes)
            }
            if dryRun {
                if station.json { return try printJSON(requests.map(CheckedOrder.init)) }
                return print("\(requests.count) orders are well formed; nothing was sent")
            }
            var answers: [SubmittedOrder] = []
            for start in stride(from: 0, to: requests.count, by: Self.batch) {
                answers += try conversation.submit(
                    Array(requests[start..<min(start + Self.batch, requests.count)]))
            }
            if !station.json { tell(answers) }
            if wait {
                answers = try OrderWait(limitSeconds: waitLimit, isQuiet: station.json).follow(
                    answers, conversation)
            }
            if station.json { try printJSON(answers) }
            let isGood = answers.allSatisfy {
                wait ? $0.state == .delivered : $0.id != nil && $0.state != .refused
            }
            if !isGood { throw ExitCode(1) }
        }
    }

    /// Orders in one request: a quarter of the bytes a request may have.
    private static let batch = 200

    private func requests(_ conversation: Conversation) throws -> [OrderRequest] {
        var now: Instant?
        func stationNow() throws -> Instant {
            if let now { return now }
            // Without sending there need not be a station: this machine's clock is as good as any.
            let read =
                dryRun
                ? Instant(secondsSince1970: Date().timeIntervalSince1970)
                : try conversation.status().now.instant
            now = read
            return read
        }
        let places = PlaceFinder(try loadWorld(world))
        if let file {
            var orders = try OrderFile(path: file)
            for index in orders.entries.indices {
                guard case .draft(var draft) = orders.entries[index].content, draft.company == nil else {
                    continue
                }
                draft.company = company
                orders.entries[index].content = .draft(draft)
            }
            return try orders.requests(places, now: stationNow)
        }
        var draft = OrderDraft()
        draft.key = key ?? "cli-" + String(UInt64.random(in: 1 << 60 ... .max), radix: 36)
        (draft.company, draft.from, draft.to, draft.kg, draft.liters) = (company, from, to, kg, liters)
        (draft.cargo, draft.ready, draft.by) = (cargo?.rawValue, ready, by)
        draft.kinds = kinds.map(\.rawValue)
        do { return [try draft.request(places, now: stationNow)] } catch let fault as OrderDraft.Fault {
            throw ControlProblem(
                .invalid, what: fault.text,
                where: "--\(fault.field == .kinds ? "kind" : fault.field.rawValue)",
                todo: "Correct it and submit it again")
        }
    }

    private func tell(_ answers: [SubmittedOrder]) {
        var table = TextTable(columns: [
            .init(title: "COMPANY"), .init(title: "KEY", canShrink: true),
            .init(title: "ORDER", isNumber: true),
            .init(title: "STATE"), .init(title: "NOTE", canShrink: true),
        ])
        table.rows = answers.map { answer in
            let note = (answer.isRepeat ? "submitted before; " : "") + answer.reason
            let state = answer.state ?? .refused
            return [
                .init(answer.company), .init(answer.key), .init(answer.id),
                .init(state.rawValue, OrderList.tone(state)), .init(note),
            ]
        }
        print(table.lines(for: Terminal.output).joined(separator: "\n"))
        guard answers.count > 1 else { return }
        let repeats = answers.count(where: \.isRepeat)
        let refused = answers.count { $0.id == nil || $0.state == .refused }
        printError(
            "\(answers.count) orders: \(answers.count - repeats - refused) new, \(repeats) submitted before, \(refused) refused"
        )
    }

    private func told(_ mistakes: OrderFile.Mistakes) -> any Error {
        let more =
            mistakes.errors.count >= OrderFile.errorsMax
            ? " (only the first \(OrderFile.errorsMax) are told)" : ""
        if !station.json {
            for error in mistakes.errors { printError("error: " + Terminal.clean("\(error)")) }
            printError("error: nothing was sent\(more)")
            return ExitCode(1)
        }
        let texts = mistakes.errors.map { "\($0)" }
        return ControlProblem(
            .invalid, what: texts.joined(separator: "; ") + more, where: file ?? "",
            todo: "Nothing was sent; correct it")
    }
}

/// An order as it would be sent.
struct CheckedOrder: Encodable {
    var company: String
    var key: String
    var from: String
    var to: String
    var massGrams: UInt32
    /// Nil: at once.
    var readyAt: Timestamp?
    var deliverBy: Timestamp?
    init(_ request: OrderRequest) {
        company = request.company
        key = request.key
        from = request.pickup.place
        to = request.delivery.place
        massGrams = request.massGrams
        readyAt = request.readyAt == ControlLimits.atOnce ? nil : Timestamp(request.readyAt)
        deliverBy = request.deliverBy.map { Timestamp($0) }
    }
}
