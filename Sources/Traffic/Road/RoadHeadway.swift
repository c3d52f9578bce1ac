/// The longitudinal safe distance of Shalev-Shwartz, Shammah and Shashua, "On a Formal Model of Safe and Scalable
/// Self-driving Cars" (RSS), arXiv:1708.06374, 2017, definition 1, for a truck that is told a speed it may not
/// exceed: during the reaction time it then drives at most at that speed, so that the term for accelerating in it
/// falls away.
public enum RoadHeadway {
    /// Least gap in metres, front to rear: v t + v^2 / (2 b) - w^2 / (2 c) + margin, not below the margin. `ownBraking`
    /// b is what the follower has for certain, `leadBraking` c what the leader cannot exceed. With b <= c the gap never
    /// gets smaller than the margin before both stand: the follower is then never slower than the leader at the moment
    /// of least gap.
    public static func safeGap(
        speed v: Double, leadSpeed w: Double, reactionSeconds: Double, ownBraking: Double,
        leadBraking: Double, marginMeters: Double
    ) -> Double {
        let c = leadBraking > ownBraking ? leadBraking : ownBraking
        let gap = v * reactionSeconds + v * v / (2 * ownBraking) - w * w / (2 * c)
        return (gap > 0 ? gap : 0) + marginMeters
    }

    /// Greatest speed from which a truck stops within `meters`: the positive root of v t + v^2 / (2 b) = meters.
    public static func speed(stoppingWithin meters: Double, reactionSeconds: Double, braking: Double)
        -> Double
    {
        guard meters > 0 else { return 0 }
        let bt = braking * reactionSeconds
        return (bt * bt + 2 * braking * meters).squareRoot() - bt
    }
}
