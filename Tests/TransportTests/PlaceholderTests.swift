import Testing

@Test func suiteRuns() { #expect(Bool(true)) }
