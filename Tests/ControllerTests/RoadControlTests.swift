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
}
