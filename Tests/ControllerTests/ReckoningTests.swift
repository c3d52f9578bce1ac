import Glibc
import Testing
import World

@testable import Controller

/// Where flights will be, against where they then are.
@Suite struct ReckoningTests {
    /// A short hop, on which it is pressed down and climbs again: seldom does it only climb, speed up, brake or come down.
    @Test(arguments: [2, 8]) func aHopIsReckonedOnAllAxes(seconds: Int) throws {
        var fleet = Fleet(ControllerConfiguration(), Harness.geography)
        fleet.add(Harness.profile(1), at: Harness.place(0, 0))
        fleet.run(5)
        fleet.submit(Harness.request("hop", from: (250, 0), to: (250, 400), at: fleet.now))
        var expected: [(place: Coordinate, altitudeMeters: Double)?] = []
        var (worstAside, worstHeight, compared) = (0.0, 0.0, 0)
        var isPressed = false
        for second in 0..<600 {
            fleet.run(1)
            if !isPressed, fleet.vehicles[0].leg == 1 {
                isPressed = true
                fleet.vehicles[0].altitudeMeters -= 40
                expected = expected.map { _ in nil } + [nil]
                continue
            }
            let (controller, report) = (fleet.controller, fleet.controller.tracks[0].report)
            let isUp = controller.isAirborne(0)
            if second >= seconds, isUp, let then = expected[second - seconds] {
                let d = then.place.displacement(to: report.position.coordinate)
                worstAside = max(worstAside, (d.east * d.east + d.north * d.north).squareRoot())
                worstHeight = max(
                    worstHeight, abs(then.altitudeMeters - report.position.altitude.meters))
                compared += 1
            }
            let ours = controller.mission(of: 0)
            let then = controller.reckoned(0, report, ours, seconds: Double(seconds))
            expected.append(
                isUp
                    ? (report.position.coordinate.moved(east: then.east, north: then.north), then.up) : nil)
        }
        print("reckoned \(seconds) s ahead: off by \(worstAside) m aside, \(worstHeight) m of height")
        #expect(fleet.count(.delivered) == 1 && compared > 60 && isPressed)
        #expect(worstHeight <= Double(seconds) + 2)
        #expect(worstAside <= 2.5 * Double(seconds))
    }
}

extension ReckoningTests {
    /// From any speed, to any place: it arrives, stands there, and takes as long as it must.
    @Test func approachesEndWhereTheyShould() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<2000 {
            let far = 3 + 900 * random.unit()
            let speed = 60 * random.unit() - 30
            let cruise = 5 + 25 * random.unit()
            func after(_ seconds: Double) -> Approach {
                Approach(far, speed: speed, cruise: cruise, acceleration: 2, seconds: seconds)
            }
            let end = after(1000)
            #expect(abs(end.gone - far) < 1e-9 && end.standingSeconds > 0)
            let takes = 1000 - end.standingSeconds
            #expect(takes >= far / max(cruise, speed) - 1e-9)
            var last = after(0)
            #expect(last.gone == 0 && last.speed == speed)
            // In small steps it moves as fast as it says.
            for k in 1...200 {
                let next = after(takes * Double(k) / 200)
                let mean = 0.5 * (last.speed + next.speed) * takes / 200
                #expect(abs(next.gone - last.gone - mean) < 0.02 * takes, "\(far) \(speed) \(cruise)")
                last = next
            }
            #expect(abs(last.gone - far) < 1e-6)
        }
    }
}
