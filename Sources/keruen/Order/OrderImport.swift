import ArgumentParser
import Controller
import Foundation
import Station
import World

/// Submits the rows of a long CSV file.
struct OrderImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Submit the orders of a CSV file of any length, or tell what is wrong with it.",
        discussion: """
            The columns are those of 'keruen order submit --file': key, from, to and kg, and as wanted company, liters, \
            cargo, ready, by and kinds (separated by '|'). The file is read row by row, up to 10 million rows; all rows \
            are checked before the first order is sent, so the file is read twice. Every row that is wrong is counted, \
            and told with file, line and column up to --errors. Orders are sent 200 at a time; sending a file again \
            changes nothing, since company and key name an order.

            Exit codes: 0 all is well; 1 rows are wrong or orders were refused; 2 no station answers.

            Examples:
              keruen order import orders.csv --company CR01 --dry-run
              keruen order import orders.csv --dry-run --json
              keruen order import orders.csv --skip-invalid
            """)

    @Argument(
        help: "The file; '-' is standard input, with --dry-run or --skip-invalid.",
        completion: .file(extensions: ["csv"]))
    var file: String
    @Option(help: "The company of rows that name none.") var company: String?
    @Option(help: "Directory of the world data.", completion: .directory) var world: String?
    @Option(help: "Tell at most so many rows that are wrong, or orders that were refused.") var errors = 20
    @Flag(help: "Check every row, say what would be submitted, send nothing.") var dryRun = false
    @Flag(help: "Submit the rows that are right, and leave out the others.") var skipInvalid = false
    @OptionGroup var station: StationOptions

    func validate() throws {
        guard (0...100_000).contains(errors) else {
            throw ValidationError("--errors \(errors): use 0 to 100000")
        }
        if dryRun, skipInvalid { throw ValidationError("--dry-run sends nothing; leave out --skip-invalid") }
        if file == "-", !dryRun, !skipInvalid {
            throw ValidationError(
                "standard input cannot be read twice; give a file, or --skip-invalid to send while reading")
        }
    }

    func run() throws {
        try station.talk { conversation in
            let places = PlaceFinder(try loadWorld(world))
            // Without sending there need not be a station: this machine's clock is as good as any.
            let now =
                dryRun
                ? Instant(secondsSince1970: Date().timeIntervalSince1970)
                : try conversation.status().now.instant
            var report = OrderImportReport(file: file == "-" ? "standard input" : file, errorsMax: errors)
            if !skipInvalid {
                try read(places, now, &report) { _, _ in }
                if dryRun || report.invalid > 0 { return try finish(&report) }
                report = OrderImportReport(file: report.file, errorsMax: errors)
            }
            var batch: [OrderRequest] = []
            var lines: [Int] = []
            report.isSent = true
            func send(_ report: inout OrderImportReport) throws {
                guard !batch.isEmpty else { return }
                do {
                    report.take(try conversation.submit(batch), lines)
                } catch {
                    // What was taken so far; sending the file again is safe.
                    if !station.json { report.show() }
                    throw error
                }
                batch.removeAll(keepingCapacity: true)
                lines.removeAll(keepingCapacity: true)
            }
            try read(places, now, &report) { order, report in
                batch.append(order.request)
                lines.append(order.line)
                if batch.count == Self.batch { try send(&report) }
            }
            try send(&report)
            try finish(&report)
        }
    }

    /// Orders in one request: a quarter of the bytes a request may have.
    private static let batch = 200

    private func read(
        _ places: PlaceFinder, _ now: Instant, _ report: inout OrderImportReport,
        _ each: ((request: OrderRequest, line: Int), inout OrderImportReport) throws -> Void
    ) throws {
        let stream = try OrderRows(path: file, company: company, places: places, now: now)
        while let entry = try stream.entry() {
            switch entry {
            case .fault(let fault):
                report.take(fault)
                if report.errors.count >= errors { stream.suggestsPlaces = false }
            case .order(let request, let line):
                report.take(request)
                try each((request, line), &report)
            }
        }
    }

    private func finish(_ report: inout OrderImportReport) throws {
        if station.json { try printJSON(report) } else { report.show() }
        if report.invalid > 0 || report.refused > 0 { throw ExitCode(1) }
    }
}

/// What was in the file, and what became of it.
struct OrderImportReport: Encodable {
    var file: String
    var rows = 0
    var valid = 0
    var invalid = 0
    var isSent = false
    /// By what the station answered.
    var new = 0
    var repeats = 0
    var refused = 0
    var kilograms = 0.0
    /// Orders by company, the first thousand companies.
    var companies: [String: Int] = [:]
    /// Rows that are wrong, by column.
    var invalidByField: [String: Int] = [:]
    var errors: [OrderRows.Fault] = []
    /// The first orders as they are sent.
    var sample: [CheckedOrder] = []
    private let errorsMax: Int

    private enum CodingKeys: String, CodingKey {
        case file, rows, valid, invalid, isSent, new, repeats, refused, kilograms, companies, invalidByField
        case errors, sample
    }

    init(file: String, errorsMax: Int) {
        self.file = file
        self.errorsMax = errorsMax
    }

    mutating func take(_ fault: OrderRows.Fault) {
        rows += 1
        invalid += 1
        invalidByField[fault.field.isEmpty ? "row" : fault.field, default: 0] += 1
        if errors.count < errorsMax { errors.append(fault) }
    }

    mutating func take(_ order: OrderRequest) {
        rows += 1
        valid += 1
        kilograms += Double(order.massGrams) / 1000
        if sample.count < 5 { sample.append(CheckedOrder(order)) }
        if companies[order.company] != nil || companies.count < 1000 {
            companies[order.company, default: 0] += 1
        }
    }

    mutating func take(_ answers: [SubmittedOrder], _ lines: [Int]) {
        for (answer, line) in zip(answers, lines) {
            if answer.id == nil || answer.state == .refused {
                refused += 1
                guard errors.count < errorsMax else { continue }
                errors.append(
                    OrderRows.Fault(
                        line: line, field: "", problem: "\(answer.company)/\(answer.key): \(answer.reason)"))
            } else if answer.isRepeat {
                repeats += 1
            } else {
                new += 1
            }
        }
    }

    func show() {
        for error in errors {
            let column = error.field.isEmpty ? "" : ", column \(error.field)"
            printError(Terminal.clean("\(file):\(error.line)\(column): \(error.problem)"))
        }
        let more = invalid + refused - errors.count
        if more > 0 { printError("and \(more) more; --errors tells more of them") }
        if invalid > 0 {
            let fields = invalidByField.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            printError(
                "\(invalid) of \(rows) rows are wrong: "
                    + fields.map { "\($0.value) in \($0.key)" }.joined(separator: ", "))
        }
        if isSent {
            print(
                "\(new + repeats + refused) sent: \(new) new, \(repeats) submitted before, \(refused) refused"
            )
            return
        }
        let names = companies.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10)
            .map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
        let mass = String(format: "%.1f", kilograms)
        print(
            Terminal.clean(
                "\(valid) orders are well formed, \(mass) kg" + (names.isEmpty ? "" : ": \(names)")
                    + "; nothing was sent"))
    }
}
