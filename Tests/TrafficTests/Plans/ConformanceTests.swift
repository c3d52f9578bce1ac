import Testing

@testable import Traffic

@Suite struct ConformanceTests {
    @Test func limitsAreToldJustAboveThem() {
        var flight = Conformance()
        flight.record(isInside: true, seconds: 190)
        flight.record(isInside: false, seconds: 10)
        #expect(flight.breaches.isEmpty && flight.state(after: .activated) == .nonconforming)
        flight.record(isInside: false, seconds: 1)
        #expect(flight.breaches == [.share(1 - 11.0 / 201), .excursionSeconds(11)])
        flight.record(isInside: false, seconds: 50)
        #expect(flight.state(after: .nonconforming) == .contingent)
        flight.record(isInside: true, seconds: 4000)
        #expect(
            flight.state(after: .nonconforming) == .activated
                && flight.state(after: .contingent) == .contingent)
        for _ in 0..<30 {
            flight.record(isInside: false, seconds: 0.1)
            flight.record(isInside: true, seconds: 0.1)
        }
        #expect(flight.excursions == 31)
        #expect(flight.breaches.contains { if case .excursionsPerHour = $0 { true } else { false } })
    }
}
