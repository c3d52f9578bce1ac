import Testing
import Wire

@testable import Vehicles

private func manoeuvre(
    east: Float = 0, north: Float = 0, altitude: Int32 = 260_000, climb: UInt32 = 3_000,
    milliseconds: UInt32 = 20_000, _ mission: MissionReference = delivery
) -> Command {
    var command = order(.manoeuvre, mission)
    command.velocityEastMillimetersPerSecond = Int32(east * 1000)
    command.velocityNorthMillimetersPerSecond = Int32(north * 1000)
    command.altitudeMillimeters = altitude
    command.climbMillimetersPerSecond = climb
    command.durationMilliseconds = milliseconds
    return command
}

/// Manoeuvres over a point mass; `ManoeuvreFlightTests` flies them with the whole physics.
extension AutopilotTests {
    /// On its way north at 60 m above the ground.
    private func underWay() throws -> (Autopilot, PointMass) {
        var (autopilot, body) = try started()
        _ = fly(&autopilot, &body) { pilot, body in pilot.leg == 2 && body.north > 100 }
        return (autopilot, body)
    }

    @Test func fliesAManoeuvreHoldsAtItsEndAndResumes() throws {
        var (autopilot, body) = try underWay()
        let refused = autopilot.apply(manoeuvre(east: 6, north: -8, altitude: 285_000), body.sensed)
        #expect(refused == nil && autopilot.outcome(of: .manoeuvre, body.sensed) == true)
        var seconds = 0.0
        var reached: Double?
        let reports = fly(&autopilot, &body, atMost: 30) { pilot, body in
            guard pilot.mode == .moving else { return true }
            seconds += 0.1
            let s = body.sensed
            let there =
                abs(s.velocityEast - 6) < 0.01 && abs(s.velocityNorth + 8) < 0.01
                && abs(body.up - 285) < 0.1
            if there { reached = reached ?? seconds }
            return false
        }
        #expect(reports.isEmpty && autopilot.reference.leg == 2)
        #expect(abs(seconds - 20) < 0.25, "held after \(seconds) s")
        #expect((reached ?? 99) < 18, "\(reached ?? 99) s")
        #expect(autopilot.mode == .holding)
        _ = fly(&autopilot, &body, atMost: 30) { pilot, body in
            pilot.outcome(of: .hold, body.sensed) == true
        }
        #expect(abs(body.up - 285) < 1)
        let resumed = autopilot.apply(order(.resume), body.sensed)
        #expect(resumed == nil && autopilot.mode == .moving && autopilot.leg == 2)
        _ = fly(&autopilot, &body) { pilot, _ in pilot.leg == 3 }
        #expect(abs(body.north - 300) < 6 && abs(body.east) < 6 && abs(body.up - 260) < 4)
        _ = fly(&autopilot, &body) { pilot, _ in !pilot.isStarted }
        #expect(autopilot.mode == .parked)
    }

