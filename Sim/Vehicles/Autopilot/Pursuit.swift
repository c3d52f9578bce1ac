import Wire

/// What each task makes of a step: where to steer, and when it is done.
extension Autopilot {
    mutating func pursue(_ sensed: VehicleSnapshot, _ elapsed: Double) -> MotionCommand {
        switch task {
        case .idle:
            return MotionCommand(engaged: false)
        case .mission:
            return pursueMission(sensed, elapsed)
        case .hold(let point):
            if let point { return steer(to: point, sensed) }
            if sensed.groundSpeed < 0.5 && abs(sensed.velocityUp) < 0.5 { task = .hold(here(sensed)) }
            return standStill(sensed)
        case .contingency(let index):
            return pursueContingency(index, sensed)
        case .landing:
            return descend(sensed)
        case .goTo(let point, let speed):
            if isReached(point, sensed, radius: 0, stopping: true) { task = .hold(point) }
            return steer(to: point, sensed, speed: speed)
        case .manoeuvre(let manoeuvre):
            return velocity(of: manoeuvre, sensed)
        }
    }

    private mutating func pursueMission(_ sensed: VehicleSnapshot, _ elapsed: Double) -> MotionCommand {
        guard let mission, leg < mission.ordinaryCount, let action = mission.items[leg].action.known else {
            task = .hold(nil)
            return standStill(sensed)
        }
        let item = mission.items[leg]
        let target = waypoint(item)
        let speed = Float(item.speedMillimetersPerSecond) * 1e-3
        switch action {
        case .takeoff:
            // Straight up first: sideways only once clear of the ground.
            var above = target
            above.latitudeE7 = legStart?.latitudeE7 ?? sensed.latitudeE7
            above.longitudeE7 = legStart?.longitudeE7 ?? sensed.longitudeE7
            if !sensed.onGround, abs(offset(sensed, above).up) < 1 { finishLeg(sensed, .legDone) }
            return steer(to: above, sensed, speed: speed)
        case .fly, .drive:
            let corner = cornerSpeed(mission, target)
            if isReached(target, sensed, radius: item.radiusMillimeters, stopping: corner < 1) {
                finishLeg(sensed, .legDone)
            }
            return steer(
                to: target, sensed, speed: speed, atPoint: corner,
                radius: radiusMeters(item.radiusMillimeters))
        case .land:
            if sensed.onGround && isNear(target, sensed, radius: item.radiusMillimeters) {
                finishLeg(sensed, .legDone)
                return MotionCommand(engaged: false)
            }
            return settle(on: target, sensed, speed: speed)
        case .load, .unload, .wait:
            let mayStand = sensed.groundSpeed < 0.5
            if mayStand { stoodSeconds += elapsed }
            if stoodSeconds * 1000 >= Double(item.durationMilliseconds) {
                finishLeg(sensed, action == .load ? .loaded : action == .unload ? .unloaded : .legDone)
            }
            if !limits.flies || sensed.onGround { return MotionCommand(engaged: false) }
            if legStart == nil { legStart = here(sensed) }
            return legStart.map { steer(to: $0, sensed) } ?? standStill(sensed)
        case .unspecified, .contingency:
            task = .hold(nil)
            return standStill(sensed)
        }
    }

    /// Index Int.max stands for home.
    private mutating func pursueContingency(_ index: Int, _ sensed: VehicleSnapshot) -> MotionCommand {
        var target = home ?? here(sensed)
        var radius: UInt32 = 0
        var speed: Float = 0
        var isLast = true
        if let mission, index < mission.items.count {
            target = waypoint(mission.items[index])
            radius = mission.items[index].radiusMillimeters
            speed = Float(mission.items[index].speedMillimetersPerSecond) * 1e-3
            isLast = index == mission.items.count - 1
        }
        guard isLast else {
            if isReached(target, sensed, radius: radius, stopping: false) { task = .contingency(index + 1) }
            return steer(to: target, sensed, speed: speed)
        }
        if isNear(target, sensed, radius: radius) && (!limits.flies || sensed.onGround)
            && sensed.groundSpeed < 0.5
        {
            arrive()
            return MotionCommand(engaged: false)
        }
        return settle(on: target, sensed, speed: speed)
    }

    /// Flies over the target no lower than now and then down; drives there and stops.
    private func settle(on target: Waypoint, _ sensed: VehicleSnapshot, speed: Float) -> MotionCommand {
        var above = target
        above.altitudeMillimeters = max(target.altitudeMillimeters, sensed.altitudeMillimeters)
        if limits.flies && sensed.onGround {
            // Landed beside the target: up again before going there.
            above.altitudeMillimeters =
                sensed.altitudeMillimeters.addingReportingOverflow(10_000).partialValue
        }
        var command = steer(to: above, sensed, speed: speed)
        guard limits.flies, !sensed.onGround,
            offset(sensed, target).horizontal <= Double(limits.reachedRadius)
        else { return command }
        let height = Double(
            sensed.heightMeters.isFinite ? sensed.heightMeters : Float(-offset(sensed, target).up))
        command.velocityUp = -descentSpeed(height: height)
        return command
    }

    private mutating func descend(_ sensed: VehicleSnapshot) -> MotionCommand {
        let stands = sensed.groundSpeed < 0.5
        if !limits.flies ? stands : sensed.onGround {
            arrive()
            return MotionCommand(engaged: false)
        }
        return standStill(sensed)
    }

