import Foundation

/// All vehicles' physics under one roof: a fleet for each set of parameters, rows told apart by kind.
struct Motion: Sendable {
    /// Where a vehicle's physics is.
    enum Row: Sendable {
        case multirotor(fleet: Int, Int)
        case vtol(fleet: Int, Int)
        case truck(fleet: Int, Int)
    }

    private var multirotors: [(parameters: MultirotorParameters, fleet: MultirotorFleet)] = []
    private var vtols: [(parameters: VtolParameters, fleet: VtolFleet)] = []
    private var trucks: [(parameters: TruckParameters, fleet: TruckFleet)] = []

    /// Adds a vehicle above ground at `ground` metres.
    mutating func add(
        _ physics: VehicleModel.Physics, wind: WindField, seed: UInt64, at state: MotionState, ground: Double
    ) -> Row {
        switch physics {
        case .multirotor(let p):
            var index = multirotors.firstIndex { $0.parameters == p }
            if index == nil {
                let mixed = seed &+ UInt64(multirotors.count)
                multirotors.append((p, MultirotorFleet(parameters: p, wind: wind, seed: mixed)))
                index = multirotors.count - 1
            }
            let fleet = index ?? 0
            return .multirotor(fleet: fleet, multirotors[fleet].fleet.add(at: state, groundUp: ground))
        case .vtol(let p):
            var index = vtols.firstIndex { $0.parameters == p }
            if index == nil {
                let mixed = seed &+ 1000 &+ UInt64(vtols.count)
                vtols.append((p, VtolFleet(parameters: p, wind: wind, seed: mixed)))
                index = vtols.count - 1
            }
            let fleet = index ?? 0
            return .vtol(fleet: fleet, vtols[fleet].fleet.add(at: state, groundUp: ground))
        case .truck(let p):
            var index = trucks.firstIndex { $0.parameters == p }
            if index == nil {
                trucks.append((p, TruckFleet(parameters: p)))
                index = trucks.count - 1
            }
            let fleet = index ?? 0
            return .truck(fleet: fleet, trucks[fleet].fleet.add(at: state, groundUp: ground))
        }
    }

    func state(_ row: Row) -> MotionState {
        switch row {
        case .multirotor(let fleet, let i): multirotors[fleet].fleet.state(i)
        case .vtol(let fleet, let i): vtols[fleet].fleet.state(i)
        case .truck(let fleet, let i): trucks[fleet].fleet.state(i)
        }
    }

    /// A truck takes speed and heading from the wanted velocity.
    mutating func command(_ row: Row, _ c: MotionCommand) {
        switch row {
        case .multirotor(let fleet, let i): multirotors[fleet].fleet.command(i, c)
        case .vtol(let fleet, let i): vtols[fleet].fleet.command(i, c)
        case .truck(let fleet, let i):
            let speed = (c.velocityEast * c.velocityEast + c.velocityNorth * c.velocityNorth).squareRoot()
            let steering: TruckCommand.Steering =
                speed > 0.05 ? .heading(atan2(c.velocityEast, c.velocityNorth)) : .curvature(0)
            trucks[fleet].fleet.command(
                i, TruckCommand(speed: speed, steering: steering, engaged: c.engaged))
        }
    }

    mutating func setPayload(_ row: Row, kilograms: Double) {
        let kilograms = Float(kilograms)
        switch row {
        case .multirotor(let fleet, let i): multirotors[fleet].fleet.setPayload(i, kilograms: kilograms)
        case .vtol(let fleet, let i): vtols[fleet].fleet.setPayload(i, kilograms: kilograms)
        case .truck(let fleet, let i): trucks[fleet].fleet.setPayload(i, kilograms: kilograms)
        }
    }

    mutating func setEnergy(_ row: Row, joules: Double) {
        switch row {
        case .multirotor(let fleet, let i): multirotors[fleet].fleet.setEnergy(i, joules: joules)
        case .vtol(let fleet, let i): vtols[fleet].fleet.setEnergy(i, joules: joules)
        case .truck(let fleet, let i): trucks[fleet].fleet.setEnergy(i, joules: joules)
        }
    }

    /// The ground below; `rise` is the slope ahead, which trucks feel.
    mutating func setGround(_ row: Row, up: Double, rise: Float) {
        switch row {
        case .multirotor(let fleet, let i): multirotors[fleet].fleet.setGround(i, up: up)
        case .vtol(let fleet, let i): vtols[fleet].fleet.setGround(i, up: up)
        case .truck(let fleet, let i):
            trucks[fleet].fleet.setGround(i, up: up)
            trucks[fleet].fleet.setGrade(i, rise)
        }
    }

    /// kg/m3; trucks do not mind.
    mutating func setAirDensity(_ row: Row, _ density: Float) {
        switch row {
        case .multirotor(let fleet, let i): multirotors[fleet].fleet.setAirDensity(i, density)
        case .vtol(let fleet, let i): vtols[fleet].fleet.setAirDensity(i, density)
        case .truck: break
        }
    }

    mutating func rebase(_ row: Row, east: Double, north: Double) {
        switch row {
        case .multirotor(let fleet, let i):
            multirotors[fleet].fleet.rebase(i, east: east, north: north, up: 0)
        case .vtol(let fleet, let i): vtols[fleet].fleet.rebase(i, east: east, north: north, up: 0)
        case .truck(let fleet, let i): trucks[fleet].fleet.rebase(i, east: east, north: north, up: 0)
        }
    }

    /// One of a drone's motors, or a truck's brakes, gives this share of its force from now on; 1 is repaired.
    mutating func setFault(_ row: Row, motor: Int?, efficiency: Float) {
        switch row {
        case .multirotor(let fleet, let i):
            multirotors[fleet].fleet.setFault(i, motor: motor, efficiency: efficiency)
        case .vtol(let fleet, let i): vtols[fleet].fleet.setFault(i, motor: motor, efficiency: efficiency)
        case .truck(let fleet, let i): trucks[fleet].fleet.setBrakeFault(i, efficiency: efficiency)
        }
    }

    /// Broken for good: a drone after a hard landing, a truck folded in two.
    func isWrecked(_ row: Row) -> Bool {
        switch row {
        case .multirotor(let fleet, let i): multirotors[fleet].fleet.isWrecked(i)
        case .vtol(let fleet, let i): vtols[fleet].fleet.isWrecked(i)
        case .truck(let fleet, let i): trucks[fleet].fleet.isJackknifed(i)
        }
    }

    /// Whole steps of all fleets: a multiple of 20 ms.
    static let granularityMilliseconds = 20

    mutating func advance(milliseconds: Int, threads: Int) {
        for index in multirotors.indices {
            multirotors[index].fleet.advance(
                steps: milliseconds * MultirotorFleet.stepsPerSecond / 1000, threads: threads)
        }
        for index in vtols.indices {
            vtols[index].fleet.advance(
                steps: milliseconds * VtolFleet.stepsPerSecond / 1000, threads: threads)
        }
        for index in trucks.indices {
            trucks[index].fleet.advance(
                steps: milliseconds * TruckFleet.stepsPerSecond / 1000, threads: threads)
        }
    }
}
