import Testing

@testable import Station

@Suite struct RateMeterTests {
    @Test func theRateIsThatOfTheLastSeconds() {
        let second: Int64 = 1_000_000_000
        var meter = RateMeter(at: 5 * second)
        #expect(meter.perSecond == 0)
        var total: UInt64 = 0
        for tenth in 1...200 {
            total += tenth <= 100 ? 10 : 50
            meter.note(total, at: 5 * second + Int64(tenth) * second / 10)
            if tenth == 100 { #expect(meter.perSecond == 100) }
        }
        #expect(meter.perSecond == 500, "what was more than five seconds ago is forgotten")
        #expect(meter.uptimeSeconds == 20)
    }
}
