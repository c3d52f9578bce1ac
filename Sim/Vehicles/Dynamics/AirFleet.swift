import Foundation
import World

/// Aircraft of one kind, moved together at 250 Hz. Parked ones cost nothing.
public struct AirFleet<Model: AirModel>: MotionFleet {
    public static var stepsPerSecond: Int { AirframeLimits.stepsPerSecond }

    let model: Model
    private let field: WindField
    private let seed: UInt64
    private var store = BlockStore<AirBlock>()
    private var stepsDone: UInt64 = 0

    init(model: Model, wind: WindField, seed: UInt64) {
        self.model = model
        self.field = wind
        self.seed = seed
    }

    public var count: Int { store.count }
    public var activeCount: Int { store.activeCount }

    public mutating func add(at state: MotionState, groundUp: Double) -> Int {
        let i = store.append()
        let half = (Float.pi / 2 - state.heading.bounded(by: 1e4)) / 2
        let (east, north) = (sin(state.heading.bounded(by: 1e4)), cos(state.heading.bounded(by: 1e4)))
        var noise = vehicleSeed(i)
        let word = UInt32(truncatingIfNeeded: noise.next()) | 1
        let (mass, field) = (model.emptyMassKilograms, field)
        let energy = min(max(state.energyJoules.isFinite ? state.energyJoules : 0, 0), model.batteryJoules)
        store.write(i) { block, lane in
            block.singles.quaternion.w[lane] = cos(half)
            block.singles.quaternion.z[lane] = sin(half)
            block.singles.headingEast[lane] = east
            block.singles.headingNorth[lane] = north
            block.singles.mass[lane] = mass
            block.singles.contact[lane] = state.onGround ? 1 : 0
            block.singles.wind.meanEast[lane] = field.east
            block.singles.wind.meanNorth[lane] = field.north
            block.singles.wind.noise.state[lane] = word
            block.doubles.east[lane] = state.east
            block.doubles.north[lane] = state.north
            block.doubles.up[lane] = state.onGround ? groundUp : state.up
            block.doubles.ground[lane] = groundUp
            block.doubles.energy[lane] = energy
            if !state.onGround {
                let v = (state.velocityEast.bounded(by: 200), state.velocityNorth.bounded(by: 200))
                block.singles.velocity.x[lane] = v.0
                block.singles.velocity.y[lane] = v.1
                block.singles.velocity.z[lane] = state.velocityUp.bounded(by: 200)
                block.singles.reference.x[lane] = v.0
                block.singles.reference.y[lane] = v.1
                block.singles.reference.z[lane] = block.singles.velocity.z[lane]
            }
        }
        // One that starts in the air flies on as it came.
        if !state.onGround {
            command(
                i,
                MotionCommand(
                    velocityEast: state.velocityEast, velocityNorth: state.velocityNorth,
                    velocityUp: state.velocityUp))
        }
        return i
    }

    public func state(_ i: Int) -> MotionState {
        store.read(i) { block, lane in
            let s = block.singles
            let axes = BodyAxes(s.quaternion)
            let heading = atan2(axes.forward.x[lane], axes.forward.y[lane])
            return MotionState(
                east: block.doubles.east[lane], north: block.doubles.north[lane], up: block.doubles.up[lane],
                velocityEast: s.velocity.x[lane], velocityNorth: s.velocity.y[lane],
                velocityUp: s.velocity.z[lane], roll: atan2(axes.left.z[lane], axes.up.z[lane]),
                pitch: asin(min(max(axes.forward.z[lane], -1), 1)),
                heading: heading < 0 ? heading + 2 * .pi : heading, yawRate: -s.rate.z[lane],
                energyJoules: max(block.doubles.energy[lane] - Double(s.drained[lane]), 0),
                onGround: s.contact[lane] != 0)
        }
    }

    public mutating func command(_ i: Int, _ c: MotionCommand) {
        let limits = model.envelope
        var east = c.velocityEast.bounded(by: 1e4)
        var north = c.velocityNorth.bounded(by: 1e4)
        let speed = (east * east + north * north).squareRoot()
        if speed > limits.maximumSpeed {
            east *= limits.maximumSpeed / speed
            north *= limits.maximumSpeed / speed
        }
        let up = min(max(c.velocityUp.bounded(by: 1e4), -limits.maximumDescent), limits.maximumClimb)
        let engaged = c.engaged
        let heading = c.heading.isFinite ? c.heading.bounded(by: 1e4) : nil
        store.write(i) { block, lane in
            block.singles.wanted.x[lane] = east
            block.singles.wanted.y[lane] = north
            block.singles.wanted.z[lane] = up
            block.singles.engaged[lane] = engaged ? 1 : 0
            block.singles.alongTrack[lane] = heading == nil ? 1 : 0
            if let heading {
                block.singles.headingEast[lane] = sin(heading)
                block.singles.headingNorth[lane] = cos(heading)
            }
        }
        if engaged { store.activate(i) }
    }

