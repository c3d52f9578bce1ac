import ArgumentParser
import Traffic

/// Tells of pairs in a file how urgent each intruder is.
struct AlertsCommand: ParsableCommand {
    static let columns = ["id", "alerter"] + PairColumns.states

    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "Alert levels of pairs, as DO-365B sets them.",
        discussion: """
            Columns of FILE: \(columns.joined(separator: ",")). Metres, metres a second; o is the ownship, i the \
            intruder; z is altitude. Alerter: 1 Phase I (en route), 2 Phase II (terminal area), 3 non-cooperative.

            Prints id,alert_level,time_to_corrective_s: 0 none, 1 preventive, 2 corrective, 3 warning; and the \
            seconds until the corrective volume is entered, empty when that is not within 180 s. Each row stands \
            for itself: no hysteresis.

            Exit codes: 0 done, 64 wrong usage, 65 something wrong in FILE.

            Examples:
              keruen traffic alerts encounters.csv
              keruen traffic alerts - < encounters.csv | awk -F, '$2 == 3'
            """)

    @Argument(help: "CSV file of pairs; - is standard input.")
    var file: String

    func run() throws {
        try orDataError {
            var table = try PairsTable(path: file, columns: Self.columns)
            var output = PairsOutput()
            output.text("id,alert_level,time_to_corrective_s\n")
            while try table.advance() {
                guard let number = UInt8(table.text(1)), let alerter = Alerter(rawValue: number) else {
                    throw table.fault(
                        1, "is '\(table.shown(1))'; there are 1 Phase I, 2 Phase II, 3 non-cooperative")
                }
                let (own, intruder) = try PairColumns.states(table, from: 2)
                let alert = alerter.alert(own: own, intruder: intruder)
                output.text("\(table.text(0)),\(alert.level.rawValue),")
                if let seconds = alert.secondsToCorrective { output.fixed(seconds) }
                output.endLine()
            }
            output.flush()
        }
    }
}
