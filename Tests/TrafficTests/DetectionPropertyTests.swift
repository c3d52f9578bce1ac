import Testing
import Traffic
import World

/// The same world seen otherwise has the same conflicts.
@Suite struct DetectionPropertyTests {
    static let volumes = PairVolumes(all: .cylinder(radiusMeters: 50, halfHeightMeters: 20))

    private func run(_ bodies: [Motion], lookahead: Double = 60) -> [Conflict] {
        let table = BodyTable()
        for motion in bodies { table.append(Body(motion), .drone) }
        let detector = ConflictDetector(Self.volumes, lookaheadSeconds: lookahead)
        detector.run(table)
        return detector.conflicts.sorted { ($0.a, $0.b) < ($1.a, $1.b) }
    }

    private func expectClose(_ a: [Conflict], _ b: [Conflict], _ tolerance: Double = 1e-6) {
        #expect(a.map(\.a) == b.map(\.a))
        #expect(a.map(\.b) == b.map(\.b))
        for (p, q) in zip(a, b) {
            #expect((p.entrySeconds - q.entrySeconds).magnitude < tolerance)
            #expect((p.exitSeconds - q.exitSeconds).magnitude < tolerance)
        }
    }

    static func world(_ seed: UInt64) -> [Motion] {
        World.random(350, side: 2500, top: 120, seed: seed).bodies.map(\.0.motion)
    }

    @Test(arguments: [31, 32, 33])
    func movingAndTurningTheWorld(seed: UInt64) {
        let world = Self.world(seed)
        let plain = run(world)
        #expect(plain.count > 50)
        expectClose(
            plain,
            run(
                world.map {
                    Motion(
                        x: $0.x + 12_345.67, y: $0.y - 9876.5, z: $0.z + 321, vx: $0.vx, vy: $0.vy, vz: $0.vz)
                }))
        let (c, s) = (0.6, 0.8)
        expectClose(
            plain,
            run(
                world.map {
                    Motion(
                        x: c * $0.x - s * $0.y, y: s * $0.x + c * $0.y, z: -$0.z, vx: c * $0.vx - s * $0.vy,
                        vy: s * $0.vx + c * $0.vy, vz: -$0.vz)
                }))
    }

    @Test(arguments: [34, 35])
    func swappingRoles(seed: UInt64) {
        let world = Self.world(seed)
        let n = Int32(world.count)
        let swapped = run(world.reversed()).map {
            Conflict(
                a: n - 1 - $0.b, b: n - 1 - $0.a, entrySeconds: $0.entrySeconds, exitSeconds: $0.exitSeconds)
        }
        #expect(swapped.sorted { ($0.a, $0.b) < ($1.a, $1.b) } == run(world))
    }

    /// What will happen in an hour's quarter happens sooner when some of it has passed.
    @Test func lettingTimePass() {
        let world = Self.world(36)
        let passed = 13.25
        let later = run(world.map { $0.advanced(by: passed) }, lookahead: 60 - passed)
        let now = run(world).filter { $0.exitSeconds > passed }.map {
            Conflict(
                a: $0.a, b: $0.b, entrySeconds: max($0.entrySeconds - passed, 0),
                exitSeconds: $0.exitSeconds - passed)
        }
        expectClose(now, later)
    }
}
