import CAllocations
import Testing
import World

@testable import Traffic

@Suite struct BandsTests {
    private static func motion(_ n: [Double]) -> Motion {
        Motion(x: n[0], y: n[1], z: n[2], vx: n[3], vy: n[4], vz: n[5])
    }

    private static func compute(
        _ bands: ManeuverBands, _ own: Motion, _ traffic: [Motion], _ alerter: Alerter = .phaseI,
        _ mode: BandMode = .kinematic
    ) {
        traffic.map { BandIntruder($0, alerter: alerter) }.withUnsafeBufferPointer {
            bands.compute(own: own, traffic: $0, mode: mode)
        }
    }

    private static func cells(_ bands: ManeuverBands) -> String {
        String(
            decoding: (0..<360).map { bands.region(directionDegrees: Double($0) + 0.5).code }, as: UTF8.self)
    }

    private static func lengths(_ text: String) -> String {
        var runs: [(Character, Int)] = []
        for character in text {
            if runs.last?.0 == character { runs[runs.count - 1].1 += 1 } else { runs.append((character, 1)) }
        }
        return runs.map { "\($0.1)\($0.0)" }.joined(separator: " ")
    }

    struct Golden: Sendable {
        var own: [Double]
        var traffic: [[Double]]
        var alerter: Alerter
        var mode: BandMode
        var directions: String
        /// Ends of the ranges and their codes: knots, feet a minute, feet.
        var speeds: [(Double, Double, String)]
        var climbs: [(Double, Double, String)]
        var altitudes: [(Double, Double, String)]
    }

    /// Answers of DAIDALUS 2.0.4 with `DO_365B_no_SUM.conf`, hysteresis disabled.
    static let golden = [
        Golden(
            own: [0, 0, 500, 0, 40, 0], traffic: [[0, 8000, 520, 0, -60, 0]], alerter: .phaseI,
            mode: .kinematic,
            directions: "24M 312. 24M", speeds: [(10, 102.753780, "M"), (102.753780, 700, "N")],
            climbs: [(-6000, -600, "."), (-600, 800, "M"), (800, 6000, ".")],
            altitudes: [
                (100, 1200, "R"), (1200, 1600, "N"), (1600, 1700, "M"), (1700, 2200, "N"),
                (2200, 50_000, "M"),
            ]),
        Golden(
            own: [0, 0, 600, 30, 30, 1],
            traffic: [[6000, 500, 580, -50, 20, 0], [-9000, 2000, 700, 80, 10, -1]], alerter: .phaseI,
            mode: .kinematic, directions: "20. 39M 23N 195. 44N 28M 11.",
            speeds: [
                (10, 27.470337, "."), (27.470337, 97.470337, "M"), (97.470337, 147.470337, "N"),
                (147.470337, 700, "."),
            ],
            climbs: [(-6000, -1003.149606, "."), (-1003.149606, 696.850394, "M"), (696.850394, 6000, ".")],
            altitudes: [(100, 1400, "M"), (1400, 2400, "N"), (2400, 50_000, "R")]),
        Golden(
            own: [0, 0, 500, 20, 0, 0], traffic: [[900, 300, 510, -30, 0, 0]], alerter: .phaseI,
            mode: .kinematic, directions: "120N 63R 177N",
            speeds: [(10, 88.876890, "N"), (88.876890, 700, "R")],
            climbs: [(-6000, -2400, "R"), (-2400, 3300, "N"), (3300, 6000, "R")],
            altitudes: [(100, 1500, "R"), (1500, 50_000, "N")]),
        Golden(
            own: [0, 0, 300, 0, 25, 0], traffic: [[700, 1800, 320, -10, -40, 0]], alerter: .nonCooperative,
            mode: .instantaneous, directions: "92N 79. 32N 135. 22N",
            speeds: [(10, 623.596112, "N"), (623.596112, 700, "R")],
            climbs: [(-6000, -1200, "."), (-1200, 1500, "N"), (1500, 6000, ".")],
            altitudes: [(100, 500, "."), (500, 1500, "N"), (1500, 50_000, ".")]),
        Golden(
            own: [0, 0, 300, 0, 25, 0], traffic: [[400, 300, 320, -10, -40, 0]], alerter: .phaseI,
            mode: .instantaneous, directions: "266N 14R 80N",
            speeds: [(10, 343.596112, "N"), (343.596112, 700, "R")],
            climbs: [(-6000, -3200, "R"), (-3200, 6000, "N")],
            altitudes: [(100, 500, "R"), (500, 1500, "N"), (1500, 50_000, "R")]),
    ]

    @Test(arguments: 0..<golden.count) func agreesWithDAIDALUS(case number: Int) {
        let golden = Self.golden[number]
        let bands = ManeuverBands(maxTraffic: 4)
        Self.compute(
            bands, Self.motion(golden.own), golden.traffic.map(Self.motion), golden.alerter, golden.mode)
        #expect(Self.lengths(Self.cells(bands)) == golden.directions)
        for (kind, expected) in [
            (BandKind.groundSpeed, golden.speeds), (.verticalSpeed, golden.climbs),
            (.altitude, golden.altitudes),
        ] {
            let found = bands.ranges(kind)
            #expect(found.count == expected.count)
            for (range, (low, high, code)) in zip(found, expected) {
                #expect(abs(range.low - low) < 1e-5 && abs(range.high - high) < 1e-5)
                #expect(Character(Unicode.Scalar(range.region.code)) == Character(code))
            }
        }
    }