    @Test func whatEndsAManoeuvre() throws {
        let ends: [(CommandKind, Mode)] = [
            (.hold, .holding), (.resume, .moving), (.returnHome, .returning), (.land, .landing),
            (.abort, .holding), (.altitude, .moving), (.goTo, .diverting),
        ]
        for (kind, mode) in ends {
            var (autopilot, body) = try underWay()
            #expect(autopilot.apply(manoeuvre(east: 9, milliseconds: 5000), body.sensed) == nil)
            _ = fly(&autopilot, &body, atMost: 10) { _, body in body.east > 5 }
            var next = order(kind)
            next.altitudeMillimeters = 262_000
            (next.latitudeE7, next.longitudeE7) = (body.sensed.latitudeE7 + 5000, body.sensed.longitudeE7)
            #expect(autopilot.apply(next, body.sensed) == nil, "\(kind)")
            // Well after the manoeuvre would have ended by itself.
            var passed = 0.0
            _ = fly(&autopilot, &body, atMost: 10) { pilot, _ in
                passed += 0.1
                if passed < 7 || kind == .land { #expect(pilot.mode == mode, "\(kind) after \(passed) s") }
                return passed > 8
            }
            #expect(kind != .land && kind != .returnHome || autopilot.mission != nil)
        }
    }

    @Test func theLinkOrEnergyLostInAManoeuvreBringsItHome() throws {
        var (autopilot, body) = try underWay()
        #expect(autopilot.apply(manoeuvre(east: 9), body.sensed) == nil)
        let began = autopilot.linkLost(body.sensed)
        #expect(began && autopilot.mode == .returning)
        (autopilot, body) = try underWay()
        #expect(autopilot.apply(manoeuvre(east: 9), body.sensed) == nil)
        body.sensed.energyKilojoules = 100
        _ = fly(&autopilot, &body, atMost: 1) { pilot, _ in pilot.mode == .returning }
        let refused = autopilot.apply(manoeuvre(east: 9), body.sensed)
        #expect(refused == .energy && autopilot.mode == .returning)
    }

    @Test func withoutPositionAManoeuvreStopsAndItsTimePasses() throws {
        var (autopilot, body) = try underWay()
        #expect(autopilot.apply(manoeuvre(east: 9, milliseconds: 6000), body.sensed) == nil)
        body.sensed.fix = 0
        _ = fly(&autopilot, &body, atMost: 8) { _, body in body.sensed.groundSpeed < 0.01 }
        #expect(autopilot.mode == .holding)
        var passed = 0.0
        _ = fly(&autopilot, &body, atMost: 8) { _, _ in
            passed += 0.1
            return passed > 1
        }
        body.sensed.fix = 3
        _ = fly(&autopilot, &body, atMost: 1) { _, body in body.sensed.fix == 3 }
        #expect(autopilot.mode == .holding)
    }

    /// Down to sea level: it stays a safe height above the ground, and near the ground first climbs.
    @Test func aManoeuvreStaysClearOfTheGround() throws {
        var (autopilot, body) = try underWay()
        let down = manoeuvre(east: 9, altitude: -500_000, milliseconds: 60_000)
        #expect(autopilot.apply(down, body.sensed) == nil)
        var lowest = body.up
        _ = fly(&autopilot, &body, atMost: 70) { pilot, body in
            lowest = min(lowest, body.up)
            return pilot.mode == .holding
        }
        #expect(lowest > 229.5 && lowest < 231, "\(lowest)")
        #expect(body.east > 300)

        // Over a slope that has come up to 20 m: slower, and up as fast as it can whatever was ordered.
        let task = ManoeuvreTask(
            east: 9, north: 0, climb: 0, altitudeMillimeters: 0, secondsLeft: 9, plannedMeters: body.up)
        body.sensed.heightMeters = 20
        let near = autopilot.velocity(of: task, body.sensed)
        #expect(abs(near.velocityEast - 3) < 0.01 && near.velocityUp == limits.climbSpeed)
        body.sensed.heightMeters = 15
        #expect(autopilot.velocity(of: task, body.sensed).velocityEast == 0)
        // Who does not know its height does not descend, but climbs as ordered.
        body.sensed.heightMeters = .nan
        let blind = autopilot.velocity(of: task, body.sensed)
        #expect(blind.velocityUp == 0 && blind.velocityEast == 9)
    }

    @Test func fliesNoFasterThanItsLimits() throws {
        var (autopilot, body) = try underWay()
        var limit = order(.speedLimit)
        limit.speedMillimetersPerSecond = 5000
        for fastest in [15, 5] as [Float] {
            let fast = manoeuvre(east: 60, north: 80, altitude: 400_000, climb: 30_000)
            #expect(autopilot.apply(fast, body.sensed) == nil)
            var passed = 0.0
            _ = fly(&autopilot, &body, atMost: 20) { _, body in
                passed += 0.1
                // And what brings it back to the planned height.
                #expect(body.sensed.velocityUp <= limits.climbSpeed + 0.3)
                return passed > 12
            }
            #expect(abs(body.sensed.groundSpeed - fastest) < 0.01)
            #expect(abs(body.sensed.velocityEast / body.sensed.groundSpeed - 0.6) < 0.001)
            #expect(autopilot.apply(limit, body.sensed) == nil)
        }
    }

    @Test func refusesAManoeuvreItCannotFly() throws {
        var (autopilot, body) = try started()
        #expect(autopilot.apply(manoeuvre(east: 5), body.sensed) == .mode, "on the ground")
        (autopilot, body) = try underWay()
        let before = autopilot.task
        #expect(autopilot.apply(manoeuvre(milliseconds: 0), body.sensed) == .invalid)
        #expect(autopilot.apply(manoeuvre(north: 100.001), body.sensed) == .invalid)
        let other = MissionReference(number: 7, revision: 2)
        #expect(autopilot.apply(manoeuvre(east: 5, other), body.sensed) == .mission)
        body.sensed.fix = 0
        #expect(autopilot.apply(manoeuvre(east: 5), body.sensed) == .fault)
        #expect(autopilot.task == before)
        body.sensed.fix = 3
        #expect(autopilot.apply(order(.land), body.sensed) == nil)
        #expect(autopilot.apply(manoeuvre(east: 5), body.sensed) == .mode)
        (autopilot, body) = try started([item(.drive, north: 400)], flies: false)
        #expect(autopilot.apply(manoeuvre(east: 5), body.sensed) == .unsupported)
    }

    /// Software that restarts in the middle of one holds: nobody knows how long it was away.
    @Test func aRestartEndsAManoeuvre() throws {
        var (autopilot, body) = try underWay()
        #expect(autopilot.apply(manoeuvre(east: 9), body.sensed) == nil)
        let again = Autopilot(
            limits: limits, memory: autopilot.memory, mission: autopilot.missionMemory, isAirborne: true)
        // The digest of the test's mission is not its items': without a mission in hand it goes home.
        #expect(again.mode == .returning)
        #expect(autopilot.memory.task == .hold(nil))
    }
}

extension SessionTests {
    @Test func aManoeuvreIsDoneAtOnceAndNeverComesLate() {
        var rig = Rig()
        rig.welcome()
        rig.upload()
        rig.receive(.command(rig.command(1, .start)))
        func wait(_ seconds: Int) {
            for _ in 0..<seconds {
                rig.run(seconds: 1)
                rig.beat()
            }
        }
        wait(45)
        #expect(rig.session.autopilot.leg == 2)
        func turn(_ id: UInt64, _ east: Int32) -> Command {
            var command = rig.command(id, .manoeuvre)
            command.velocityEastMillimetersPerSecond = east
            command.altitudeMillimeters = 260_000
            command.climbMillimetersPerSecond = 3_000
            command.durationMilliseconds = 30_000
            return command
        }
        rig.receive(.command(rig.command(2, .hold)))
        rig.receive(.command(turn(4, 5000)))
        wait(10)
        #expect(rig.acks(2) == [.received, .accepted, .started, .failed])
        #expect(rig.acks(4) == [.received, .accepted, .started, .done])
        #expect(abs(rig.body.sensed.velocityEast - 5) < 0.01)
        // An older one that was stuck on its way.
        rig.receive(.command(turn(3, -5000)))
        wait(1)
        #expect(rig.acks(3) == [.received, .accepted, .rejected] && rig.lastRejection == .expired)
        #expect(abs(rig.body.sensed.velocityEast - 5) < 0.01)
        #expect(rig.session.autopilot.mode == .moving)
        rig.receive(.command(turn(5, -5000)))
        wait(6)
        #expect(rig.acks(5) == [.received, .accepted, .started, .done])
        #expect(abs(rig.body.sensed.velocityEast + 5) < 0.01)
    }
}
