import Controller
import Foundation
import Station
import Synchronization
import Testing
import World

/// Long files of orders: what is wrong with them, row by row, and what reaches the station.
@Suite struct OrderImportTests {
    private let workplace: Workplace

    init() throws { workplace = try Workplace() }

    /// Takes everything but what is heavier than 100 kg.
    private func station() throws -> ScriptedStation {
        guard case .status(let status) = try GoldenAnswers().response("status") else {
            throw CancellationError()
        }
        let box = Taken()
        return try ScriptedStation(workplace) { request in
            switch request {
            case .status: return .status(status)
            case .submitOrders(let requests):
                return .submitted(requests.map { box.take($0) })
            default: return .done("")
            }
        }
    }

    private final class Taken: Sendable {
        private let keys = Mutex<[String]>([])

        func take(_ request: OrderRequest) -> SubmittedOrder {
            keys.withLock { keys in
                let known = keys.firstIndex(of: request.key)
                if known == nil { keys.append(request.key) }
                let isHeavy = request.massGrams > 100_000
                return SubmittedOrder(
                    company: request.company, key: request.key,
                    id: OrderID(UInt64((known ?? keys.count - 1) + 1)),
                    state: isHeavy ? .refused : .waiting, isRepeat: known != nil,
                    reason: isHeavy ? "too heavy; split it" : "waits for a vehicle")
            }
        }
    }

    private func submitted(_ station: ScriptedStation) -> [[OrderRequest]] {
        station.requests.compactMap { if case .submitOrders(let orders) = $0 { orders } else { nil } }
    }

    /// Rows of all kinds: the line, the column and what to do are told for each; nothing is sent.
    private static let wrong = """
        key,company,from,to,kg,liters,kinds
        A-1,CR01,ALA,"43.26,76.92",1.5,2,vtol|truck
        A-2,CR01,ALA,Nowhereville,1,,

        A-3,CR01,ALA,"43.26,76.92",much,,
        A-4,CR01,ALA,"43.26,76.92",1,-2,
        A-1,CR01,ALA,"43.26,76.92",1,,
        A-5,CR01,ALA,"43.26,76.92"
        A-6,,ALA,"43.26,76.92",1,,
        "A-
        7",CR01,ALA,"43.26,76.92",1,,
        A-8,CR01,ALA,4"3.26,1,,
        A-9,CR01,ALA,"43.26,76.92",1,,submarine
        A-10,CR01,ALA,"43.26,76.92",7,,

        """

    @Test func everyWrongRowIsToldWithLineAndColumn() throws {
        try workplace.write(Self.wrong, to: "orders.csv")
        let said = try workplace.keruen("order", "import", "orders.csv", "--dry-run", "--json")
        #expect(said.status == 1, "\(said)")
        let report = try #require(said.json as? [String: Any])
        #expect(report["rows"] as? Int == 11 && report["valid"] as? Int == 2, "\(report)")
        #expect(report["invalid"] as? Int == 9 && report["isSent"] as? Bool == false)
        let errors = (report["errors"] as? [[String: Any]] ?? []).map {
            "\($0["line"] ?? 0) \($0["field"] ?? "")"
        }
        #expect(
            errors == [
                "3 to", "5 kg", "6 liters", "7 key", "8 ", "9 company", "10 key", "12 ", "13 kinds",
            ])
        #expect((report["invalidByField"] as? [String: Int])?["row"] == 2)
        let text = try workplace.keruen("order", "import", "orders.csv", "--dry-run", "--errors", "2")
        #expect(text.status == 1 && text.errors.contains("orders.csv:3, column to:"), "\(text)")
        #expect(text.errors.contains("and 7 more") && text.errors.contains("9 of 11 rows are wrong"))
        #expect(text.output.contains("2 orders are well formed, 8.5 kg: 2 of CR01; nothing was sent"))
    }

    @Test func nothingIsSentWhileARowIsWrongUnlessItIsSkipped() throws {
        let station = try station()
        try workplace.write(Self.wrong, to: "orders.csv")
        let refused = try workplace.keruen("order", "import", "orders.csv")
        #expect(refused.status == 1 && submitted(station).isEmpty, "\(refused)")
        let skipped = try workplace.keruen(
            "order", "import", "-", "--skip-invalid", "--json", input: Self.wrong)
        let report = try #require(skipped.json as? [String: Any])
        #expect(skipped.status == 1 && report["new"] as? Int == 2 && report["invalid"] as? Int == 9)
        #expect(submitted(station).flatMap { $0 }.map(\.key) == ["A-1", "A-10"])
    }

    @Test func aLongFileIsSentInPartsAndTwiceChangesNothing() throws {
        let station = try station()
        let rows = (0..<450).map { "L-\($0),ALA,\"43.26,76.92\",\($0 == 7 ? 500 : 1)\r\n" }
        try workplace.write("\u{FEFF}key,from,to,kg\r\n" + rows.joined(), to: "long.csv")
        let said = try workplace.keruen("order", "import", "long.csv", "--company", "CR01")
        #expect(said.status == 1, "\(said)")
        #expect(said.output.contains("450 sent: 449 new, 0 submitted before, 1 refused"), "\(said)")
        #expect(said.errors.contains("long.csv:9: CR01/L-7: too heavy; split it"))
        #expect(submitted(station).map(\.count) == [200, 200, 50])
        let again = try workplace.keruen("order", "import", "long.csv", "--company", "CR01", "--json")
        let report = try #require(again.json as? [String: Any])
        #expect(report["new"] as? Int == 0 && report["repeats"] as? Int == 449)
    }

    @Test func whatIsNoCSVIsRefusedAtOnce() throws {
        try workplace.write("key,form,to,kg\n", to: "typo.csv")
        let typo = try workplace.keruen("order", "import", "typo.csv", "--dry-run")
        #expect(typo.status == 1 && typo.errors.contains("form"), "\(typo)")
        try workplace.write("", to: "empty.csv")
        #expect(try workplace.keruen("order", "import", "empty.csv", "--dry-run").status == 1)
        #expect(try workplace.keruen("order", "import", "none.csv", "--dry-run").status == 1)
        try workplace.write("key,from,to,kg\nA,ALA,\"never closed,1\n", to: "open.csv")
        let open = try workplace.keruen("order", "import", "open.csv", "--dry-run", "--company", "CR01")
        #expect(open.status == 1 && open.errors.contains("open.csv:2: a quoted field is never closed"))
        let twice = try workplace.keruen("order", "import", "-", "--company", "CR01")
        #expect(twice.status == 64 && twice.errors.contains("cannot be read twice"))
    }
}
