import Testing
import Wire
import World

@testable import Station

@Suite struct DurableGateTests {
    private func ack(_ number: UInt64) -> DurableGate.Held {
        var ack = ProgressAck()
        ack.mission = MissionReference(packed: number)
        return .progressAck(ack, vehicle: 1)
    }

    /// Simulated time waits for the oldest of what vehicles have not been told.
    @Test func tellsSinceWhenTheOldestWaits() {
        var gate = DurableGate()
        #expect(gate.heldSince == nil)
        for k in 0..<3000 as Range<UInt64> {
            gate.hold(ack(k), after: k / 2, at: Instant(nanoseconds: Int64(k) * 10))
        }
        var released: UInt64 = 0
        for durable in 0..<1500 as Range<UInt64> {
            #expect(gate.heldSince == Int64(released) * 10)
            while let held = gate.next(durable: durable) {
                guard case .progressAck(let ack, _) = held else {
                    Issue.record("something else")
                    return
                }
                #expect(ack.mission.packed == released)
                released += 1
            }
        }
        #expect(released == 3000 && gate.heldSince == nil && gate.count == 0)
    }
}
