import DispatchingSamples
import Testing

import struct World.SplitMix64

@testable import Dispatching

/// Travel of the checker against what the search uses: two ways of writing down one definition.
@Suite struct PlainTravelTests {
    private static func modes(_ random: inout SplitMix64) -> [TravelMode] {
        var modes = [TravelMode(.straight(earthRadiusMillimeters: 0))]
        modes.append(TravelMode(airspeedMillimetersPerSecond: 17_321))
        modes.append(TravelMode(airspeedMillimetersPerSecond: 30_000))
        modes[2].wind = SIMD3(5000, -11_000, 3000)
        modes.append(TravelMode(.straight(earthRadiusMillimeters: 0)))
        (modes[3].quantumMillimeters, modes[3].roundsDown) = (100_000, true)
        modes.append(TravelMode(.straight(earthRadiusMillimeters: 0), pace: TravelMode.unitPace / 3))
        modes[4].quantumMillimeters = 1000
        let size = 5
        let cells = (0..<size * size).map { k in
            k / size == k % size
                ? 0 : random.below(9) == 0 ? DispatchLimits.latestMilliseconds : Int64(random.below(90_000))
        }
        let times = cells.map { $0 == DispatchLimits.latestMilliseconds ? $0 : $0 / 2 + 7 }
        modes.append(TravelMode(.road(RoadTable(nodes: size, millimeters: cells, milliseconds: times))))
        return modes
    }

    /// What the search believes may be a little longer than what the checker asks for, never shorter: then every plan
    /// that the search holds for feasible is.
    @Test func theSearchNeverTravelsFaster() throws {
        var random = SplitMix64(seed: 31)
        let modes = Self.modes(&random)
        let earth = 6_371_008_800.0
        var locations: [Location] = []
        for _ in 0..<120 {
            // Within some thousand kilometres of each other, on the sphere.
            let raw = SIMD3(1 + random.unit() * 0.4, 2 + random.unit() * 0.4, 3 + random.unit() * 0.4)
            let length = (raw * raw).sum().squareRoot()
            var place = Location(
                x: (raw.x / length * earth).rounded(), y: (raw.y / length * earth).rounded(),
                z: (raw.z / length * earth).rounded())
            for _ in 0..<random.below(3) {
                place.roads.append(
                    RoadAccess(
                        node: random.below(5), millimeters: Int64(random.below(500)),
                        milliseconds: Int64(random.below(500))))
            }
            locations.append(place)
        }
        let plain = PlainTravel(locations: locations)
        for (m, mode) in modes.enumerated() {
            let ways = Ways(mode, locations)
            defer { ways.deallocate() }
            for _ in 0..<1000 {
                let (i, j) = (random.below(120), random.below(120))
                func spot(_ k: Int) -> Spot {
                    Spot(x: locations[k].x, y: locations[k].y, z: locations[k].z, place: Int32(k))
                }
                let fast = ways.way(spot(i), spot(j))
                guard let slow = plain.way(mode, i, j) else {
                    #expect(fast.milliseconds >= DispatchLimits.latestMilliseconds, "mode \(m), \(i) to \(j)")
                    continue
                }
                #expect(fast.milliseconds >= slow.milliseconds, "mode \(m), \(i) to \(j)")
                #expect(fast.millimeters >= slow.millimeters, "mode \(m), \(i) to \(j)")
                // The series for the arc is some ten-millionths long, times are rounded after distances.
                let most = slow.milliseconds + slow.milliseconds / 1_000_000 + 2
                #expect(fast.milliseconds <= most, "mode \(m), \(i) to \(j)")
            }
        }
    }

    /// By hand: 1000 km of equator, head wind, tail wind and cross wind.
    @Test func knownWays() throws {
        let earth = 6_371_008_800.0
        let quarter = PlainTravel(locations: [Location(x: earth, y: 0), Location(x: 0, y: earth)])
        let arc = try #require(
            quarter.way(TravelMode(.straight(earthRadiusMillimeters: earth)), 0, 1))
        #expect(abs(arc.plainMillimeters - earth * Double.pi / 2) < 1)
        let flat = PlainTravel(locations: [Location(x: 0, y: 0), Location(x: 1_000_000, y: 0)])
        var mode = TravelMode(.straight(earthRadiusMillimeters: 0), pace: TravelMode.unitPace / 16)
        // 16 m/s over 1 km.
        #expect(flat.way(mode, 0, 1)?.milliseconds == 62_500)
        mode.wind = SIMD3(4000, 0, 0)
        #expect(flat.way(mode, 0, 1)?.milliseconds == 50_000)
        #expect(flat.way(mode, 1, 0)?.milliseconds == 83_334)
        // Across: sqrt(256 - 144) m/s are left.
        mode.wind = SIMD3(0, 12_000, 0)
        #expect(flat.way(mode, 0, 1)?.milliseconds == 94_492)
    }
}
