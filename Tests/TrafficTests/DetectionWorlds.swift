import Traffic
import World

/// Worlds for the detector's tests, and the slow obvious answer.
struct World {
    var bodies: [(Body, BodyClass)] = []

    mutating func add(
        _ x: Double, _ y: Double, _ z: Double, _ vx: Double = 0, _ vy: Double = 0, _ vz: Double = 0,
        radius: Double = 0, height: Double = 0, _ kind: BodyClass = .drone
    ) {
        bodies.append(
            (
                Body(
                    Motion(x: x, y: y, z: z, vx: vx, vy: vy, vz: vz), addedRadiusMeters: radius,
                    addedHeightMeters: height), kind
            ))
    }

    var table: BodyTable {
        let table = BodyTable()
        for (body, kind) in bodies { table.append(body, kind) }
        return table
    }

    /// Every pair, decided in double.
    func everyPair(_ volumes: PairVolumes, lookahead: Double) -> [Conflict] {
        var all: [Conflict] = []
        for i in bodies.indices {
            for j in bodies.indices where j > i {
                guard let rule = volumes[bodies[i].1, bodies[j].1] else { continue }
                let (p, q) = (bodies[i].0, bodies[j].0)
                let radius = p.addedRadiusMeters + q.addedRadiusMeters
                let height = p.addedHeightMeters + q.addedHeightMeters
                let horizon = min(rule.lookaheadSeconds, lookahead)
                // Without a lookahead: inside now, and for a moment.
                let seconds = horizon > 0 ? horizon : 1
                var time: ConflictInterval?
                switch rule.volume {
                case .cylinder(let r, let h):
                    time = .cylinder(
                        radiusMeters: r + radius, halfHeightMeters: h + height, own: p.motion,
                        intruder: q.motion, horizonSeconds: seconds)
                case .wellClear(var volume):
                    volume.distanceMeters += radius
                    volume.heightMeters += height
                    time = volume.conflict(own: p.motion, intruder: q.motion, horizonSeconds: seconds)
                }
                if horizon == 0, time != nil {
                    time =
                        time?.entrySeconds == 0 ? ConflictInterval(entrySeconds: 0, exitSeconds: 0) : nil
                }
                if let time {
                    all.append(
                        Conflict(
                            a: Int32(i), b: Int32(j), entrySeconds: time.entrySeconds,
                            exitSeconds: time.exitSeconds))
                }
            }
        }
        return all.sorted { ($0.entrySeconds, $0.a, $0.b) < ($1.entrySeconds, $1.a, $1.b) }
    }

    /// Bodies of all classes, some inflated, in a box with sides in metres.
    static func random(_ count: Int, side: Double, top: Double, seed: UInt64) -> World {
        var random = SplitMix64(seed: seed)
        var world = World()
        func unit(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.unit() }
        for k in 0..<count {
            let kind: BodyClass = k % 10 < 6 ? .drone : BodyClass.allCases[k % 5]
            let fast: Double = [20, 15, 90, 40, 120][Int(kind.rawValue)]
            let isInflated = k % 7 == 0
            world.add(
                unit(0, side), unit(0, side), unit(0, top), unit(-fast, fast), unit(-fast, fast), unit(-5, 5),
                radius: isInflated ? unit(0, 200) : 0, height: isInflated ? unit(0, 30) : 0, kind)
        }
        return world
    }
}