    /// Instantaneous directions, tried one by one with the evaluator of well clear.
    @Test(arguments: [1, 2] as [UInt64]) func directionsAgreeWithTrials(seed: UInt64) {
        var source = PairSource(random: SplitMix64(seed: seed))
        let bands = ManeuverBands(maxTraffic: 3)
        var coloured = 0
        for _ in 0..<40 {
            // Northbound, so that steps are whole degrees.
            let own = Motion(x: 0, y: 0, z: 300, vx: 0, vy: source.uniform(10, 60), vz: 0)
            let traffic = (0..<3).map { _ in source.motion() }
            let volume = Alerter.phaseI.correctiveVolume
            let steps = BandSteps()
            steps.turn(own, .instantaneous)
            func isFree(_ place: Int, _ level: AlertLevel) -> Bool {
                traffic.allSatisfy { other in
                    let alerting = Alerter.phaseI.alertingSeconds(level)
                    let present = volume.conflict(own: own, intruder: other, horizonSeconds: 180)
                    let horizon = (present?.entrySeconds ?? .infinity) < alerting ? 180 : alerting
                    var turned = own
                    (turned.vx, turned.vy) = (steps.vx[place], steps.vy[place])
                    return volume.conflict(own: turned, intruder: other, horizonSeconds: horizon) == nil
                }
            }
            Self.compute(bands, own, traffic, .phaseI, .instantaneous)
            let found = Array(Self.cells(bands))
            // Where nothing is left the colours are those of recovery, checked elsewhere.
            if found.contains("R") { continue }
            for degree in 0..<360 {
                let (a, b) =
                    degree < 180
                    ? (181 + degree, 182 + degree) : (360 - degree, 359 - degree)
                let isNear = !isFree(a, .warning) || !isFree(b, .warning)
                let isMid = !isFree(a, .corrective) || !isFree(b, .corrective)
                #expect(found[degree] == (isNear ? "N" : isMid ? "M" : "."), "degree \(degree)")
                coloured += isMid ? 1 : 0
            }
        }
        #expect(coloured > 500)
    }

    @Test func doesNotDependOnOrderOfTrafficOrOnWhatWasComputedBefore() {
        var source = PairSource(random: SplitMix64(seed: 9))
        let (one, other) = (ManeuverBands(maxTraffic: 8), ManeuverBands(maxTraffic: 8))
        for round in 0..<12 {
            let own = source.motion(500)
            let traffic = (0..<(round % 8)).map { _ in source.motion(5000) }
            let mode = BandMode.allCases[round % 2]
            Self.compute(one, own, traffic, .phaseI, mode)
            Self.compute(other, source.motion(), [source.motion()])
            Self.compute(other, own, traffic.reversed(), .phaseI, mode)
            for kind in BandKind.allCases { #expect(one.ranges(kind) == other.ranges(kind)) }
            if traffic.isEmpty { #expect(Self.lengths(Self.cells(one)) == "360.") }
        }
    }

    @Test func rangesCoverTheLimitsWithoutGaps() throws {
        var source = PairSource(random: SplitMix64(seed: 10))
        let bands = ManeuverBands(maxTraffic: 4)
        for _ in 0..<12 {
            var own = source.motion(500)
            own.z += 40
            Self.compute(bands, own, (0..<4).map { _ in source.motion(4000) })
            for (kind, low, high) in [
                (BandKind.direction, 0.0, 360.0), (.groundSpeed, 10, 700), (.verticalSpeed, -6000, 6000),
                (.altitude, 100, 50_000),
            ] {
                let ranges = bands.ranges(kind)
                if kind == .groundSpeed, ranges.isEmpty { continue }
                #expect(abs(try #require(ranges.first).low - low) < 1e-9)
                #expect(abs(try #require(ranges.last).high - high) < 1e-9)
                for (a, b) in zip(ranges, ranges.dropFirst()) {
                    #expect(a.high == b.low && a.region != b.region)
                }
            }
        }
        // A drone at rest has no ground speed band; below 100 ft there is none of altitude.
        Self.compute(bands, Motion(x: 0, y: 0, z: 20, vx: 0, vy: 0, vz: 0), [])
        #expect(bands.ranges(.groundSpeed).isEmpty && bands.ranges(.altitude).isEmpty)
    }

    @Test func allocatesNothing() {
        var source = PairSource(random: SplitMix64(seed: 11))
        let bands = ManeuverBands(maxTraffic: 4)
        let traffic = (0..<4).map { _ in BandIntruder(source.motion(3000)) }
        let own = source.motion(500)
        func round() { traffic.withUnsafeBufferPointer { bands.compute(own: own, traffic: $0) } }
        round()
        let before = keruen_allocations()
        round()
        #expect(keruen_allocations() == before)
    }
}
