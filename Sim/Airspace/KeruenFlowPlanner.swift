import CLinux
import Traffic

/// Our own planner in the dense flow: a track filter for each drone, prediction to now by the commands it was given,
/// and the resolver.
public struct KeruenFlowPlanner: FlowPlanner {
    public private(set) var manoeuvreChanges = 0
    public private(set) var planningNanoseconds: Int64 = 0
    private var filters: [TrackFilter] = []
    private var bodies: [ResolutionBody] = []
    private var advisories: [Advisory]
    private var isDeviating: [Bool]
    /// Commands of tick `t` stand at `t mod sent.count`.
    private var sent: [[FlowVelocity]]
    private let resolver: Resolver?
    private let acceleration: Double
    private var totals = ResolutionCounts()

    public init(_ world: FlowWorld, rules: FlowRules) {
        let n = world.count
        acceleration = rules.accelerationMetersPerSecond2
        let drone = ResolutionClass(
            acceleration: acceleration, maximumSpeed: FlowRules.fastestMetersPerSecond,
            maximumClimb: FlowRules.fastestClimbMetersPerSecond,
            maximumDescent: FlowRules.fastestClimbMetersPerSecond,
            separationMeters: FlowRules.separationMeters,
            separationHeightMeters: FlowRules.separationMeters)
        resolver = Resolver(classes: [drone])
        let still = Manoeuvre(vx: 0, vy: 0, climbRate: 0, levelMeters: 0)
        advisories = Array(
            repeating: Advisory(id: 0, reason: .clear, manoeuvre: still, against: 0, timeSeconds: 0), count: n
        )
        isDeviating = Array(repeating: false, count: n)
        sent = Array(
            repeating: Array(repeating: FlowVelocity(x: 0, y: 0, z: 0), count: n),
            count: rules.latencyTicks + 1)
    }

    public var counts: [String: Int] {
        [
            "conflicts": totals.conflicts, "unresolved": totals.unresolved, "solved": totals.solved,
            "least_bad": totals.leastBad, "contingencies": totals.contingencies,
            "broken_contingencies": totals.brokenContingencies, "deferred_bodies": totals.deferredBodies,
            "examined": totals.examinedPairs, "screened": totals.screenedPairs,
        ]
    }

    public mutating func plan(_ seen: FlowSight, into commands: UnsafeMutableBufferPointer<FlowVelocity>) {
        let sigma = seen.rules.noiseMeters
        for i in 0..<seen.states.count {
            let s = seen.states[i]
            let measured = Motion(x: s.x, y: s.y, z: s.z, vx: s.vx, vy: s.vy, vz: s.vz)
            if seen.tick == 0 {
                filters.append(TrackFilter(measured, sigma: sigma))
            } else {
                // While the first states age, the same moment is seen again.
                let passed = seen.ageTicks < seen.rules.latencyTicks || seen.tick == seen.ageTicks ? 0 : 1.0
                filters[i].take(
                    measured, after: passed * FlowRules.tickSeconds, sigma: sigma, drift: Self.driftVariance)
            }
            let now = predict(filters[i].motion, i, seen)
            let wanted = Manoeuvre(
                vx: seen.world.wantedX[i], vy: seen.world.wantedY[i], climbRate: 2,
                levelMeters: seen.world.z[i])
            if seen.tick == 0 {
                bodies.append(ResolutionBody(id: UInt32(i) + 1, motion: now, wanted: wanted, current: wanted))
            } else {
                bodies[i].motion = now
                bodies[i].current = advisories[i].manoeuvre
            }
            bodies[i].inflationMeters = 0.5 * filters[i].sigma
        }
        let began = keruen_thread_cpu_ns()
        let counts = bodies.withUnsafeBufferPointer { bodies in
            advisories.withUnsafeMutableBufferPointer {
                resolver?.resolve(
                    bodies, tick: UInt64(seen.tick), airspace: OpenAirspace(), into: $0) ?? ResolutionCounts()
            }
        }
        planningNanoseconds += keruen_thread_cpu_ns() - began
        add(counts)
        for i in 0..<bodies.count {
            let manoeuvre = advisories[i].manoeuvre
            commands[i] = FlowVelocity(
                x: manoeuvre.vx, y: manoeuvre.vy,
                z: manoeuvre.verticalVelocity(
                    at: bodies[i].motion.z, acceleration: acceleration))
            sent[seen.tick % sent.count][i] = commands[i]
            if manoeuvre != bodies[i].current { manoeuvreChanges += 1 }
        }
    }

    /// Growth of the position variance in a second, m^2.
    private static let driftVariance = 0.01

    /// A state of `ageTicks` ago brought to now by the rules of motion and the commands given since.
    private func predict(_ state: Motion, _ i: Int, _ seen: FlowSight) -> Motion {
        var m = state
        let most = seen.rules.accelerationMetersPerSecond2 * FlowRules.tickSeconds
        var tick = seen.tick - seen.ageTicks
        while tick < seen.tick {
            let command = sent[tick % sent.count][i]
            let (dx, dy, dz) = (command.x - m.vx, command.y - m.vy, command.z - m.vz)
            let change = (dx * dx + dy * dy + dz * dz).squareRoot()
            let share = change > most ? most / change : 1
            m.vx += dx * share
            m.vy += dy * share
            m.vz += dz * share
            m.x += m.vx * FlowRules.tickSeconds
            m.y += m.vy * FlowRules.tickSeconds
            m.z += m.vz * FlowRules.tickSeconds
            tick += 1
        }
        return m
    }

    private mutating func add(_ counts: ResolutionCounts) {
        totals.conflicts += counts.conflicts
        totals.unresolved += counts.unresolved
        totals.solved += counts.solved
        totals.leastBad += counts.leastBad
        totals.contingencies += counts.contingencies
        totals.brokenContingencies += counts.brokenContingencies
        totals.deferredBodies += counts.deferredBodies
        totals.examinedPairs += counts.examinedPairs
        totals.screenedPairs += counts.screenedPairs
    }
}
