import ArgumentParser
import Controller
import Foundation
import Station
import World

/// Looks at submitted orders until nothing happens to them any more.
struct OrderWait {
    var limitSeconds: Double?
    var isQuiet: Bool
    /// A station that is being restarted is waited for so long.
    private static let absenceSeconds = 60.0

    /// The answers with what became of the orders. Ends early, without an error, when the time is over.
    func follow(_ answers: [SubmittedOrder], _ conversation: Conversation) throws -> [SubmittedOrder] {
        var answers = answers
        var open: [UInt64: Int] = [:]
        for (index, answer) in answers.enumerated() {
            if let id = answer.id, answer.state?.isClosed == false { open[id] = index }
        }
        let clock = ContinuousClock()
        let start = clock.now
        var heard = start
        while let first = open.keys.min(), let last = open.keys.max() {
            if let limitSeconds, clock.now - start > .seconds(limitSeconds) {
                if !isQuiet {
                    printError("\(open.count) orders are still open after \(wording(seconds: limitSeconds))")
                }
                return answers
            }
            do {
                for order in try look(first, last, open, conversation) where order.state.isClosed {
                    guard let index = open.removeValue(forKey: order.id) else { continue }
                    answers[index].state = order.state
                    answers[index].reason = order.reason
                    if !isQuiet { print(Terminal.clean("order \(order.id) (\(order.key)): \(order.reason)")) }
                }
                fflush(nil)
                heard = clock.now
            } catch let problem as ControlProblem where problem.exitCode.rawValue == 2 {
                if clock.now - heard > .seconds(Self.absenceSeconds) { throw problem }
            }
            if !open.isEmpty { usleep(300_000) }
        }
        return answers
    }

    private func look(
        _ first: UInt64, _ last: UInt64, _ open: [UInt64: Int], _ conversation: Conversation
    ) throws -> [OrderStatus] {
        if open.count <= 8 {
            return try open.keys.sorted().map { try conversation.order(.order(id: OrderID($0))) }
        }
        let filter = OrderFilter(page: Page(after: first - 1))
        return try conversation.orders(filter, limit: Int(clamping: last - first + 1))
            .orders
    }
}
