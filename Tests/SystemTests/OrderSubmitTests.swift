import Controller
import Foundation
import Station
import Synchronization
import Testing
import World

/// Orders by option and by file: what reaches the station, and what does not.
@Suite struct OrderSubmitTests {
    private let workplace: Workplace
    private static let now = Instant(nanoseconds: 1_790_000_000_500_000_000)

    init() throws { workplace = try Workplace() }

    /// Takes orders as the real station does: company and key name an order; heavier than 100 kg is refused.
    private final class Orders: Sendable {
        let taken = Mutex<[OrderRequest]>([])
        /// How often an order is looked at before it is delivered.
        let looks = Mutex(3)
    }

    private func station(_ orders: Orders = Orders()) throws -> ScriptedStation {
        let golden = try GoldenAnswers()
        guard case .status(var status) = try golden.response("status"),
            case .order(let order) = try golden.response("order")
        else { throw CancellationError() }
        status.now = Timestamp(Self.now)
        let answer = status
        return try ScriptedStation(workplace) { request in
            switch request {
            case .status: return .status(answer)
            case .order(let id):
                var order = order
                order.id = id.number
                order.state = orders.looks.withLock { looks in
                    looks -= 1
                    return looks < 0 ? .delivered : .carried
                }
                order.reason = "\(order.state.rawValue) by drone-7"
                return .order(order)
            case .submitOrders(let requests):
                return .submitted(orders.taken.withLock { taken in requests.map { Self.take($0, &taken) } })
            default: return .done("")
            }
        }
    }

    private static func take(_ request: OrderRequest, _ taken: inout [OrderRequest]) -> SubmittedOrder {
        let known = taken.firstIndex { $0.company == request.company && $0.key == request.key }
        if known == nil { taken.append(request) }
        let isHeavy = request.massGrams > 100_000
        return SubmittedOrder(
            company: request.company, key: request.key, id: OrderID(UInt64((known ?? taken.count - 1) + 1)),
            state: isHeavy ? .refused : .waiting, isRepeat: known != nil,
            reason: isHeavy ? "too heavy; split it" : "waits for a vehicle")
    }

    private func submitted(_ station: ScriptedStation) -> [OrderRequest] {
        station.requests.flatMap {
            if case .submitOrders(let orders) = $0 { orders } else { [OrderRequest]() }
        }
    }

