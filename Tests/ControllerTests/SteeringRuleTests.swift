import Testing

@testable import Controller
@testable import Traffic

/// When an advisory becomes a command: the controller and `keruen bench traffic` ask the same rule.
@Suite struct SteeringRuleTests {
    private let rule = SteeringRule(ControllerConfiguration())
    private let level = Manoeuvre(vx: 10, vy: 0, climbRate: 2, levelMeters: 400)

    private func answer(
        _ reason: AdvisoryReason, _ new: Manoeuvre, told: Manoeuvre?, toldAgo: Double = 3,
        deviatesFor: Double = 3, isNew: Bool = true, isGuided: Bool = false
    ) -> SteeringRule.Answer {
        rule.answer(
            FlightAdvisory(reason: reason, isNew: isNew, manoeuvre: new, against: 1, timeSeconds: 5),
            told: told, toldAgo: toldAgo, deviatesFor: deviatesFor, isGuided: isGuided)
    }

    @Test func whatChangesIsToldAndNothingElse() {
        for reason in [AdvisoryReason.holding, .resolving, .leastBad, .contingency] {
            #expect(answer(reason, level, told: nil) == .tell)
            #expect(answer(reason, level, told: nil, isNew: false) == .nothing)
            #expect(answer(reason, level, told: level) == .nothing)
        }
        // Half a metre a second, a metre of height, half a metre a second of climb.
        for (vx, climb, height, isTold) in [
            (10.4, 2.0, 400.0, false), (10.6, 2, 400, true), (10, 2.4, 400, false), (10, 2.6, 400, true),
            (10, 2, 400.9, false), (10, 2, 401.1, true),
        ] {
            let new = Manoeuvre(vx: vx, vy: 0, climbRate: climb, levelMeters: height)
            #expect(answer(.resolving, new, told: level) == (isTold ? .tell : .nothing), "\(new)")
            #expect(answer(.resolving, new, told: level, toldAgo: 0.4) == .nothing, "not at once")
        }
        // Before the last one runs out, after 15 of 30 s.
        #expect(answer(.resolving, level, told: level, toldAgo: 14.9) == .nothing)
        #expect(answer(.resolving, level, told: level, toldAgo: 15.1) == .tell)
        #expect(answer(.uncontrolled, level, told: nil) == .nothing)
        #expect(answer(.refused, level, told: level) == .nothing)
    }

    @Test func itGoesBackAfterAWhile() {
        #expect(answer(.clear, level, told: nil) == .nothing)
        #expect(answer(.clear, level, told: level, deviatesFor: 7.9) == .nothing)
        #expect(answer(.clear, level, told: level, deviatesFor: 8.1) == .resume)
        // Around an aircraft it is guided: nobody resumes.
        #expect(answer(.clear, level, told: level, deviatesFor: 60, isGuided: true) == .nothing)
        #expect(answer(.clear, level, told: nil, isGuided: true) == .tell)
    }
}
