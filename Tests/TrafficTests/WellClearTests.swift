import Testing
import Traffic
import World

/// The definitions, one moment at a time: slow and obvious.
struct WellClearAtOnce {
    var volume: WellClear

    func isViolated(_ s: Motion) -> Bool { isHorizontallyViolated(s) && isVerticallyViolated(s) }

    private func isVerticallyViolated(_ s: Motion) -> Bool {
        if abs(s.z) <= volume.heightMeters { return true }
        guard s.z * s.vz < 0 else { return false }
        return -s.z / s.vz <= volume.coAltitudeSeconds
    }

    private func isHorizontallyViolated(_ s: Motion) -> Bool {
        let distance = (s.x * s.x + s.y * s.y).squareRoot()
        let square = s.vx * s.vx + s.vy * s.vy
        let dot = s.x * s.vx + s.y * s.vy
        if distance <= volume.distanceMeters { return true }
        guard square > 0, dot < 0 else { return false }
        let tcpa = -dot / square
        let (x, y) = (s.x + tcpa * s.vx, s.y + tcpa * s.vy)
        let dcpa = (x * x + y * y).squareRoot()
        guard dcpa <= volume.distanceMeters else { return false }
        let half = ((volume.distanceMeters * volume.distanceMeters - dcpa * dcpa) / square).squareRoot()
        let time =
            switch volume.variable {
            case .closestApproach: tcpa
            case .entryPoint: tcpa - half
            case .modifiedTau: (volume.distanceMeters * volume.distanceMeters - distance * distance) / dot
            }
        return 0 <= time && time <= volume.timeSeconds
    }
}

/// Pairs that meet often.
struct PairSource {
    var random: SplitMix64
    mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * random.unit() }
    mutating func motion(_ reach: Double = 6000) -> Motion {
        Motion(
            x: uniform(-reach, reach), y: uniform(-reach, reach), z: uniform(0, 600), vx: uniform(-90, 90),
            vy: uniform(-90, 90), vz: random.unit() < 0.3 ? 0 : uniform(-9, 9))
    }
    mutating func wellClear() -> WellClear {
        let variable = WellClear.TimeVariable.allCases[Int(uniform(0, 3))]
        return WellClear(
            variable, distanceMeters: uniform(20, 2500), heightMeters: uniform(10, 250),
            timeSeconds: random.unit() < 0.2 ? 0 : uniform(0, 60),
            coAltitudeSeconds: random.unit() < 0.4 ? 0 : uniform(0, 40))
    }
}

func difference(_ own: Motion, _ intruder: Motion, after time: Double = 0) -> Motion {
    let (a, b) = (own.advanced(by: time), intruder.advanced(by: time))
    return Motion(x: a.x - b.x, y: a.y - b.y, z: a.z - b.z, vx: a.vx - b.vx, vy: a.vy - b.vy, vz: a.vz - b.vz)
}