    @Test func optionsBecomeOneOrder() throws {
        let station = try station()
        let said = try workplace.keruen(
            "order", "submit", "--company", "CR01", "--key", "K-1", "--from", "almaty", "--to",
            "43.30, 76.95",
            "--kg", "1.2345", "--liters", "4", "--cargo", "medical", "--kind", "vtol", "--kind", "multirotor",
            "--ready", "2026-09-22T10:00:00+05:00", "--by", "+90m", "--json")
        #expect(said.status == 0, "\(said)")
        let answers = said.json as? [[String: Any]]
        #expect(
            answers?.count == 1 && answers?[0]["id"] as? Int == 1 && answers?[0]["isRepeat"] as? Bool == false
        )
        let order = try #require(submitted(station).first)
        #expect(
            order.key == "K-1" && order.company == "CR01" && order.massGrams == 1235
                && order.volumeLiters == 4)
        #expect(order.pickup.place == "ALA" && order.pickup.coordinate.latitudeE7 == 432_525_000)
        #expect(order.delivery.place == "43.3,76.95" && order.delivery.coordinate.longitudeE7 == 769_500_000)
        #expect(order.delivery.ground.meters > 400, "ground comes from the terrain")
        #expect(order.cargo == .medical && order.kinds == [.vtol, .multirotor])
        #expect(order.readyAt == Instant(iso8601: "2026-09-22T05:00:00Z"))
        #expect(order.deliverBy == Instant(nanoseconds: 1_790_005_400_000_000_000), "of the station's time")
    }

    @Test func repeatingIsSafeAndIsSaid() throws {
        let station = try station()
        let arguments = [
            "order", "submit", "--company", "C", "--key", "K", "--from", "ALA", "--to", "SHY", "--kg", "2",
        ]
        let first = try workplace.end(try workplace.begin("keruen", arguments))
        let second = try workplace.end(try workplace.begin("keruen", arguments))
        #expect(first.status == 0 && second.status == 0)
        #expect(!first.output.contains("submitted before") && second.output.contains("submitted before"))
        let orders = submitted(station)
        #expect(orders.count == 2 && orders[0] == orders[1] && orders[0].readyAt == ControlLimits.atOnce)
        let heavy = try workplace.keruen(
            "order", "submit", "--company", "C", "--from", "ALA", "--to", "SHY", "--kg", "101")
        #expect(heavy.status == 1 && heavy.output.contains("too heavy; split it"))
        #expect(submitted(station).last?.key.isEmpty == false, "a key is made up")
    }

    @Test func badPlacesAndTimesAreExplainedAndNothingIsSent() throws {
        let station = try station()
        for (option, value, hint) in [
            ("--from", "Almtay", "did you mean Almaty (ALA)"), ("--from", "Shymk", "Shymkent (SHY)?"),
            ("--to", "Qqqqqqq", "LAT,LON"), ("--to", "91,10", "beyond 90"), ("--to", "nan,10", "no place"),
            ("--to", "1e1,0x10", "no place"), ("--to", String(repeating: "x", count: 70), "70"),
            ("--by", "tomorrow", "is no time"), ("--by", "+61d", "60 days"),
            ("--by", "+99999999999h", "is no time"),
            ("--by", "2026-06-01T10:00:00", "is no time"), ("--kg", "0", "0.001"),
            ("--kg", "1e300", "1000000"),
            ("--kg", "nan", "not 0.001"), ("--key", String(repeating: "k", count: 65), "64 bytes"),
            ("--company", "a\u{7}b", "control characters"),
        ] {
            var options = ["--company": "C", "--from": "ALA", "--to": "SHY", "--kg": "1"]
            options[option] = value
            let said = try workplace.end(
                try workplace.begin("keruen", ["order", "submit"] + options.flatMap { [$0.key, $0.value] }))
            #expect(said.status == 1 && said.errors.contains(hint), "\(option) \(value): \(said)")
            #expect(said.errors.contains(option), "\(said.errors)")
        }
        #expect(submitted(station).isEmpty)
    }

    @Test func filesOfEachFormAreTheSameOrders() throws {
        try workplace.write(
            "key,from,to,kg,by,kinds,company\r\nA,ALA,\"43.3,76.9\",1.5,2026-09-22T00:00:00Z,vtol|truck,\r\n\r\n"
                + "B,SHY,AST,20,,,X\r\n", to: "o.csv")
        let a = """
            {"key": "A", "from": "ALA", "to": "43.3,76.9", "kg": 1.5, "by": "2026-09-22T00:00:00Z",
             "kinds": ["vtol", "truck"]}
            """
        let b = "{\"key\":\"B\",\"from\":\"SHY\",\"to\":\"AST\",\"kg\":20,\"company\":\"X\"}"
        try workplace.write(" [\(a),\n \(b) ]\n", to: "o.json")
        try workplace.write("\u{FEFF}\(a)\n\(b)", to: "o.jsonl")
        let station = try station()
        for file in ["o.csv", "o.json", "o.jsonl"] {
            let said = try workplace.keruen("order", "submit", "--company", "C", "--file", file)
            #expect(said.status == 0 && said.table.count == 3, "\(said)")
        }
        let input = try String(contentsOfFile: workplace.directory + "/o.csv", encoding: .utf8)
        #expect(
            try workplace.keruen("order", "submit", "--company", "C", "--file", "-", input: input).status == 0
        )
        let orders = submitted(station)
        #expect(orders.count == 8)
        for pair in 0..<4 { #expect(Array(orders[2 * pair..<2 * pair + 2]) == Array(orders[..<2])) }
        #expect(orders[0].kinds == [.vtol, .truck] && orders[0].company == "C" && orders[1].company == "X")
    }

    @Test func everyMistakeIsToldWithItsLineAndNothingIsSent() throws {
        let station = try station()
        for (content, mistakes) in [
            ("key,from,to,kg\nA,ALA,SHY,x\nB,ALA,SHY,\n", ["f:2, column kg", "'x' is no number"]),
            (
                "key,from,to,kg\nA,ALA,SHY,1\nB,Alamty,SHY,1\nA,ALA,SHY,2\n\"C\nD\",ALA,SHY,3\n",
                ["f:3, column from", "did you mean Almaty", "f:4, column key", "line 2", "f:5, column key"]
            ),
            ("key,from,to,kg\nA,ALA,SHY\n", ["f:2", "3 fields where the header has 4"]),
            ("key,from,to,weight\nA,ALA,SHY,1\n", ["f:1, column weight"]), ("", ["is empty"]),
            ("[\n{\"key\":1}]", ["f:2, column key"]),
            ("[{},\n{\"kgs\":1}]", ["f:2, column kgs", "no such member"]),
            ("[{\"key\":\"A\"}", ["never closed"]), ("[1]", ["in braces"]),
            ("{\"key\":\"A\"", ["does not end"]),
            ("[{}] x", ["follows"]), ("[{} {}]", ["comma"]), ("[{}\n,]", ["f:2", "in braces"]),
            (String(repeating: "[", count: 100_000), ["in braces"]),
            ("{\"key\":" + String(repeating: "[", count: 70_000), ["does not end within"]),
            (
                "{\"key\":" + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000) + "}",
                ["f:1"]
            ),
            ("{\"key\":\"\\", ["does not end"]),
            ("[{\"pickup\":{},\"key\":\"A\"}]", ["f:1"]),
        ] as [(String, [String])] {
            try workplace.write(content, to: "f")
            let said = try workplace.keruen("order", "submit", "--company", "C", "--file", "f")
            #expect(said.status == 1, "\(content.prefix(80))")
            for mistake in mistakes {
                #expect(said.errors.contains(mistake), "\(content.prefix(80)): \(said.errors)")
            }
            #expect(said.output.isEmpty)
        }
        let many = "key,from,to,kg\n" + (1...50).map { "K\($0),ALA,SHY,no\n" }.joined()
        try workplace.write(many, to: "f")
        let said = try workplace.keruen("order", "submit", "--company", "C", "--file", "f", "--json")
        let problem = (said.json as? [String: [String: String]])?["problem"]
        #expect(problem?["what"]?.contains("only the first 20") == true && said.errors.isEmpty)
        #expect(try workplace.keruen("order", "submit", "--company", "C", "--file", "none").status == 1)
        #expect(submitted(station).isEmpty)
    }

    @Test func largeFilesGoInPartsTheStationTakes() throws {
        let rows = (1...450).map { "K\($0),ALA,SHY,\($0 == 7 ? 200 : 1)\n" }.joined()
        try workplace.write("key,from,to,kg\n" + rows, to: "f.csv")
        let station = try station()
        let said = try workplace.keruen("order", "submit", "--company", "C", "--file", "f.csv")
        #expect(said.status == 1 && said.table.count == 451)
        #expect(said.errors == "450 orders: 449 new, 0 submitted before, 1 refused\n")
        #expect(submitted(station).map(\.key) == (1...450).map { "K\($0)" })
        #expect(station.requests.count == 3)
        let again = try workplace.keruen("order", "submit", "--company", "C", "--file", "f.csv", "--json")
        #expect((again.json as? [[String: Any]])?.count == 450)
        #expect((again.json as? [[String: Any]])?.allSatisfy { $0["isRepeat"] as? Bool == true } == true)
    }

    @Test func waitingEndsWithTheDeliveryOrTheLimit() throws {
        let orders = Orders()
        let station = try station(orders)
        let arguments = [
            "order", "submit", "--company", "C", "--from", "ALA", "--to", "SHY", "--kg", "2", "--wait",
        ]
        let said = try workplace.end(try workplace.begin("keruen", arguments))
        #expect(said.status == 0 && said.output.contains("delivered by drone-7"), "\(said)")
        orders.looks.withLock { $0 = 1000 }
        let late = try workplace.end(
            try workplace.begin("keruen", arguments + ["--wait-limit", "0.5", "--json"]))
        #expect(late.status == 1 && (late.json as? [[String: Any]])?[0]["state"] as? String == "waiting")
        withExtendedLifetime(station) {}
    }

    @Test func dryRunsNeedNoStationAndGeneratedOrdersPass() throws {
        let day = try workplace.keruen("order", "generate", "--count", "40", "--date", "2026-06-01", "--json")
        #expect(day.status == 0)
        let checked = try workplace.keruen(
            "order", "submit", "--file", "-", "--dry-run", "--json", input: day.output)
        #expect(checked.status == 0 && (checked.json as? [[String: Any]])?.count == 40, "\(checked.errors)")
        let single = try workplace.keruen(
            "order", "submit", "--company", "C", "--from", "ALA", "--to", "SHY", "--kg", "1", "--by", "+1h",
            "--dry-run")
        #expect(single.status == 0 && single.output.contains("nothing was sent"))
    }
}
