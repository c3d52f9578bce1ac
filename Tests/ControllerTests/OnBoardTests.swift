import Testing

@testable import Controller
@testable import World

@Suite struct OnBoardTests {
    /// Silent for long, a drone had picked up an order that went to others, and got another before it could say so.
    @Test func twoOrdersOnBoardAreBothDelivered() {
        var state = DurableState()
        let at = Harness.epoch
        state.apply(.vehicleEnrolled(Harness.profile(1), at: at))
        for n in 1...2 {
            state.apply(
                .orderAccepted(
                    Order(
                        id: OrderID(UInt64(n)), request: Harness.request("k\(n)"), submittedAt: at,
                        state: .waiting, reason: "")))
            state.apply(
                .missionAccepted(
                    Mission(
                        id: MissionID(UInt64(n)), revision: 1, vehicle: VehicleID(1),
                        order: OrderID(UInt64(n)), steps: [], createdAt: at, expectedEnd: at, reason: "")))
        }
        func set(_ n: UInt64, _ new: OrderState) {
            state.apply(.orderChanged(OrderID(n), new, mission: MissionID(n), reason: "", at: at))
        }
        set(2, .carried)
        set(1, .carried)
        #expect(state.orderOnBoard == [OrderID(1)])
        #expect(DurableState(state.snapshot).orderOnBoard == state.orderOnBoard)
        set(2, .delivered)
        #expect(state.orderOnBoard == [OrderID(1)])
        set(1, .delivered)
        #expect(state.orderOnBoard == [nil])
    }

    @Test func theNextOnBoardCountsWhenOneIsDelivered() {
        var state = DurableState()
        let at = Harness.epoch
        state.apply(.vehicleEnrolled(Harness.profile(1), at: at))
        for n in 1...3 as ClosedRange<UInt64> {
            state.apply(
                .orderAccepted(
                    Order(
                        id: OrderID(n), request: Harness.request("k\(n)"), submittedAt: at, state: .waiting,
                        reason: "")))
            state.apply(
                .missionAccepted(
                    Mission(
                        id: MissionID(n), revision: 1, vehicle: VehicleID(1), order: OrderID(n), steps: [],
                        createdAt: at, expectedEnd: at, reason: "")))
            state.apply(.orderChanged(OrderID(n), .carried, mission: MissionID(n), reason: "", at: at))
        }
        for n in 1...3 as ClosedRange<UInt64> {
            #expect(state.orderOnBoard == [OrderID(n)])
            state.apply(.orderChanged(OrderID(n), .delivered, mission: MissionID(n), reason: "", at: at))
        }
        #expect(state.orderOnBoard == [nil])
    }
}
