import Controller
import Foundation
import Testing
import World

@testable import Station

/// What operators' programs rely on: the names in `Golden/control-v1.jsonl` never change.
@Suite struct ControlJSONTests {
    @Test func requestsAndAnswersAreWrittenAndReadAsEver() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "Golden/control-v1.jsonl")
        let golden = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map(String.init)
        let requests = ControlSamples.requests
        #expect(golden.count == requests.count + ControlSamples.responses.count)
        for (request, line) in zip(requests, golden) {
            #expect(String(decoding: try ControlSocket.encode(request), as: UTF8.self) == line)
            #expect(try JSONDecoder().decode(ControlRequest.self, from: Data(line.utf8)) == request)
        }
        for (response, line) in zip(ControlSamples.responses, golden.dropFirst(requests.count)) {
            #expect(String(decoding: try ControlSocket.encode(response), as: UTF8.self) == line)
            #expect(try JSONDecoder().decode(ControlResponse.self, from: Data(line.utf8)) == response)
        }
    }

    @Test func whatIsWrongInARequestIsNamed() {
        for (text, expected) in [
            ("{}", "a request has one member"), ("{\"fly\":{}}", "no such request"),
            ("{\"orders\":{\"compny\":\"CR01\"}}", "no such member"),
            ("{\"orders\":{\"state\":\"flying\"}}", "none of waiting, assigned"),
            ("{\"orders\":{\"limit\":0}}", "not 1 to 1000"), ("{\"orders\":{\"after\":-1}}", ""),
            ("{\"orders\":{\"limit\":1001}}", "not 1 to 1000"),
            ("{\"vehicles\":{\"mode\":\"asleep\"}}", "none of unspecified, parked"),
            ("{\"vehicle\":{\"selector\":\"\"}}", "0 bytes"),
            ("{\"vehicle\":{\"selector\":\"\(String(repeating: "x", count: 65))\"}}", "65 bytes"),
            ("{\"cancelOrder\":{\"id\":1}}", ""), ("{\"surveillance\":{}}", ""),
            ("{\"surveillance\":{\"contacts\":[{\"adress\":\"1\"}]}}", "known are address"),
            ("{\"surveillance\":{\"contacts\":[{\"address\":\"1\"}]}}", ""),
            ("{\"operatorAction\":{\"action\":\"explode\",\"vehicle\":1,\"by\":\"a\"}}", "none of hold"),
        ] {
            do {
                let request = try JSONDecoder().decode(ControlRequest.self, from: Data(text.utf8))
                Issue.record("\(text) was read as \(request)")
            } catch {
                let problem = ControlSocket.problem(error)
                #expect(
                    problem.code == .invalid && (expected.isEmpty || problem.what.contains(expected)),
                    "\(text): \(problem)")
            }
        }
    }

    @Test func listsComeInBoundedPartsThatJoin() {
        let orders = (1...25).map { number in
            ControlSamples.order(UInt64(number), state: number % 5 == 0 ? .delivered : .waiting)
        }
        var filter = OrderFilter(state: .waiting, page: Page(limit: 7))
        var seen: [UInt64] = []
        var parts = 0
        while true {
            let part = filter.cut(orders, at: Instant(nanoseconds: 0))
            #expect(part.orders.count <= 7)
            seen += part.orders.map(\.id)
            parts += 1
            guard let next = part.next else { break }
            filter.page.after = next
        }
        #expect(parts == 3 && seen == (1...25).filter { $0 % 5 != 0 })
        #expect(OrderFilter(company: "nobody").cut(orders, at: Instant(nanoseconds: 0)).orders.isEmpty)
    }

    @Test func lateOrdersAndReasonsAreCounted() {
        var orders = (1...6).map { ControlSamples.order(UInt64($0), state: .waiting) }
        orders[0].state = .refused
        orders[0].reason = "no vehicle can carry 26,000 kg; the largest here takes 1.2 kg"
        orders[1].state = .refused
        orders[1].reason = "no vehicle can carry 3.5 kg; the largest here takes 1.2 kg"
        orders[2].state = .delivered
        orders[2].closedAt = orders[2].request.deliverBy?.advanced(bySeconds: 1)
        orders[3].state = .cancelled
        let due = orders[4].request.deliverBy ?? Instant(nanoseconds: 0)
        let counts = OrderCounts(orders, refusals: [], at: due)
        #expect(counts.refusedByReason == ["no vehicle can carry N kg": 2])
        #expect(counts.late == 1 && counts.total == 6)
        #expect(counts.byState == ["waiting": 2, "refused": 2, "delivered": 1, "cancelled": 1])
        #expect(OrderCounts(orders, refusals: [], at: due.advanced(bySeconds: 1)).late == 3)
        for n in 1...40 {
            var order = ControlSamples.order(UInt64(100 + n), state: .refused)
            order.reason = "reason " + String(repeating: "x", count: n)
            orders.append(order)
        }
        let many = OrderCounts(orders, refusals: [], at: due).refusedByReason
        #expect(many.count == 21 && many["other"] == 21 && many.values.reduce(0, +) == 42)
    }
}
