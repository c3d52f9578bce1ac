import Foundation
import Testing
import Wire
import World

@testable import Traffic
@testable import Vehicles

/// Manoeuvres flown with the whole physics, against the path that tactical resolution counts on: by how much they
/// differ is what separation must allow for, beside the error of the position itself (here none).
@Suite struct ManoeuvreFlightTests {
    /// What resolution may assume of the simulated aircraft, m/s and m/s2.
    private static let acceleration = 2.0
    private static let climb = 3.0
    private static let descent = 2.0

    /// Degrees turned right, share of the speed kept, metres up.
    private static let typical: [(turn: Double, share: Double, up: Double)] = [
        (0, 0.5, 0), (0, 0, 0), (30, 1, 20), (60, 1, 0), (-60, 0.7, 0), (90, 0.7, -20), (-90, 1, 0),
        (0, 0.7, -25),
    ]

    private struct Air: CustomTestStringConvertible {
        var kind: String
        var wind: String
        var load: Double
        /// Allowed distance from the plan, metres.
        var horizontal: Double
        var vertical: Double
        var testDescription: String { "\(kind), load \(load), wind \(wind)" }
    }

    private static let airs = [
        Air(kind: "multirotor", wind: "{speed: 8, from: 200, gust: 2}", load: 1, horizontal: 8, vertical: 3),
        Air(kind: "vtol", wind: "{speed: 0, gust: 0}", load: 0, horizontal: 6, vertical: 8),
        Air(kind: "vtol", wind: "{speed: 8, from: 200, gust: 2}", load: 1, horizontal: 16, vertical: 12),
    ]

    @Test(arguments: airs) private func staysNearThePlannedPathAndHolds(_ air: Air) throws {
        var flight = try ManoeuvreFlight(kind: air.kind, wind: air.wind, load: air.load, seed: 1)
        flight.run(seconds: 40)
        var paths: [FlightPath] = []
        var manoeuvres: [Manoeuvre] = []
        for (vehicle, typical) in Self.typical.enumerated() {
            let m = flight.motion(vehicle)
            let speed = (m.vx * m.vx + m.vy * m.vy).squareRoot() * typical.share
            let heading = atan2(m.vx, m.vy) + typical.turn * .pi / 180
            manoeuvres.append(
                Manoeuvre(
                    vx: speed * sin(heading), vy: speed * cos(heading),
                    climbRate: typical.up < 0 ? Self.descent : Self.climb, levelMeters: m.z + typical.up))
            paths.append(FlightPath(m, manoeuvres[vehicle], acceleration: Self.acceleration))
            flight.send(manoeuvres[vehicle], to: vehicle, seconds: 20)
        }
        let worst = flight.deviations(from: paths, seconds: 19.9)
        for (vehicle, off) in worst.enumerated() {
            #expect(flight.mode(vehicle) == .moving)
            #expect(off.horizontal < air.horizontal && off.vertical < air.vertical, "\(vehicle): \(off)")
            let m = flight.motion(vehicle)
            let wanted = manoeuvres[vehicle]
            let error = ((m.vx - wanted.vx) * (m.vx - wanted.vx) + (m.vy - wanted.vy) * (m.vy - wanted.vy))
                .squareRoot()
            #expect(error < 1, "\(vehicle): \(error) m/s beside the ordered velocity")
        }
        print(air.testDescription, worst.map { String(format: "%.1f/%.1f", $0.horizontal, $0.vertical) })
        // Their time is over: they stop as a held aircraft is expected to.
        flight.run(seconds: 0.2)
        let stops = (0..<ManoeuvreFlight.count).map {
            FlightPath(stopping: flight.motion($0), acceleration: Self.acceleration)
        }
        #expect((0..<ManoeuvreFlight.count).allSatisfy { flight.mode($0) == .holding })
        let stopped = flight.deviations(from: stops, seconds: 18)
        for (vehicle, off) in stopped.enumerated() {
            #expect(off.horizontal < air.horizontal && off.vertical < air.vertical, "\(vehicle): \(off)")
        }
        print(air.testDescription, stopped.map { String(format: "%.1f/%.1f", $0.horizontal, $0.vertical) })
        #expect(flight.refused == 0)
    }
}
