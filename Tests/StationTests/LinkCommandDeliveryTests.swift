import Testing
import Wire

@testable import Station

@Suite struct LinkCommandDeliveryTests {
    private static func command(_ id: UInt64, _ kind: CommandKind = .resume) -> Downlink {
        var command = Command()
        command.commandID = id
        command.kind = Open(kind)
        return .command(command)
    }

    private static func part(_ number: UInt32) -> Downlink {
        var part = MissionPart()
        part.mission = MissionReference(number: 9, revision: 1)
        part.part = number
        part.parts = 3
        return .missionPart(part)
    }

    /// Milliseconds at which something was sent between `start` and `end`, looking every millisecond.
    private static func sendings(
        _ delivery: inout CommandDelivery, from start: Int64 = 0, to end: Int64
    ) -> [(at: Int64, message: Downlink)] {
        var sent: [(at: Int64, message: Downlink)] = []
        for millisecond in start...end {
            _ = delivery.advance(to: millisecond * 1_000_000) { message, _ in
                sent.append((millisecond, message))
            }
        }
        return sent
    }

    @Test func saidAgainAtDoublingIntervalsUntilTooLate() {
        var delivery = CommandDelivery()
        #expect(delivery.submit(Self.command(1), to: 5, at: 0, until: 10_000_000_000) == true)
        let times = Self.sendings(&delivery, to: 9_999).map(\.at)
        let gaps = zip(times.dropFirst(), times).map { $0 - $1 }
        #expect(times.first == 0 && gaps.count >= 6)
        for (gap, least) in zip(gaps, [200, 400, 800, 1600, 2000, 2000] as [Int64]) {
            #expect(gap >= least && gap <= least + least / 10 + 1)
        }
        let expired = delivery.advance(to: 10_000_000_000) { _, _ in Issue.record("sent after its end") }
        #expect(expired == [.init(vehicle: 5, message: Self.command(1))])
        #expect(delivery.count == 0)
    }

    @Test func onlyTheOneInFlightIsSentAndAnAcknowledgementLetsTheNextGo() {
        var delivery = CommandDelivery()
        for number in 0..<3 as Range<UInt32> {
            #expect(delivery.submit(Self.part(number), to: 5, at: 0, until: .max) == true)
        }
        #expect(delivery.submit(Self.part(0), to: 6, at: 0, until: .max) == true)
        #expect(Self.sendings(&delivery, to: 100).map(\.message) == [Self.part(0), Self.part(0)])
        let mission = MissionReference(number: 9, revision: 1, leg: 4)
        #expect(delivery.acknowledge(part: 0, of: mission, from: 7) == false)
        #expect(delivery.acknowledge(part: 0, of: mission, from: 5) == true)
        #expect(delivery.acknowledge(part: 0, of: mission, from: 5) == false)
        #expect(Self.sendings(&delivery, from: 101, to: 110).map(\.message) == [Self.part(1)])
        delivery.cancel(vehicle: 5)
        #expect(delivery.count == 1)
    }

    @Test func safetyWaitsForNothingAndReplacesItself() {
        var delivery = CommandDelivery()
        #expect(delivery.submit(Self.command(1), to: 5, at: 0, until: .max) == true)
        #expect(delivery.submit(Self.command(2, .hold), to: 5, at: 0, until: .max) == true)
        #expect(delivery.submit(Self.command(3, .returnHome), to: 5, at: 0, until: .max) == true)
        #expect(
            Self.sendings(&delivery, to: 1).map(\.message) == [Self.command(3, .returnHome), Self.command(1)])
        #expect(delivery.acknowledge(command: 3, from: 5) == true)
        #expect(delivery.acknowledge(command: 2, from: 5) == false)
    }

    /// Said again after what was to follow it, it would be flown instead of that.
    @Test func aManoeuvreIsTakenBackByTheNextOrder() {
        for next in [.manoeuvre, .resume, .altitude, .goTo, .hold, .returnHome, .land, .abort]
            as [CommandKind]
        {
            var delivery = CommandDelivery()
            #expect(delivery.submit(Self.command(1, .speedLimit), to: 5, at: 0, until: .max) == true)
            #expect(delivery.submit(Self.command(2, .manoeuvre), to: 5, at: 0, until: .max) == true)
            #expect(delivery.submit(Self.command(3, .manoeuvre), to: 6, at: 0, until: .max) == true)
            #expect(delivery.submit(Self.command(4, next), to: 5, at: 0, until: .max) == true)
            #expect(delivery.count == 3, "\(next)")
            #expect(delivery.acknowledge(command: 2, from: 5) == false)
            #expect(delivery.acknowledge(command: 1, from: 5) == true)
            #expect(
                Self.sendings(&delivery, to: 1).map(\.message) == [
                    Self.command(4, next), Self.command(3, .manoeuvre),
                ])
        }
        var delivery = CommandDelivery()
        #expect(delivery.submit(Self.command(1, .manoeuvre), to: 5, at: 0, until: .max) == true)
        #expect(delivery.submit(Self.command(2, .speedLimit), to: 5, at: 0, until: .max) == true)
        #expect(delivery.count == 2)
    }

    @Test func whatWaitsIsBoundedAndOtherMessagesAreNotTaken() {
        var delivery = CommandDelivery()
        for id in 1...64 as ClosedRange<UInt64> {
            #expect(delivery.submit(Self.command(id), to: 5, at: 0, until: .max) == true)
        }
        #expect(delivery.submit(Self.command(65), to: 5, at: 0, until: .max) == false)
        #expect(delivery.submit(.goodbye(Open(.shutdown)), to: 5, at: 0, until: .max) == false)
    }
}