@Suite struct WellClearTests {
    @Test(arguments: [1, 2, 3] as [UInt64]) func agreesWithTheDefinitionAtEveryMoment(seed: UInt64) {
        var source = PairSource(random: SplitMix64(seed: seed))
        var conflicts = 0
        for _ in 0..<800 {
            let (volume, own, intruder) = (source.wellClear(), source.motion(3000), source.motion(3000))
            let horizon = source.uniform(5, 180)
            let found = volume.conflict(own: own, intruder: intruder, horizonSeconds: horizon)
            if found != nil { conflicts += 1 }
            let slow = WellClearAtOnce(volume: volume)
            for step in 0...60 {
                let time = horizon * Double(step) / 60
                if let found {
                    // Not within rounding of an end.
                    if abs(time - found.entrySeconds) < 1e-6 || abs(time - found.exitSeconds) < 1e-6 {
                        continue
                    }
                    let isInside = time > found.entrySeconds && time < found.exitSeconds
                    #expect(slow.isViolated(difference(own, intruder, after: time)) == isInside)
                } else {
                    #expect(!slow.isViolated(difference(own, intruder, after: time)))
                }
            }
            #expect(
                volume.isViolated(own: own, intruder: intruder)
                    == slow.isViolated(difference(own, intruder)))
        }
        #expect(conflicts > 50)
    }

    @Test func volumesAreNested() throws {
        var source = PairSource(random: SplitMix64(seed: 4))
        for _ in 0..<3000 {
            var volume = source.wellClear()
            let (own, intruder) = (source.motion(), source.motion())
            func conflict(_ variable: WellClear.TimeVariable) -> ConflictInterval? {
                volume.variable = variable
                return volume.conflict(own: own, intruder: intruder, horizonSeconds: 120)
            }
            guard let inner = conflict(.closestApproach) else { continue }
            let middle = try #require(conflict(.modifiedTau))
            let outer = try #require(conflict(.entryPoint))
            #expect(middle.entrySeconds <= inner.entrySeconds + 1e-9)
            #expect(outer.entrySeconds <= middle.entrySeconds + 1e-9)
            #expect(abs(outer.exitSeconds - inner.exitSeconds) < 1e-9)
        }
    }

    @Test func doesNotDependOnPlaceDirectionOrder() {
        var source = PairSource(random: SplitMix64(seed: 5))
        func close(_ a: ConflictInterval?, _ b: ConflictInterval?) -> Bool {
            guard let a, let b else { return a == b }
            return abs(a.entrySeconds - b.entrySeconds) < 1e-6 && abs(a.exitSeconds - b.exitSeconds) < 1e-6
        }
        for _ in 0..<3000 {
            let (volume, own, intruder) = (source.wellClear(), source.motion(), source.motion())
            let found = volume.conflict(own: own, intruder: intruder, horizonSeconds: 90)
            #expect(close(found, volume.conflict(own: intruder, intruder: own, horizonSeconds: 90)))
            func moved(_ m: Motion) -> Motion {
                Motion(x: -m.y + 4096, y: m.x - 512, z: m.z + 64, vx: -m.vy + 8, vy: m.vx - 4, vz: m.vz + 1)
            }
            #expect(
                close(found, volume.conflict(own: moved(own), intruder: moved(intruder), horizonSeconds: 90)))
            // A second later everything is a second sooner.
            guard let found, found.entrySeconds > 1.001, found.exitSeconds < 89 else { continue }
            let later = volume.conflict(
                own: own.advanced(by: 1), intruder: intruder.advanced(by: 1), horizonSeconds: 90)
            #expect(
                close(
                    ConflictInterval(
                        entrySeconds: found.entrySeconds - 1, exitSeconds: found.exitSeconds - 1), later))
        }
    }

    /// Answers of DAIDALUS 2.0.4 (`conflictDetection`, printed with six decimals).
    @Test func agreesWithDAIDALUS() throws {
        let own = Motion(x: 0, y: 0, z: 1000, vx: 60, vy: 0, vz: 0)
        let level = Motion(x: 10_000, y: 300, z: 1050, vx: -40, vy: 0, vz: 0)
        for (variable, entry) in [
            (WellClear.TimeVariable.modifiedTau, 61.365748), (.closestApproach, 65), (.entryPoint, 53.150670),
        ] {
            var volume = WellClear.enRoute
            volume.variable = variable
            let found = try #require(volume.conflict(own: own, intruder: level, horizonSeconds: 180))
            #expect(abs(found.entrySeconds - entry) < 1e-6)
            #expect(abs(found.exitSeconds - 111.849330) < 1e-6)
        }
        var climbing = own
        climbing.vz = 2
        var volume = WellClear.enRoute
        volume.coAltitudeSeconds = 20
        let descending = Motion(x: 10_000, y: 300, z: 1300, vx: -40, vy: 0, vz: -3)
        let found = try #require(volume.conflict(own: climbing, intruder: descending, horizonSeconds: 180))
        #expect(abs(found.entrySeconds - 61.365748) < 1e-6)
        #expect(abs(found.exitSeconds - 87.432) < 1e-6)
    }

    @Test func touchingForAnInstantIsNoConflict() {
        let volume = WellClear.smallUnmanned
        let still = Motion(x: 0, y: 0, z: 0, vx: 0, vy: 0, vz: 0)
        func at(_ x: Double, _ y: Double, _ z: Double, _ vx: Double, _ vy: Double, _ vz: Double) -> Motion {
            Motion(x: x, y: y, z: z, vx: vx, vy: vy, vz: vz)
        }
        let tangent = at(-1000, 609.6, 0, 20, 0, 0)
        #expect(volume.conflict(own: still, intruder: tangent, horizonSeconds: 180) == nil)
        let leaving = at(609.6, 0, 0, 1, 0, 0)
        #expect(!volume.isViolated(own: still, intruder: leaving))
        // Limits are included where the pair stays on them.
        #expect(volume.isViolated(own: still, intruder: at(609.6, 0, 76.2, 0, 0, 0)))
        #expect(volume.isViolated(own: still, intruder: at(609.6, 0, 0, -1, 0, 0)))
        #expect(!volume.isViolated(own: still, intruder: at(609.7, 0, 0, 0, 0, 0)))
        #expect(volume.conflict(own: still, intruder: still, horizonSeconds: 0) == nil)
        // A cylinder excludes them.
        func cylinder(_ intruder: Motion) -> ConflictInterval? {
            .cylinder(
                radiusMeters: 50, halfHeightMeters: 20, own: still, intruder: intruder, horizonSeconds: 60)
        }
        #expect(cylinder(at(50, 0, 0, 0, 0, 0)) == nil)
        #expect(cylinder(at(0, 0, 20, 0, 0, 0)) == nil)
        #expect(cylinder(at(0, 0, 19, 0, 0, 0)) == ConflictInterval(entrySeconds: 0, exitSeconds: 60))
        #expect(cylinder(at(150, 0, 0, -10, 0, 0)) == ConflictInterval(entrySeconds: 10, exitSeconds: 20))
        #expect(cylinder(at(150, 50, 0, -10, 0, 0)) == nil)
        // Vertical speeds 2 and -2 differ, whatever their bit patterns sum to.
        let climbing = at(0, 0, -30, 0, 0, 2)
        #expect(cylinder(climbing) == ConflictInterval(entrySeconds: 5, exitSeconds: 25))
    }
}
