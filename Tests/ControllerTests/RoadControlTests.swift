import CAllocations
import Testing

@testable import Controller
@testable import World

@Suite struct RoadControlTests {
    private func told(_ scene: RoadScene, _ verbs: [CommandVerb]) -> [String] {
        scene.commands.filter { verbs.contains($0.verb) }.map {
            "\($0.vehicle.number) \($0.verb) \($0.speedMillimetersPerSecond) \($0.reason)"
        }
    }

    private let onRoad: [CommandVerb] = [.hold, .resume, .speedLimit]

    /// Both come to the same single lane at the same time: one waits, both pass.
    @Test(arguments: [0.0, 1.0]) func twoMeetAtSingleLaneWorks(noise: Double) {
        let (a, b) = (Harness.place(0, 0), Harness.place(8000, 0))
        var scene = RoadScene(nodes: [(0, 0), (8000, 0)], edges: [(0, 1)], works: [(0, 3800, 400)])
        scene.noiseMeters = noise
        scene.add(1, at: a)
        scene.add(2, at: b)
        scene.run(5)
        scene.order(1, from: a, to: b)
        scene.order(2, from: b, to: a)
        scene.run(1500) { $0.allDelivered }
        #expect(scene.allDelivered)
        #expect(scene.meetings == 0)
        #expect(scene.touches == 0)
        let commands = told(scene, onRoad)
        let holds = told(scene, [.hold])
        #expect(holds.count == 1, "\(commands.suffix(12))")
        #expect(
            holds.allSatisfy {
                $0.contains("road: waits for truck-") && $0.contains("single-lane works on A1 N0-N1 km 4")
            })
        #expect(told(scene, [.resume]).count == 1, "\(commands.suffix(12))")
        // Slower in the works, and free again behind them, for each.
        #expect(commands.count <= 8, "\(commands.suffix(12))")
        #expect(scene.controller.roadStatistics.trucks == 0)
    }

    /// A fast truck behind a slow one keeps its gap, told little.
    @Test func keepsHeadwayBehindASlowTruck() {
        let (a, b) = (Harness.place(0, 0), Harness.place(12_000, 0))
        var scene = RoadScene(nodes: [(0, 0), (12_000, 0)], edges: [(0, 1)])
        scene.add(1, at: a, cruise: 12_000)
        scene.run(5)
        scene.order(1, from: a, to: b)
        scene.run(60)
        scene.add(2, at: a, cruise: 24_000)
        scene.run(5)
        scene.order(2, from: a, to: b)
        scene.run(2000) { $0.allDelivered }
        #expect(scene.allDelivered)
        #expect(scene.touches == 0)
        #expect(scene.leastGap > 20)
        #expect(scene.leastGap < 600)
        let commands = told(scene, onRoad)
        #expect(commands.contains { $0.contains("keeps its distance to truck-1") }, "\(commands.suffix(12))")
        #expect(commands.count <= 6, "\(commands.suffix(12))")
    }

    /// What two trucks need at works, with the first already on its way.
    private func meeting(
        isWatched: Bool = true, _ change: (inout ControllerConfiguration) -> Void = { _ in }
    ) -> RoadScene {
        let (a, b) = (Harness.place(0, 0), Harness.place(8000, 0))
        var scene = RoadScene(
            nodes: [(0, 0), (8000, 0)], edges: [(0, 1)], works: [(0, 3800, 400)], isWatched: isWatched,
            configuration: change)
        scene.add(1, at: a)
        scene.add(2, at: b)
        scene.run(5)
        scene.order(1, from: a, to: b)
        scene.order(2, from: b, to: a)
        return scene
    }

    private func state(_ scene: RoadScene, _ id: UInt32) -> Mission? {
        scene.controller.vehicle(VehicleID(id)).flatMap { $0.mission }.flatMap {
            scene.controller.mission($0)
        }
    }

    /// Killed while one waits at the works: the other still has the single lane afterwards, then the one goes on.
    @Test(arguments: [4, 20, 40]) func rebuiltAfterAKill(afterSeconds: Double) {
        var scene = meeting()
        scene.run(600) { !$0.commands.filter { $0.verb == .hold }.isEmpty }
        scene.run(afterSeconds)
        scene.restart()
        scene.run(1500) { $0.allDelivered }
        #expect(scene.allDelivered)
        #expect(scene.meetings == 0)
        #expect(scene.touches == 0)
        #expect(told(scene, onRoad).count <= 14, "\(told(scene, onRoad).suffix(12))")
    }

    /// Silent and broken in the works: it keeps them, the other waits and says for whom, until an operator takes the
    /// silent one off the road.
    @Test func aSilentTruckBlocksUntilItIsTakenAway() throws {
        var scene = meeting { $0.abandonSeconds = 300 }
        scene.run(600) { !$0.commands.filter { $0.verb == .hold }.isEmpty }
        let waiting = try #require(
            scene.trucks.firstIndex {
                $0.mode == .moving && state(scene, $0.profile.id.number)?.state == .held
            })
        let other = 1 - waiting
        let works = scene.works[0]
        scene.run(200) {
            let at = Harness.place(0, 0).meters(to: $0.trucks[other].at)
            return at > works.fromMeters + 30 && at < works.fromMeters + works.lengthMeters - 30
        }
        scene.trucks[other].isSilent = true
        scene.trucks[other].isBroken = true
        scene.run(1200)
        #expect(scene.meetings == 0)
        #expect(state(scene, UInt32(waiting + 1))?.state == .held)
        let told = scene.notices.filter { $0.contains("waits for") && $0.contains("truck-\(other + 1)") }
        #expect(told.contains { $0.contains("silent for") && $0.contains("abort it") }, "\(told)")
        // At 3, 6 and 12 minutes and so on, not each tick.
        #expect((2...5).contains(scene.controller.roadStatistics.longWaits))
        scene.give(.operatorAction(.abort, VehicleID(UInt32(other + 1)), by: "anna", at: scene.now))
        scene.trucks[other].at = Harness.place(4000, 500)
        scene.run(600) { !$0.trucks[waiting].isStarted || $0.trucks[waiting].mode == .parked }
        #expect(scene.trucks[waiting].drove > 7900)
    }

    /// A truck held by an operator is not let go by the table, and one that the table holds not by the operator's resume
    /// before its time.
    @Test func operatorsHoldsAreTheirs() {
        var scene = meeting()
        scene.run(100)
        scene.give(.operatorAction(.hold, VehicleID(1), by: "anna", at: scene.now))
        scene.run(900)
        #expect(state(scene, 1)?.reason == "hold by anna")
        #expect(scene.trucks[0].speed == 0)
        // It stands before the works and does not keep them from the other.
        #expect(scene.trucks[1].drove > 7900)
        scene.give(.operatorAction(.resume, VehicleID(1), by: "anna", at: scene.now))
        scene.run(900) { $0.allDelivered }
        #expect(scene.allDelivered && scene.meetings == 0)
    }

    /// Loading beside the road in the middle of an edge holds nobody up; then it waits for a gap.
    @Test func stopsAreBesideTheRoad() {
        let (a, b, middle) = (Harness.place(0, 0), Harness.place(9000, 0), Harness.place(4000, 0))
        var scene = RoadScene(nodes: [(0, 0), (9000, 0)], edges: [(0, 1)]) { $0.truckHandlingSeconds = 400 }
        scene.add(1, at: a)
        scene.run(5)
        scene.order(1, from: middle, to: b)
        scene.run(60)
        scene.add(2, at: a)
        scene.run(5)
        scene.order(2, from: a, to: b)
        scene.run(1800) { $0.allDelivered }
        #expect(scene.allDelivered)
        #expect(scene.touches == 0)
        #expect(told(scene, [.hold]).filter { $0.hasPrefix("2") }.isEmpty, "\(told(scene, onRoad))")
    }

    private func crowd(seed: UInt64, isWatched: Bool) -> RoadScene {
        var random = SplitMix64(seed: seed)
        let ends = [(0.0, 0.0), (12_000.0, 0.0), (6000.0, 6000.0), (6000.0, -6000.0)]
        var scene = RoadScene(
            nodes: [(6000, 0)] + ends, edges: [(1, 0), (0, 2), (3, 0), (0, 4)],
            works: [(0, 4000, 800), (1, 1000, 800)], isWatched: isWatched)
        scene.noiseMeters = 1
        scene.random = SplitMix64(seed: seed)
        for n in 0..<12 {
            // Mostly along one road, against each other.
            let from = Int(random.next() % 6) % 4 % 2 == 0 ? 0 : 1 + Int(random.next() % 3)
            let to = from == 0 ? 1 + Int(random.next() % 3) : 0
            let (a, b) = (Harness.place(ends[from].0, ends[from].1), Harness.place(ends[to].0, ends[to].1))
            scene.add(UInt32(n + 1), at: a, cruise: UInt32(14_000 + random.next() % 10_000))
            scene.run(2)
            scene.order(UInt32(n + 1), from: a, to: b)
            scene.run(Double(random.next() % 10))
        }
        scene.run(4000) { $0.allDelivered }
        return scene
    }

    /// Trucks of several speeds both ways through two works and over a crossing: all arrive, none touch, few words.
    @Test(arguments: 1...3) func manyTrucksOnSharedRoads(seed: UInt64) {
        let scene = crowd(seed: seed, isWatched: true)
        #expect(scene.allDelivered, "seed \(seed)")
        #expect(scene.touches == 0, "seed \(seed), least \(scene.leastGap)")
        #expect(scene.meetings == 0, "seed \(seed)")
        let count = told(scene, onRoad).count
        print(
            "seed \(seed): \(count) commands for \(scene.controller.missions.count) missions, least gap "
                + "\(scene.leastGap) m, longest stand \(scene.trucks.map(\.longestStand).max() ?? 0) s, "
                + "\(scene.controller.roadStatistics)")
        #expect(count <= 12 * scene.controller.missions.count, "seed \(seed)")
    }

    /// The same trucks without the table: the judge sees what would happen.
    @Test func unwatchedTheyCollide() {
        #expect(crowd(seed: 1, isWatched: false).touches > 0)
        var scene = meeting(isWatched: false)
        scene.run(500)
        #expect(scene.meetings > 0)
        #expect(told(scene, onRoad).isEmpty)
    }

    /// A tick in which nothing is told takes no memory, for trucks that follow each other.
    @Test func aSteadyTickAllocatesNothing() {
        let (a, b) = (Harness.place(0, 0), Harness.place(60_000, 0))
        var scene = RoadScene(nodes: [(0, 0), (60_000, 0)], edges: [(0, 1)], works: [(0, 50_000, 400)])
        for id in 1...4 as ClosedRange<UInt32> {
            scene.add(id, at: a)
            scene.run(5)
            scene.order(id, from: a, to: b)
            scene.run(20)
        }
        scene.run(300)
        #expect(scene.controller.roadStatistics.trucks == 4)
        func rest() {
            for v in scene.controller.tracks.indices {
                scene.controller.tracks[v].heardAt = scene.controller.now
            }
            scene.controller.keepTrucksApart()
        }
        rest()
        let (before, commands) = (keruen_allocations(), scene.controller.roadStatistics)
        for _ in 0..<100 { rest() }
        #expect(keruen_allocations() == before)
        #expect(scene.controller.roadStatistics == commands)
    }
}
