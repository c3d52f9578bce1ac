import Traffic
import World

// Strategic separation: no flight starts whose way in space and time is not clear of those accepted before it. One that
// is not leaves later, flies higher, or beside its straight way.

extension Controller {
    /// How far the lanes beside the straight way are from each other, metres.
    private var laneMeters: Double { 4 * intentTolerance.radiusMeters }

    /// Makes a plan that is clear of the others. `make` plans it so many layers above the usual one and so many metres
    /// to the left of the straight way.
    func clear(
        _ v: Int, _ make: (_ raised: Int, _ leftMeters: Double) -> PlanResult
    ) -> PlanResult {
        let usual = make(0, 0)
        guard configuration.checksDepartures, case .plan(let plan) = usual else { return usual }
        let c = configuration
        var options = StrategicOptions(
            delaySecondsMax: c.departureDelaySeconds.clamped(to: 0...86_400),
            layers: [c.layerSpacingMeters, 2 * c.layerSpacingMeters], offsets: [laneMeters, -laneMeters],
            // What it takes longer; the way aside also for what an operator has to follow.
            secondsPerLayerMeter: 1 / max(c.climbMetersPerSecond, 0.1)
                + 1 / max(c.descentMetersPerSecond, 0.1),
            secondsPerOffsetMeter: 0.2)
        options.delayGridSeconds = 1
        options.looksMax = 60
        var layout = IntentLayout()
        // Variants made, by layer and offset: nine at most.
        var made: [(up: Double, left: Double, plan: Plan)] = [(0, 0, plan)]
        do {
            let intent = try intent(v, plan, &layout)
            let decision = try intents.index.decide(intent, options: options) { up, left in
                let raised = Int((up / max(c.layerSpacingMeters, 0.001)).rounded())
                guard case .plan(let other) = make(raised, left),
                    let its = try? self.intent(v, other, &layout)
                else { return nil }
                made.append((up, left, other))
                let known =
                    options.secondsPerLayerMeter * up.magnitude + options.secondsPerOffsetMeter
                    * left.magnitude
                return (its, max(other.deliveredAt.seconds(since: plan.deliveredAt) - known, 0))
            }
            return worded(v, decision, made)
        } catch {
            return .no("its way is no operational intent: \(error)")
        }
    }

    /// What was decided, as a plan with the reason.
    private func worded(
        _ v: Int, _ decision: StrategicDecision, _ made: [(up: Double, left: Double, plan: Plan)]
    ) -> PlanResult {
        let other = decision.blocking.first.map { name(FlightIntents.vehicle($0.otherID)) } ?? "others"
        var (up, left, delay) = (0.0, 0.0, 0.0)
        switch decision.outcome {
        case .accepted: break
        case .delayed(let seconds): delay = seconds
        case .layerChanged(let meters, let seconds): (up, delay) = (meters, seconds)
        case .rerouted(let aside, let meters, let seconds): (left, up, delay) = (aside, meters, seconds)
        case .refused(let requirement):
            return .later(
                "the way is not clear of \(other) within \(duration(configuration.departureDelaySeconds)) "
                    + "(\(requirement))")
        }
        guard var plan = made.first(where: { $0.up == up && $0.left == left })?.plan else {
            return .no("the way is not clear of \(other)")
        }
        var changes: [String] = []
        if delay > 0 {
            plan.steps.insert(
                MissionStep(
                    .wait, tracks[v].report.position, durationMilliseconds: UInt32((delay * 1000).rounded())),
                at: 0)
            plan.deliveredAt = plan.deliveredAt.advanced(bySeconds: delay)
            changes.append("leaves \(duration(delay)) later")
        }
        if up != 0 { changes.append("flies \(distance(up)) higher") }
        if left != 0 {
            changes.append(
                "flies \(distance(left.magnitude)) \(left > 0 ? "left" : "right") of the straight way")
        }
        if !changes.isEmpty {
            plan.reason += "; \(changes.joined(separator: " and ")) to stay clear of \(other)"
        }
        return .plan(plan)
    }
}
