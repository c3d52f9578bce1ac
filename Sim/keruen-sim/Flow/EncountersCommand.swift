import Airspace
import ArgumentParser

/// Flies many encounters of a drone with a crewed aircraft, and counts.
struct EncountersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encounters",
        abstract: "Monte Carlo of encounters with crewed aircraft: with and without avoidance.",
        discussion: """
            Each encounter is drawn from its number and the seed, and flown twice. Counted: near mid-air \
            collisions (500 ft, 100 ft) and losses of well clear (2000 ft, 250 ft, ASTM F3442); the ratios are \
            with avoidance over without, with their 95 % intervals.

            Drawn: half multirotors (15 m/s, 3 m/s2), half drones on the wing (25 m/s, 0.2 rad/s), at 60 to 120 m \
            above ground, usable 20 to 180 m; crewed aircraft at 30 to 110 m/s on any course, passing within \
            1,000 m and 150 m of the drone's path after 90 to 150 s; 40 % climb or descend (1 to 5 m/s), 40 % turn \
            once (1 to 3 deg/s for 5 to 20 s), 20 % change their climb. The crewed aircraft never avoids.

            Surveillance: one report a second, 1 s late, one in ten lost, to 15 km (--range); standard deviations 15 m, 10 m \
            in altitude, 1.5 m/s, 0.8 m/s vertically. The drone reacts 0.5 s after a decision.

            Exit codes: 0 done, 64 wrong usage.

            Examples:
              keruen-sim encounters
              keruen-sim encounters --count 20000 --seed 7 --json
              keruen-sim encounters --range 3000
              keruen-sim encounters --avoidance both
            """)

    @Option(help: "Encounters to fly, 1 to 1,000,000.")
    var count = 5000

    @Option(help: "Seed of all draws.")
    var seed: UInt64 = 1

    @Option(help: "Metres that surveillance sees, 100 to 100,000.")
    var range = EncounterModel.rangeMeters

    @Option(
        help: "What gives way: the avoider, the resolver alone, or both as the station flies.",
        completion: .list(EncounterAvoidance.allCases.map(\.rawValue)))
    var avoidance = EncounterAvoidance.avoider

    @Option(help: "Seconds that the resolver looks ahead, where it has a part: 1 to 120.")
    var horizon = 40.0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1_000_000).contains(count) else {
            throw ValidationError("--count \(count): give 1 to 1,000,000")
        }
        guard (100...100_000).contains(range) else {
            throw ValidationError("--range \(range): give 100 to 100,000")
        }
        guard (1...120).contains(horizon) else {
            throw ValidationError("--horizon \(horizon): give 1 to 120")
        }
    }

    func run() {
        let study = EncounterStudy(
            count: count, seed: seed, rangeMeters: range, avoidance: avoidance, horizonSeconds: horizon)
        let (collisions, losses) = (study.collisionRatio, study.lossRatio)
        let avoiding = study.avoidingSeconds / Double(study.encounters)
        if json {
            print(
                """
                {"encounters":\(study.encounters),"seed":\(seed),"avoidance":"\(avoidance.rawValue)","range_m":\(range),\
                "nmac_without":\(study.collisionsWithout),"nmac_with":\(study.collisionsWith),\
                "nmac_induced":\(study.inducedCollisions),\(Self.fields("nmac_risk_ratio", collisions)),\
                "lowc_without":\(study.lossesWithout),"lowc_with":\(study.lossesWith),\
                "lowc_induced":\(study.inducedLosses),\(Self.fields("loss_of_well_clear_ratio", losses)),\
                "mean_avoiding_seconds":\(avoiding)}
                """)
        } else {
            print("encounters \(study.encounters), seed \(seed), surveillance to \(Self.rounded(range)) m")
            print(
                "near mid-air collisions: \(study.collisionsWithout) without, \(study.collisionsWith) with "
                    + "(\(study.inducedCollisions) induced); NMAC risk ratio \(Self.text(collisions))")
            print(
                "losses of well clear: \(study.lossesWithout) without, \(study.lossesWith) with "
                    + "(\(study.inducedLosses) induced); loss of well clear ratio \(Self.text(losses))")
            print("seconds under avoidance, mean: \(Self.rounded(avoiding))")
        }
    }

    private static func rounded(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }

    private static func text(_ ratio: EncounterStudy.Ratio) -> String {
        guard let value = ratio.value, let high = ratio.high else {
            return "undefined: nothing without avoidance"
        }
        return "\(rounded(value)) (95 %: \(rounded(ratio.low)) to \(rounded(high)))"
    }

    private static func fields(_ name: String, _ ratio: EncounterStudy.Ratio) -> String {
        guard let value = ratio.value, let high = ratio.high else { return "\"\(name)\":null" }
        return "\"\(name)\":\(value),\"\(name)_low\":\(ratio.low),\"\(name)_high\":\(high)"
    }
}

extension EncounterAvoidance: ExpressibleByArgument {}
