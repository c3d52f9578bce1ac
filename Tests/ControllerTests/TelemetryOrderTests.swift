import Testing

@testable import Controller
@testable import World

/// What a tick decides follows from what was measured, not from how messages travelled.
@Suite struct TelemetryOrderTests {
    /// Drones on crossing ways, two trucks on one road, and an aircraft over them; every input is kept.
    static func day(seed: UInt64) -> Fleet {
        var random = SplitMix64(seed: seed)
        let roads = RoadScene(nodes: [(0, -3000), (9000, -3000)], edges: [(0, 1)], works: [(0, 4000, 400)])
        var configuration = ControllerConfiguration()
        configuration.truckHandlingSeconds = 5
        configuration.checksDepartures = false
        var fleet = Fleet(configuration, roads.geography, keeps: true)
        for n in 1...8 {
            let (e, north) = (random.unit() * 2000, random.unit() * 2000)
            fleet.add(Harness.profile(UInt32(n)), at: Harness.place(e, north))
        }
        let ends = [Harness.place(0, -3000), Harness.place(9000, -3000)]
        for n in 0..<2 {
            var profile = Harness.profile(UInt32(n + 11), .truck)
            profile.energyCapacityKilojoules = 3_000_000
            fleet.add(profile, at: ends[n])
        }
        fleet.run(5)
        for n in 1...8 {
            let (e, north) = (random.unit() * 2000, random.unit() * 2000)
            fleet.submit(
                Harness.request("k\(n)", from: (e, north), to: (2000 - e, 2000 - north), at: fleet.now))
        }
        for (n, (from, to)) in [(0.0, 9000.0), (9000, 0)].enumerated() {
            var request = Harness.request(
                "t\(n)", from: (from, -3000), to: (to, -3000), grams: 5_000_000, at: fleet.now)
            request.kinds = [.truck]
            fleet.submit(request)
        }
        var aircraft: [SurveillanceTests.Aircraft] = []
        for n in 0..<3 {
            aircraft.append(
                SurveillanceTests.Aircraft(
                    address: UInt32(n + 1), east: -6000 - 800 * Double(n), north: 1000, altitudeMeters: 380,
                    velocityEast: 50, velocityNorth: Double(n) * 3))
        }
        for second in 0..<600 {
            for n in aircraft.indices { aircraft[n].second() }
            let at = fleet.now.advanced(bySeconds: 1)
            if second < 300 {
                fleet.give(.surveillance(at: at, contacts: aircraft.map { $0.contact(at) }))
            }
            // One is not heard for a while.
            fleet.silent = (200..<230).contains(second) ? [VehicleID(2)] : []
            fleet.second()
        }
        return fleet
    }

    /// Messages as a bad network brings them.
    struct Network {
        var random: SplitMix64
        var heard: [TrackReport] = []
        var seen: [SurveillanceContact] = []
        var added = 0

        mutating func shuffle<T>(_ all: inout [T]) {
            for i in all.indices.reversed() where i > 0 {
                all.swapAt(i, Int(random.next() % UInt64(i + 1)))
            }
        }

        /// The newest of each, and besides: copies, what was overtaken since the last tick, what is older than that,
        /// what makes no sense; in any order.
        mutating func bring(_ reports: [TrackReport], since last: Instant) -> [TrackReport] {
            var all = reports
            for report in reports {
                if random.unit() < 0.4 { all.append(report) }
                if random.unit() < 0.4 {
                    var earlier = report
                    let gap = report.measuredAt.seconds(since: last) * random.unit()
                    earlier.measuredAt = report.measuredAt.advanced(bySeconds: -max(gap, 1e-3))
                    earlier.position.coordinate = Harness.place(random.unit() * 9000, random.unit() * 9000)
                    earlier.mode = .parked
                    earlier.horizontalAccuracyCentimeters = 60_000
                    earlier.leg = 7
                    all.append(earlier)
                }
                if random.unit() < 0.1 {
                    var wrong = report
                    wrong.measuredAt = report.measuredAt.advanced(bySeconds: 0.01)
                    wrong.position.coordinate = Coordinate(latitudeE7: 2_000_000_000, longitudeE7: 0)
                    all.append(wrong)
                }
            }
            for _ in 0..<3 where !heard.isEmpty {
                let late = heard[Int(random.next() % UInt64(heard.count))]
                all.append(late)
            }
            added += all.count - reports.count
            heard.append(contentsOf: reports)
            if heard.count > 400 { heard.removeFirst(heard.count - 400) }
            shuffle(&all)
            return all
        }

