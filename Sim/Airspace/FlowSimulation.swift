import World

/// A dense-flow run: rules, a world and a planner, in closed loop. The same seed gives the same run.
public struct FlowSimulation<Planner: FlowPlanner> {
    public let rules: FlowRules
    public let world: FlowWorld
    public var planner: Planner
    public private(set) var tick = 0
    /// The drones as they are.
    public private(set) var truth: [FlowState]

    /// What was `k` ticks ago stands at `(tick - k) mod past.count`.
    private var past: [[FlowState]]
    private var seen: [FlowState]
    private var commands: [FlowVelocity]
    private var random: SplitMix64
    private var along: [Double]
    private var census: FlowCensus

    public init(_ world: FlowWorld, rules: FlowRules, planner: Planner) {
        self.rules = rules
        self.world = world
        self.planner = planner
        let n = world.count
        truth = (0..<n).map {
            FlowState(
                x: world.x[$0], y: world.y[$0], z: world.z[$0], vx: world.wantedX[$0], vy: world.wantedY[$0],
                vz: 0)
        }
        past = Array(repeating: truth, count: rules.latencyTicks + 1)
        seen = truth
        commands = Array(repeating: FlowVelocity(x: 0, y: 0, z: 0), count: n)
        random = SplitMix64(seed: rules.seed ^ 0x666C_6F77)
        along = Array(repeating: 0, count: n)
        census = FlowCensus(count: n)
    }

    public mutating func run() -> FlowReport {
        while tick < rules.ticks { step() }
        return report
    }

    public mutating func step() {
        past[tick % past.count] = truth
        let age = min(rules.latencyTicks, tick)
        observe(past[(tick - age) % past.count])
        let sight = (tick, rules, world)
        seen.withUnsafeBufferPointer { states in
            commands.withUnsafeMutableBufferPointer {
                planner.plan(
                    FlowSight(states: states, ageTicks: age, tick: sight.0, rules: sight.1, world: sight.2),
                    into: $0)
            }
        }
        for i in 0..<truth.count { move(i) }
        census.take(truth)
        tick += 1
    }

    private mutating func observe(_ states: [FlowState]) {
        for i in 0..<states.count {
            var state = states[i]
            if rules.noiseMeters > 0 {
                let (a, b) = random.normals()
                let (c, _) = random.normals()
                state.x += rules.noiseMeters * a
                state.y += rules.noiseMeters * b
                state.z += rules.noiseMeters * c
            }
            seen[i] = state
        }
    }

    private mutating func move(_ i: Int) {
        let climb = FlowRules.fastestClimbMetersPerSecond
        var state = truth[i]
        let command = commands[i]
        let most = rules.accelerationMetersPerSecond2 * FlowRules.tickSeconds
        var (dx, dy, dz) = (command.x - state.vx, command.y - state.vy, command.z - state.vz)
        let change = (dx * dx + dy * dy + dz * dz).squareRoot()
        if change > most {
            dx *= most / change
            dy *= most / change
            dz *= most / change
        }
        if change.isFinite {
            state.vx += dx
            state.vy += dy
            state.vz = max(-climb, min(climb, state.vz + dz))
        }
        let speed = (state.vx * state.vx + state.vy * state.vy + state.vz * state.vz).squareRoot()
        if speed > FlowRules.fastestMetersPerSecond {
            let scale = FlowRules.fastestMetersPerSecond / speed
            state.vx *= scale
            state.vy *= scale
            state.vz *= scale
        }
        state.x += state.vx * FlowRules.tickSeconds
        state.y += state.vy * FlowRules.tickSeconds
        state.z += state.vz * FlowRules.tickSeconds
        truth[i] = state
        let (wx, wy) = (world.wantedX[i], world.wantedY[i])
        let wanted = wx * wx + wy * wy
        along[i] += wanted > 0 ? (state.vx * wx + state.vy * wy) / wanted : 1
    }

    public var report: FlowReport {
        var report = FlowReport()
        let ticks = Double(max(tick, 1))
        report.drones = truth.count
        report.flightHours = Double(truth.count) * Double(tick) * FlowRules.tickSeconds / 3600
        let hours = max(report.flightHours, 1e-9)
        report.lostPairs = census.lost.count
        report.collisionPairs = census.collided.count
        report.lostPairsAfter10Seconds = census.lost.values.count { $0 > 100 }
        report.lossesPerFlightHour = Double(census.lost.count) / hours
        report.collisionsPerFlightHour = Double(census.collided.count) / hours
        report.minimumSeparationMeters = census.nearestSquared.squareRoot()
        report.progress = along.reduce(0, +) / ticks / Double(max(along.count, 1))
        report.stuck = along.count { $0 < 0.25 * ticks }
        report.manoeuvreChangesPerFlightHour = Double(planner.manoeuvreChanges) / hours
        report.plannerCounts = planner.counts
        return report
    }
    /// Pairs that lost separation, as `lower index << 32 | higher index`, for whoever looks into a run.
    public var lostPairs: [UInt64: Int] { census.lost }
}