    public mutating func setPayload(_ i: Int, kilograms: Float) {
        let mass =
            model.emptyMassKilograms + min(max(kilograms.bounded(by: 1e5), 0), model.maximumPayloadKilograms)
        store.write(i) { $0.singles.mass[$1] = mass }
    }

    public mutating func setGround(_ i: Int, up: Double) {
        guard up.isFinite else { return }
        store.write(i) { block, lane in
            block.doubles.ground[lane] = up
            if block.singles.contact[lane] != 0 { block.doubles.up[lane] = up }
        }
    }

    public mutating func setEnergy(_ i: Int, joules: Double) {
        let energy = min(max(joules.isFinite ? joules : 0, 0), model.batteryJoules)
        store.write(i) { block, lane in
            block.doubles.energy[lane] = energy
            block.singles.drained[lane] = 0
        }
    }

    /// A motor, 0 ..< 4 (front left, front right, rear right, rear left) or nil for all, gives this share of its
    /// thrust from now on: 0 is stopped, 1 healthy.
    public mutating func setFault(_ i: Int, motor: Int?, efficiency: Float) {
        let health = min(max(efficiency.bounded(by: 1), 0), 1)
        store.write(i) { block, lane in
            if motor == nil || motor == 0 { block.singles.rotorHealth.0[lane] = health }
            if motor == nil || motor == 1 { block.singles.rotorHealth.1[lane] = health }
            if motor == nil || motor == 2 { block.singles.rotorHealth.2[lane] = health }
            if motor == nil || motor == 3 { block.singles.rotorHealth.3[lane] = health }
        }
    }

    /// Mean wind at 10 m for one vehicle, m/s towards east and north: for wind that differs from place to place.
    public mutating func setWind(_ i: Int, east: Float, north: Float) {
        store.write(i) { block, lane in
            block.singles.wind.meanEast[lane] = east.bounded(by: 80)
            block.singles.wind.meanNorth[lane] = north.bounded(by: 80)
        }
    }

    /// Air density around one vehicle, kg/m3; limited to 0.3 ... 1.6.
    public mutating func setAirDensity(_ i: Int, _ density: Float) {
        let relative = min(max(density.bounded(by: 10), 0.3), 1.6) / RotorSet.seaLevelDensity
        store.write(i) { $0.singles.density[$1] = relative }
    }

    public mutating func rebase(_ i: Int, east: Double, north: Double, up: Double) {
        guard east.isFinite, north.isFinite, up.isFinite else { return }
        store.write(i) { block, lane in
            block.doubles.east[lane] -= east
            block.doubles.north[lane] -= north
            block.doubles.up[lane] -= up
            block.doubles.ground[lane] -= up
        }
    }

    /// Broken by a hard landing: it will not fly again.
    public func isWrecked(_ i: Int) -> Bool { store.read(i) { $0.singles.wrecked[$1] != 0 } }

    /// The hardest touch of the ground so far, m/s of sink.
    public func touchdownSpeed(_ i: Int) -> Float { store.read(i) { $0.singles.touchdown[$1] } }

    /// Battery power right now, W.
    public func powerWatts(_ i: Int) -> Float { store.read(i) { $0.singles.power[$1] } }

    /// The wind that blows on it right now, m/s.
    public func wind(_ i: Int) -> (east: Float, north: Float, up: Float) {
        store.read(i) { ($0.singles.wind.now.x[$1], $0.singles.wind.now.y[$1], $0.singles.wind.now.z[$1]) }
    }

    public mutating func advance(steps: Int, threads: Int = 1) {
        let model = model
        store.advance(first: &stepsDone, steps: steps, threads: threads) { block, first, steps in
            withUnsafeMutablePointer(to: &block) { model.advance($0, first: first, steps: steps) }
        }
    }

    private func vehicleSeed(_ i: Int) -> SplitMix64 {
        SplitMix64(seed: seed ^ (UInt64(truncatingIfNeeded: i) &* 0x9E37_79B9_7F4A_7C15))
    }
}

/// Multirotors.
public typealias MultirotorFleet = AirFleet<MultirotorModel>

extension AirFleet where Model == MultirotorModel {
    public init(parameters: MultirotorParameters = .init(), wind: WindField = .calm, seed: UInt64) {
        self.init(model: MultirotorModel(parameters, wind: wind), wind: wind, seed: seed)
    }
}

extension Float {
    static func tangent(_ angle: Float) -> Float { tan(angle) }
}