        mutating func bring(_ contacts: [SurveillanceContact]) -> [SurveillanceContact] {
            var all = contacts + contacts.filter { _ in random.unit() < 0.5 }
            for _ in 0..<2 where !seen.isEmpty { all.append(seen[Int(random.next() % UInt64(seen.count))]) }
            seen.append(contentsOf: contacts)
            shuffle(&all)
            return all
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func lateRepeatedAndReorderedMakeNoDifference(seed: UInt64) {
        print("telemetry order, seed \(seed)")
        let fleet = Self.day(seed: seed)
        #expect(fleet.controller.separationStatistics.conflicts > 0)
        var network = Network(random: SplitMix64(seed: seed &* 77))
        var controller = Controller(configuration: fleet.configuration, geography: fleet.geography)
        var reference = controller
        var digest = EffectDigest()
        var last = Harness.epoch
        var ticks = 0
        var effects: [Effect] = []
        var expected: [Effect] = []
        for input in fleet.inputs {
            var changed = input
            switch input {
            case .tick(let at, let reports):
                changed = .tick(at: at, reports: network.bring(reports, since: last))
                last = at
            case .surveillance(let at, let contacts):
                changed = .surveillance(at: at, contacts: network.bring(contacts))
            default: break
            }
            effects.removeAll(keepingCapacity: true)
            expected.removeAll(keepingCapacity: true)
            controller.step(changed, effects: &effects)
            reference.step(input, effects: &expected)
            for effect in effects { digest.add(effect) }
            guard case .tick = input else { continue }
            guard controller.hash == fleet.hashes[ticks][0], digest.value == fleet.hashes[ticks][1],
                effects == expected, controller.vehicles == reference.vehicles,
                controller.separationStatistics == reference.separationStatistics,
                controller.roadStatistics == reference.roadStatistics
            else {
                Issue.record("seed \(seed): tick \(ticks) came out differently")
                return
            }
            ticks += 1
        }
        #expect(controller.snapshot == reference.snapshot)
        #expect(network.added > 1000 && ticks > 500)
        #expect(controller.ignoredInputs - reference.ignoredInputs == network.added, "each is counted")
    }

    /// Stepped in turns with other inputs, a controller and its copy come out as if each were alone.
    @Test func aCopyIsIndependent() {
        let fleet = Self.day(seed: 9)
        func run(_ controller: inout Controller, _ inputs: ArraySlice<Input>) -> [UInt64] {
            var effects: [Effect] = []
            return inputs.map {
                controller.step($0, effects: &effects)
                return controller.hash
            }
        }
        let fresh = Controller(configuration: fleet.configuration, geography: fleet.geography)
        // While trucks are on the road.
        var alone = fresh
        var half = 0
        while half < fleet.inputs.count, alone.roadStatistics.trucks < 2 {
            _ = run(&alone, [fleet.inputs[half]])
            half += 1
        }
        #expect(half < fleet.inputs.count / 2)
        let whole = run(&alone, fleet.inputs[half...])
        var controller = fresh
        _ = run(&controller, fleet.inputs[..<half])
        var copy = controller
        var (mine, theirs): ([UInt64], [UInt64]) = ([], [])
        for input in fleet.inputs[half...] {
            mine += run(&controller, [input])
            // Nobody is heard any more.
            if case .tick(let at, _) = input { theirs += run(&copy, [.tick(at: at, reports: [])]) }
        }
        let isSame = mine == whole
        #expect(isSame)
        #expect(theirs.last != whole.last)
        // And the same the other way round, from another copy.
        var again = fresh
        _ = run(&again, fleet.inputs[..<half])
        let second = again
        for input in fleet.inputs[half...] {
            if case .tick(let at, _) = input { _ = run(&again, [.tick(at: at, reports: [])]) }
        }
        var late = second
        let isSameLater = run(&late, fleet.inputs[half...]) == whole
        #expect(isSameLater)
    }
}
