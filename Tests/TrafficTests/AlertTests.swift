import CAllocations
import Testing
import World

@testable import Traffic

@Suite struct AlertTests {
    /// RTCA DO-365B as DAIDALUS 2.0.4 ships it (`DO_365B_no_SUM.conf`): nautical miles, feet, seconds.
    @Test func thresholdsAreThoseOfTheConfiguration() {
        func check(_ volume: WellClear, _ meters: Double, _ feet: Double, _ seconds: Double) {
            #expect(volume.variable == .modifiedTau)
            #expect(abs(volume.distanceMeters - meters) < 1e-9)
            #expect(abs(volume.heightMeters - feet * 0.3048) < 1e-9)
            #expect(volume.timeSeconds == seconds)
            #expect(volume.coAltitudeSeconds == 0)
        }
        check(Alerter.phaseI.preventiveVolume, 0.66 * 1852, 700, 35)
        check(Alerter.phaseI.correctiveVolume, 0.66 * 1852, 450, 35)
        check(Alerter.phaseII.preventiveVolume, 1500 * 0.3048, 450, 0)
        check(Alerter.phaseII.correctiveVolume, 1500 * 0.3048, 450, 0)
        check(Alerter.nonCooperative.correctiveVolume, 2200 * 0.3048, 450, 0)
        check(.smallUnmanned, 2000 * 0.3048, 250, 0)
        for (alerter, seconds) in [(Alerter.phaseI, [55.0, 55, 25]), (.phaseII, [45, 45, 45])] {
            #expect([.preventive, .corrective, .warning].map(alerter.alertingSeconds) == seconds)
        }
        #expect(
            [.preventive, .corrective, .warning].map(Alerter.nonCooperative.alertingSeconds) == [55, 55, 25])
    }

    /// Head-on at 100 m/s and one altitude: terminal well clear is entered 457.2 m before the meeting.
    @Test func levelsFollowTheTimeToTheVolume() {
        func alert(_ seconds: Double, above: Double = 0, _ alerter: Alerter) -> Alert {
            let own = Motion(x: 0, y: 0, z: 1000, vx: 40, vy: 0, vz: 0)
            let distance = alerter.correctiveVolume.distanceMeters + 100 * seconds
            return alerter.alert(
                own: own,
                intruder: Motion(x: distance, y: 0, z: 1000 + above, vx: -60, vy: 0, vz: 0))
        }
        #expect(alert(44.9, .phaseII).level == .warning)
        #expect(alert(45.1, .phaseII).level == .none)
        #expect(abs((alert(45.1, .phaseII).secondsToCorrective ?? 0) - 45.1) < 1e-9)
        #expect(alert(24.9, .nonCooperative).level == .warning)
        #expect(alert(25.1, .nonCooperative).level == .corrective)
        #expect(alert(54.9, .nonCooperative).level == .corrective)
        #expect(alert(55.1, .nonCooperative).level == .none)
        #expect(alert(179, .nonCooperative).secondsToCorrective != nil)
        #expect(alert(181, .nonCooperative).secondsToCorrective == nil)
        // 150 m above is outside 450 ft, inside 700 ft.
        #expect(alert(10, above: 150, .phaseI) == Alert(level: .preventive, secondsToCorrective: nil))
        #expect(alert(-1, .phaseI) == Alert(level: .warning, secondsToCorrective: 0))
    }

    /// The filter never settles a pair otherwise than the evaluator: worlds near, far, at rest, on the thresholds and
    /// out of its bounds.
    @Test(arguments: VectorPath.available, [1, 2] as [UInt64])
    func scanGivesTheLevelsOfTheEvaluator(path: VectorPath, seed: UInt64) {
        var source = PairSource(random: SplitMix64(seed: seed))
        let scan = AlertScan(capacity: 500)
        var levels = [UInt8](repeating: 9, count: 500)
        var (raised, all) = (0, 0)
        for round in 0..<24 {
            let alerter = Alerter.allCases[round % 3]
            var own = source.motion(2000)
            if round % 5 == 4 { (own.vx, own.vy) = (0, 0) }
            if round == 7 { own.x = 2e6 }
            var bodies = (0..<(500 - round)).map { _ in source.motion([1500, 8000, 60_000][round % 3]) }
            for index in bodies.indices where index % 3 == 0 {
                // On a threshold: entering just at an alerting time, just at the height, just grazing.
                let time = alerter.alertingSeconds(index % 2 == 0 ? .warning : .preventive)
                let volume = index % 4 < 2 ? alerter.preventiveVolume : alerter.correctiveVolume
                let near = source.uniform(-1e-6, 1e-6) * (index % 5 == 0 ? 1e6 : 1)
                var body = own.advanced(by: time)
                let speed = (bodies[index].vx * bodies[index].vx + bodies[index].vy * bodies[index].vy)
                    .squareRoot()
                let (ux, uy) = (bodies[index].vx / speed, bodies[index].vy / speed)
                if index % 6 == 0 {
                    (body.x, body.y) = (
                        body.x + ux * (volume.distanceMeters + near), body.y + uy * volume.distanceMeters
                    )
                } else {
                    body.z += volume.heightMeters + near
                }
                let there = Motion(
                    x: body.x, y: body.y, z: body.z, vx: bodies[index].vx, vy: bodies[index].vy,
                    vz: index % 2 == 0 ? own.vz : bodies[index].vz)
                bodies[index] = there.advanced(by: -time)
            }
            bodies[5].vx = own.vx
            bodies[5].vy = own.vy
            bodies[6].x = -3e5
            bodies[7].vx = 900
            bodies[8] = own
            bodies.withUnsafeBufferPointer { scan.load($0, originX: 100, originY: -50) }
            levels.withUnsafeMutableBufferPointer {
                scan.evaluate(own: own, alerter: alerter, path: path, into: $0)
            }
            for (index, body) in bodies.enumerated() {
                let level = alerter.alert(own: own, intruder: body).level
                #expect(levels[index] == level.rawValue, "round \(round), body \(index)")
                raised += level > .none ? 1 : 0
                all += 1
            }
        }
        #expect(scan.pairCount == all)
        #expect(raised > 200 && scan.decidedCount < all)
    }

    @Test func scanAllocatesNothing() {
        var source = PairSource(random: SplitMix64(seed: 3))
        let bodies = (0..<300).map { _ in source.motion() }
        let own = source.motion()
        let scan = AlertScan(capacity: 300)
        var levels = [UInt8](repeating: 0, count: 300)
        func round() {
            bodies.withUnsafeBufferPointer { scan.load($0, originX: 0, originY: 0) }
            levels.withUnsafeMutableBufferPointer { scan.evaluate(own: own, alerter: .phaseI, into: $0) }
        }
        round()
        let before = keruen_allocations()
        round()
        #expect(keruen_allocations() == before)
    }
}
