import ArgumentParser
import Transport

/// Lists who may speak.
struct KeyList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the enrolled vehicles.",
        discussion: """
            A line for each: number, name, kind, company, generation of the key, allowed or revoked.

            Examples:
              keruen key list
              keruen key list --json | jq -r '.[] | select(.status == "revoked") | .name'
            """)

    @Flag(help: "One JSON array instead of a table.")
    var json = false

    @OptionGroup var directory: KeyDirectory

    private struct Row: Encodable {
        var id: UInt32
        var name, kind, company, publicKey: String
        var generation: UInt32
        var status: String
    }

    func run() throws {
        let rows = try directory.keyring().enrolments.map {
            Row(
                id: $0.id, name: $0.name, kind: $0.kind, company: $0.company,
                publicKey: $0.publicKey.description,
                generation: $0.generation, status: $0.status.rawValue)
        }
        if json {
            try printJSON(rows)
            return
        }
        if rows.isEmpty {
            print("no keys in \(directory.path); make one with 'keruen key new NAME --kind KIND'")
        }
        for row in rows {
            print("\(row.id)\t\(row.name)\t\(row.kind)\t\(row.company)\tkey \(row.generation)\t\(row.status)")
        }
    }
}
