import Wire

/// A manoeuvre of the station under way: a velocity over ground, m/s, and a level to climb or descend to.
struct ManoeuvreTask: Equatable, Sendable {
    var east: Float
    var north: Float
    /// The most it climbs or descends on the way to the level, m/s.
    var climb: Float
    var altitudeMillimeters: Int32
    /// Until it holds.
    var secondsLeft: Double
    /// Altitude on the planned way, metres above mean sea level.
    var plannedMeters: Double
}

extension Autopilot {
    mutating func manoeuvre(_ command: Command, _ sensed: VehicleSnapshot) -> Rejection? {
        guard limits.flies else { return .unsupported }
        guard command.isPossibleManoeuvre else { return .invalid }
        guard holds(command) else { return .mission }
        guard isStarted, !sensed.onGround else { return .mode }
        switch task {
        case .idle, .landing: return .mode
        case .mission, .hold, .goTo, .contingency:
            // The way to the new velocity begins at the one it has, not at the one wanted last.
            wanted.velocityEast = sensed.velocityEast.bounded(by: 150)
            wanted.velocityNorth = sensed.velocityNorth.bounded(by: 150)
            wanted.velocityUp = sensed.velocityUp.bounded(by: 50)
        case .manoeuvre: break
        }
        if let obstacle = obstacle(sensed) { return obstacle }
        task = .manoeuvre(
            ManoeuvreTask(
                east: Float(command.velocityEastMillimetersPerSecond) * 1e-3,
                north: Float(command.velocityNorthMillimetersPerSecond) * 1e-3,
                climb: Float(command.climbMillimetersPerSecond) * 1e-3,
                altitudeMillimeters: command.altitudeMillimeters,
                secondsLeft: Double(command.durationMilliseconds) * 1e-3,
                plannedMeters: Double(sensed.altitudeMillimeters) * 1e-3))
        return nil
    }

    /// Its time passes whatever else happens; then it holds.
    mutating func countManoeuvre(_ elapsed: Double) {
        guard case .manoeuvre(var manoeuvre) = task else { return }
        manoeuvre.secondsLeft -= elapsed
        task = manoeuvre.secondsLeft > 0 ? .manoeuvre(manoeuvre) : .hold(nil)
    }

    /// The velocity to come to: the one ordered within what the vehicle may fly, and none sideways near the ground.
    func velocity(of manoeuvre: ManoeuvreTask, _ sensed: VehicleSnapshot) -> MotionCommand {
        var way = Double(manoeuvre.altitudeMillimeters) * 1e-3 - manoeuvre.plannedMeters
        var climb = min(manoeuvre.climb, way > 0 ? limits.climbSpeed : limits.descentSpeed)
        var share: Float = 1
        if sensed.heightMeters.isFinite {
            let toSafety = Double(limits.safeHeightMeters - sensed.heightMeters)
            if way < toSafety {
                way = toSafety
                climb = way > 0 ? limits.climbSpeed : climb
            }
            share = (2 * sensed.heightMeters / limits.safeHeightMeters - 1).limited(0...1)
        } else {
            // Over ground it knows nothing of it does not descend.
            way = max(way, 0)
        }
        let speed = (manoeuvre.east * manoeuvre.east + manoeuvre.north * manoeuvre.north).squareRoot()
        let fastest = speedLimit > 0 ? min(speedLimit, limits.cruiseSpeed) : limits.cruiseSpeed
        if speed > fastest { share *= fastest / speed }
        let levelling = GuidanceLaw.approachSpeed(
            distance: abs(way), braking: Self.levellingShare * Double(limits.acceleration))
        var command = MotionCommand(engaged: true)
        command.velocityEast = manoeuvre.east * share
        command.velocityNorth = manoeuvre.north * share
        command.velocityUp = way < 0 ? -min(Float(levelling), climb) : min(Float(levelling), climb)
        return command
    }

    /// Of the acceleration, to level off: the rest is left for correcting.
    private static let levellingShare = 0.8

    /// One step towards the velocity, and back to the planned height: turning and braking lift and sink a wing.
    mutating func fly(
        _ manoeuvre: ManoeuvreTask, to goal: MotionCommand, seconds: Double, _ sensed: VehicleSnapshot
    ) -> MotionCommand {
        let before = wanted.velocityUp
        var asked = slewTogether(to: goal, seconds: seconds)
        var manoeuvre = manoeuvre
        let altitude = Double(sensed.altitudeMillimeters) * 1e-3
        manoeuvre.plannedMeters += Double(before + wanted.velocityUp) / 2 * seconds
        if positionLostSeconds != nil { manoeuvre.plannedMeters = altitude }
        let correction = Float(manoeuvre.plannedMeters - altitude) * Self.heightGain
        asked.velocityUp += correction.limited(-1...1)
        task = .manoeuvre(manoeuvre)
        return asked
    }

    /// 1/s
    private static let heightGain: Float = 0.7

    /// Moves the wanted velocity straight to the goal, all axes together, as whoever planned the manoeuvre expects.
    /// Returns what to ask of the vehicle, which follows late, so that it flies the wanted velocity now.
    mutating func slewTogether(to goal: MotionCommand, seconds: Double) -> MotionCommand {
        guard goal.engaged else {
            wanted = goal
            return goal
        }
        let step = limits.acceleration * Float(seconds)
        let east = goal.velocityEast - wanted.velocityEast
        let north = goal.velocityNorth - wanted.velocityNorth
        var up = goal.velocityUp - wanted.velocityUp
        let size = (east * east + north * north + up * up).squareRoot()
        let share = size > step ? step / size : 1
        // Levelling off does not wait for the other axes: it would fly past the level.
        up = abs(goal.velocityUp) < abs(wanted.velocityUp) ? up.limited(-step...step) : up * share
        var asked = wanted
        wanted.velocityEast += east * share
        wanted.velocityNorth += north * share
        wanted.velocityUp += up
        (wanted.heading, wanted.engaged) = (goal.heading, true)
        // To move a lag of time constant T by d within dt, ask for d / (1 - exp(-dt/T)), about d (T/dt + 1/2).
        let lead = seconds > 0 ? max(limits.responseSeconds / Float(seconds) + 0.5, 1) : 1
        asked.velocityEast += east * share * lead
        asked.velocityNorth += north * share * lead
        asked.velocityUp += up * lead
        (asked.heading, asked.engaged) = (goal.heading, true)
        return asked
    }
}
