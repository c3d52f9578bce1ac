import Airspace
import Testing

@Suite struct EncounterTests {
    /// The long run is `keruen-sim encounters`; what must hold, here for fewer.
    @Test func avoidanceKeepsTheRatios() throws {
        let study = EncounterStudy(count: 150, seed: 3)
        #expect(study.encounters == 150)
        #expect(study.lossesWithout > 40)
        #expect(try #require(study.lossRatio.value) <= 0.40)
        #expect(study.collisionsWith <= study.collisionsWithout)
        #expect(study.avoidingSeconds > 0)
    }

    @Test func sameSeedSameCounts() {
        let (a, b) = (EncounterStudy(count: 20, seed: 8), EncounterStudy(count: 20, seed: 8))
        #expect(a.lossRatio == b.lossRatio && a.avoidingSeconds == b.avoidingSeconds)
    }

    @Test func nothingToDivideByIsNoRatio() {
        #expect(EncounterStudy(count: 0, seed: 1).collisionRatio.value == nil)
    }
}
