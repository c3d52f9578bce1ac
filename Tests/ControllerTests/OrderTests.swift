import Controller
import Testing
import World

@Suite struct OrderTests {
    @Test func aDroneDeliversOnce() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        let answerAnswer = h.submit(Harness.request("k1", at: h.now))
        let answer = try #require(answerAnswer)
        #expect(answer.accepted)
        h.run(900)
        let order = try #require(h.controller.orders.first)
        #expect(order.state == .delivered)
        #expect(order.pickedUpAt != nil)
        #expect(h.controller.missions.first?.state == .completed)
        let deliveries = h.events.filter {
            if case .orderChanged(_, .delivered, _, _, _) = $0 { true } else { false }
        }
        #expect(deliveries.count == 1)
    }

    @Test func submittingTwiceIsHarmless() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        let firstAnswer = h.submit(Harness.request("k"))
        let first = try #require(firstAnswer)
        let events = h.events.count
        let secondAnswer = h.submit(Harness.request("k"))
        let second = try #require(secondAnswer)
        #expect(second.accepted && second.order == first.order)
        #expect(h.events.count == events)
        let otherAnswer = h.submit(Harness.request("k", grams: 100))
        let other = try #require(otherAnswer)
        #expect(!other.accepted && other.reason.contains("other content"))
        #expect(h.controller.orders.count == 1)
    }

    @Test func refusalsSayWhatWouldPass() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        let farAnswer = h.submit(Harness.request("far", to: (2000, 41_000)))
        let far = try #require(farAnswer)
        #expect(!far.accepted)
        #expect(far.reason.contains("41 km") && far.reason.contains("27 km"), "\(far.reason)")
        h.add(Harness.profile(2, .truck), at: Harness.place(0, 0))
        let heavyAnswer = h.submit(Harness.request("heavy", grams: 26_000_000))
        let heavy = try #require(heavyAnswer)
        #expect(
            heavy.reason == "no vehicle can carry 26,000 kg; the largest here takes 20,000 kg",
            "\(heavy.reason)")
        #expect(h.controller.orders.allSatisfy { $0.state == .refused && $0.closedAt != nil })
        var nonsense = Harness.request("bad")
        nonsense.pickup.coordinate.latitudeE7 = .max
        let refused = h.submit(nonsense)
        #expect(refused?.accepted == false)
        #expect(h.controller.orders.count == 2)
    }

    @Test func cancelBeforePickupOnly() throws {
        var h = Harness()
        h.add(Harness.profile(1), at: Harness.place(0, 0))
        h.run(5)
        h.submit(Harness.request("a", at: h.now))
        h.run(20)
        #expect(h.controller.orders[0].state == .assigned)
        h.give(.orderCancelled(OrderID(1), by: "Aigul", at: h.now))
        #expect(h.controller.orders[0].state == .cancelled)
        h.run(60)
        #expect(h.controller.missions[0].state == .aborted)
        h.submit(Harness.request("b", at: h.now))
        var guardSeconds = 0
        while h.controller.orders[1].state != .carried, guardSeconds < 900 {
            h.second()
            guardSeconds += 1
        }
        let effects = h.give(.orderCancelled(OrderID(2), by: "Aigul", at: h.now))
        #expect(h.controller.orders[1].state == .carried)
        guard case .answer(let answer) = effects.last else {
            Issue.record("no answer")
            return
        }
        #expect(!answer.accepted && answer.reason.contains("only before pickup"))
    }
}