    /// No sideways motion; down when landing. All there is to do without a position.
    mutating func standStill(_ sensed: VehicleSnapshot) -> MotionCommand {
        var command = MotionCommand(engaged: false)
        if task == .landing && (!limits.flies || sensed.onGround)
            && (sensed.groundSpeed < 0.5 || !sensed.hasPosition)
        {
            arrive()
            return command
        }
        command.engaged = task != .idle && !(sensed.onGround && limits.flies)
        if task == .landing && limits.flies {
            // An unknown height is taken for a low one.
            let height = sensed.heightMeters.isFinite ? Double(sensed.heightMeters) : 2
            command.velocityUp = -descentSpeed(height: height)
        }
        return command
    }

    private func descentSpeed(height: Double) -> Float {
        let braked = GuidanceLaw.approachSpeed(
            distance: max(height - 1, 0), braking: Double(limits.acceleration) / 4)
        return max(limits.touchdownSpeed, min(Float(braked), limits.descentSpeed))
    }

    private mutating func finishLeg(_ sensed: VehicleSnapshot, _ kind: ProgressKind) {
        guard let mission else { return }
        if kind != .legDone { reports.append(.progress(kind, mission: reference)) }
        reports.append(.progress(.legDone, mission: reference))
        stoodSeconds = 0
        altitudeOverride = nil
        legStart = here(sensed)
        guard leg + 1 < mission.ordinaryCount else {
            endMission(.completed)
            task = limits.flies && !sensed.onGround ? .hold(here(sensed)) : .idle
            return
        }
        leg += 1
    }

    // MARK: Geometry

    func here(_ sensed: VehicleSnapshot) -> Waypoint {
        Waypoint(
            latitudeE7: sensed.latitudeE7, longitudeE7: sensed.longitudeE7,
            altitudeMillimeters: sensed.altitudeMillimeters)
    }

    func waypoint(_ item: MissionItem) -> Waypoint {
        Waypoint(
            latitudeE7: item.latitudeE7, longitudeE7: item.longitudeE7,
            altitudeMillimeters: altitudeOverride ?? item.altitudeMillimeters)
    }

    private func offset(_ sensed: VehicleSnapshot, _ target: Waypoint) -> LocalOffset {
        LocalOffset.from(here(sensed), to: target)
    }

    private func radiusMeters(_ millimeters: UInt32) -> Double {
        millimeters == 0 ? Double(limits.reachedRadius) : Double(millimeters) * 1e-3
    }

    private func isNear(_ target: Waypoint, _ sensed: VehicleSnapshot, radius: UInt32) -> Bool {
        offset(sensed, target).horizontal <= radiusMeters(radius)
    }

    private func isReached(
        _ target: Waypoint, _ sensed: VehicleSnapshot, radius: UInt32, stopping: Bool
    ) -> Bool {
        if stopping && sensed.groundSpeed > 1 { return false }
        let meters = radiusMeters(radius)
        let offset = offset(sensed, target)
        if limits.flies && abs(offset.up) > max(meters, 3) { return false }
        if offset.horizontal <= meters { return true }
        // Flown past beside it, as happens at speed between two steps.
        guard !stopping, let legStart, offset.horizontal <= 4 * meters else { return false }
        let along = LocalOffset.from(legStart, to: target)
        return along.east * offset.east + along.north * offset.north < 0
    }

    private func cornerSpeed(_ mission: HeldMission, _ target: Waypoint) -> Float {
        guard leg + 1 < mission.ordinaryCount, let legStart,
            mission.items[leg + 1].action == mission.items[leg].action
        else { return 0 }
        let next = mission.items[leg + 1]
        return Float(
            GuidanceLaw.cornerSpeed(
                .from(legStart, to: target), .from(target, to: waypoint(next)),
                deviation: radiusMeters(mission.items[leg].radiusMillimeters),
                acceleration: Double(limits.acceleration) / 2))
    }

    private func steer(
        to target: Waypoint, _ sensed: VehicleSnapshot, speed: Float = 0, atPoint: Float = 0,
        radius: Double? = nil
    ) -> MotionCommand {
        let error = offset(sensed, target)
        var fastest = speed > 0 ? min(speed, limits.cruiseSpeed) : limits.cruiseSpeed
        if speedLimit > 0 { fastest = min(fastest, speedLimit) }
        let braking = Double(limits.acceleration) / 2
        var command = MotionCommand(engaged: false)
        command.engaged = true
        if limits.flies {
            let vertical = GuidanceLaw.approachSpeed(distance: abs(error.up), braking: braking / 2)
            command.velocityUp =
                error.up > 0
                ? min(Float(vertical), limits.climbSpeed) : -min(Float(vertical), limits.descentSpeed)
        }
        var distance = error.horizontal
        if !limits.flies && atPoint < 1 {
            // A truck cannot turn on the spot: it stops well within the circle, and does not go round the point.
            distance -= (radius ?? Double(limits.reachedRadius)) / 2
        }
        guard distance > 0, !(limits.flies && sensed.onGround) else { return command }
        let through = Double(min(atPoint, fastest))
        let wanted = min(
            GuidanceLaw.approachSpeed(distance: distance, braking: braking, atPoint: through), Double(fastest)
        )
        command.velocityEast = Float(error.east / error.horizontal * wanted)
        command.velocityNorth = Float(error.north / error.horizontal * wanted)
        return command
    }
}
