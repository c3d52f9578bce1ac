import Airspace

/// What avoidance makes of encounters with crewed aircraft; the long run is `keruen-sim encounters`.
func encountersBench() -> [BenchRow] {
    let study = EncounterStudy(count: 5000, seed: 1)
    func row(_ name: String, _ ratio: EncounterStudy.Ratio, _ must: Double, _ goal: Double, _ counts: String)
        -> BenchRow
    {
        .atMost(
            ratio.value ?? .infinity, must: must, goal: goal, unit: "", name,
            reference: counts + " of 5,000 encounters, seed 1; 95 %: \(BenchRow.figure(ratio.low)) to "
                + BenchRow.figure(ratio.high ?? .infinity)
                + "; surveillance to 15 km, 15 m, 1.5 m/s, 1 s late")
    }
    return [
        row(
            "crewed encounters: NMAC risk ratio", study.collisionRatio, 0.18, 0.05,
            "\(study.collisionsWithout) without avoidance, \(study.collisionsWith) with "
                + "(\(study.inducedCollisions) induced)"),
        row(
            "crewed encounters: loss of well clear ratio", study.lossRatio, 0.40, 0.15,
            "\(study.lossesWithout) without avoidance, \(study.lossesWith) with (\(study.inducedLosses) induced)"
        ),
    ]
}
