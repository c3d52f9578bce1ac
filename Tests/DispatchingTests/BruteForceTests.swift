import DispatchingSamples
import Testing

/// The search against every plan there is; thousands are tried by `bruteforce`.
@Suite struct BruteForceTests {
    @Test(arguments: Feature.allCases) func noPlanIsBetter(feature: Feature) throws {
        for number in 0..<5 {
            let tiny = try TinyProblem(feature, number)
            #expect(tiny.isBest, "\(feature) \(number): found \(tiny.found), best \(tiny.best)")
        }
    }
}
