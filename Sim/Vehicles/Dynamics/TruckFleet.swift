import Foundation

/// Trucks moved together at 100 Hz. Parked ones cost nothing.
public struct TruckFleet: MotionFleet {
    public static var stepsPerSecond: Int { TruckModel.stepsPerSecond }

    private let model: TruckModel
    private var store = BlockStore<TruckBlock>()
    private var stepsDone: UInt64 = 0

    public init(parameters: TruckParameters = .init()) { model = TruckModel(p: parameters) }

    public var count: Int { store.count }
    public var activeCount: Int { store.activeCount }

    public mutating func add(at state: MotionState, groundUp: Double) -> Int {
        let i = store.append()
        let heading = state.heading.bounded(by: 1e4)
        let energy = bounded(energy: state.energyJoules)
        let speed = min(
            max(
                state.velocityEast.bounded(by: 200) * sin(heading)
                    + state.velocityNorth.bounded(by: 200) * cos(heading), 0), model.p.maximumSpeed)
        store.write(i) { block, lane in
            block.singles.directionEast[lane] = sin(heading)
            block.singles.directionNorth[lane] = cos(heading)
            block.singles.speed[lane] = speed
            block.doubles.east[lane] = state.east
            block.doubles.north[lane] = state.north
            block.doubles.up[lane] = groundUp
            block.doubles.energy[lane] = energy
        }
        setPayload(i, kilograms: 0)
        if speed > 0 { command(i, TruckCommand(speed: speed, steering: .heading(heading))) }
        return i
    }

    public func state(_ i: Int) -> MotionState {
        store.read(i) { block, lane in
            let s = block.singles
            let (e, n) = (s.directionEast[lane], s.directionNorth[lane])
            let heading = atan2(e, n)
            return MotionState(
                east: block.doubles.east[lane], north: block.doubles.north[lane], up: block.doubles.up[lane],
                velocityEast: e * s.speed[lane] - n * s.sideways[lane],
                velocityNorth: n * s.speed[lane] + e * s.sideways[lane],
                velocityUp: s.speed[lane] * s.grade[lane], roll: 0, pitch: asin(s.grade[lane]),
                heading: heading < 0 ? heading + 2 * .pi : heading, yawRate: -s.yawRate[lane],
                energyJoules: max(block.doubles.energy[lane] - Double(s.drained[lane]), 0), onGround: true)
        }
    }

    public mutating func command(_ i: Int, _ c: TruckCommand) {
        let speed = min(max(c.speed.bounded(by: 1e4), 0), model.p.maximumSpeed)
        store.write(i) { block, lane in
            block.singles.wantedSpeed[lane] = speed
            block.singles.engaged[lane] = c.engaged ? 1 : 0
            block.singles.emergency[lane] = c.emergencyBrake ? 1 : 0
            switch c.steering {
            case .heading(let heading):
                block.singles.byHeading[lane] = 1
                block.singles.headingEast[lane] = sin(heading.bounded(by: 1e4))
                block.singles.headingNorth[lane] = cos(heading.bounded(by: 1e4))
            case .curvature(let curvature):
                block.singles.byHeading[lane] = 0
                block.singles.wantedCurvature[lane] = -curvature.bounded(by: 1)
            }
        }
        if c.engaged { store.activate(i) }
    }

    public mutating func setPayload(_ i: Int, kilograms: Float) {
        let p = model.p
        let payload = min(max(kilograms.bounded(by: 1e6), 0), p.maximumPayloadKilograms)
        let m2 = p.trailerMassKilograms + payload
        let d = p.trailerMassMeters
        let l = p.trailerAxleMeters
        // A uniform box of 13.6 m: I = m L^2 / 12, about the hitch J = I + m d^2.
        let own = m2 * 13.6 * 13.6 / 12
        let about = own + m2 * d * d
        let g = TruckModel.gravity
        let base = p.frontAxleMeters + p.rearAxleMeters
        let hitchLoad = m2 * g * (l - d) / l
        let front =
            (p.tractorMassKilograms * g * p.rearAxleMeters + hitchLoad * (p.rearAxleMeters - p.hitchMeters))
            / base
        store.write(i) { block, lane in
            block.singles.trailerMass[lane] = m2
            block.singles.trailerMoment[lane] = m2 * d
            block.singles.trailerInverseInertia[lane] = m2 > 0 ? 1 / about : 0
            block.singles.trailerLateralMass[lane] = m2 > 0 ? m2 * own / about : 0
            block.singles.trailerAxleShare[lane] = m2 > 0 ? 1 - m2 * d * l / about : 0
            block.singles.frontLoad[lane] = front
            block.singles.rearLoad[lane] = p.tractorMassKilograms * g + hitchLoad - front
            block.singles.trailerLoad[lane] = m2 * g - hitchLoad
        }
    }

    public mutating func setGround(_ i: Int, up: Double) {
        guard up.isFinite else { return }
        store.write(i) { $0.doubles.up[$1] = up }
    }

    /// Rise of the road ahead over distance driven; limited to +-0.3.
    public mutating func setGrade(_ i: Int, _ rise: Float) {
        store.write(i) { $0.singles.grade[$1] = rise.bounded(by: 0.3) }
    }

    /// Friction below the tyres: 0.75 dry, 0.5 wet, 0.2 snow, 0.1 ice; limited to 0.05 ... 1.2.
    public mutating func setFriction(_ i: Int, _ coefficient: Float) {
        store.write(i) { $0.singles.friction[$1] = min(max(coefficient.bounded(by: 2), 0.05), 1.2) }
    }

    /// The share of their force that the service brakes still give, 0 ... 1.
    public mutating func setBrakeFault(_ i: Int, efficiency: Float) {
        store.write(i) { $0.singles.brakeHealth[$1] = min(max(efficiency.bounded(by: 1), 0), 1) }
    }

    public mutating func setEnergy(_ i: Int, joules: Double) {
        let energy = bounded(energy: joules)
        store.write(i) { block, lane in
            block.doubles.energy[lane] = energy
            block.singles.drained[lane] = 0
        }
    }

    public mutating func rebase(_ i: Int, east: Double, north: Double, up: Double) {
        guard east.isFinite, north.isFinite, up.isFinite else { return }
        store.write(i) { block, lane in
            block.doubles.east[lane] -= east
            block.doubles.north[lane] -= north
            block.doubles.up[lane] -= up
        }
    }

    /// Angle between tractor and trailer, radians, positive when the tractor has turned left of it.
    public func foldAngle(_ i: Int) -> Float {
        store.read(i) { atan2($0.singles.foldSine[$1], $0.singles.foldCosine[$1]) }
    }

    /// The trailer has swung into the cab: it stops and stays.
    public func isJackknifed(_ i: Int) -> Bool { store.read(i) { $0.singles.jackknifed[$1] != 0 } }

    /// Brakes above the air around them, K. They fade above 300.
    public func brakeHeat(_ i: Int) -> Float { store.read(i) { $0.singles.brakeHeat[$1] } }

    public mutating func advance(steps: Int, threads: Int = 1) {
        let model = model
        store.advance(first: &stepsDone, steps: steps, threads: threads) { block, first, steps in
            model.advance(&block, first: first, steps: steps)
        }
    }

    private func bounded(energy: Double) -> Double {
        min(max(energy.isFinite ? energy : 0, 0), model.p.batteryJoules)
    }
}
