import DispatchingSamples
import Foundation
import Testing

import struct World.DataError
import struct World.SplitMix64

@testable import Dispatching

/// Bad files are refused with file, line and field, and nothing traps.
@Suite struct FormatErrorTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var sample: String
        var from: String
        var to: String
        var line: Int
        var field: String
        var testDescription: String { "\(from) -> \(to)" }
    }

    static let faults: [Fault] = [
        // Li and Lim.
        Fault(sample: FormatSamples.lilim, from: "2 20 1", to: "2 20", line: 1, field: ""),
        Fault(sample: FormatSamples.lilim, from: "2 20 1", to: "0 20 1", line: 1, field: "vehicles"),
        Fault(sample: FormatSamples.lilim, from: "2 20 1", to: "2 -20 1", line: 1, field: "capacity"),
        Fault(sample: FormatSamples.lilim, from: "45 68 10", to: "nan 68 10", line: 3, field: "x"),
        Fault(sample: FormatSamples.lilim, from: "45 68 10", to: "45 1e400 10", line: 3, field: "y"),
        Fault(sample: FormatSamples.lilim, from: "45 68 10", to: "45 0x1p3 10", line: 3, field: "y"),
        Fault(sample: FormatSamples.lilim, from: "0 1127 90", to: "1128 1127 90", line: 3, field: "due"),
        Fault(sample: FormatSamples.lilim, from: "0 1127 90", to: "-1 1127 90", line: 3, field: "ready"),
        Fault(sample: FormatSamples.lilim, from: "0 1127 90", to: "0 1127 -90", line: 3, field: "service"),
        // A pickup that names a task there is not, itself, or one that names another; a delivery without pickup.
        Fault(sample: FormatSamples.lilim, from: "90 0 2\n", to: "90 0 9\n", line: 3, field: "delivery"),
        Fault(sample: FormatSamples.lilim, from: "90 0 2\n", to: "90 0 1\n", line: 3, field: "delivery"),
        Fault(sample: FormatSamples.lilim, from: "90 0 2\n", to: "90 0 3\n", line: 3, field: "delivery"),
        Fault(sample: FormatSamples.lilim, from: "90 1 0\n", to: "90 0 0\n", line: 3, field: "delivery"),
        Fault(sample: FormatSamples.lilim, from: "90 4 0\n", to: "90 4 1\n", line: 5, field: "pickup"),
        Fault(sample: FormatSamples.lilim, from: "70 -10", to: "70 -9", line: 3, field: "demand"),
        Fault(sample: FormatSamples.lilim, from: "68 15", to: "68 1.5", line: 6, field: "demand"),
        Fault(sample: FormatSamples.lilim, from: "\n2 45", to: "\n1 45", line: 4, field: "id"),
        Fault(sample: FormatSamples.lilim, from: "782 90 0 3", to: "782", line: 6, field: ""),
        Fault(sample: FormatSamples.lilim, from: "0 40 50 0", to: "0 40 50 5", line: 2, field: ""),
        // VRPLIB.
        Fault(sample: FormatSamples.vrptw, from: "VRPTW", to: "TSP", line: 3, field: "TYPE"),
        Fault(
            sample: FormatSamples.vrptw, from: "DIMENSION : 3", to: "DIMENSION : 4", line: 13,
            field: "NODE_COORD_SECTION"),
        Fault(
            sample: FormatSamples.vrptw, from: "DIMENSION : 3", to: "DIMENSION : 10000000", line: 4,
            field: "DIMENSION"),
        Fault(sample: FormatSamples.vrptw, from: "EUC_2D", to: "GEO", line: 8, field: "EDGE_WEIGHT_TYPE"),
        Fault(sample: FormatSamples.vrptw, from: "2 1 1\n", to: "2 1 inf\n", line: 11, field: "y"),
        Fault(
            sample: FormatSamples.vrptw, from: "3 2 2\n", to: "2 2 2\n", line: 12, field: "NODE_COORD_SECTION"
        ),
        Fault(sample: FormatSamples.vrptw, from: "2 10\n", to: "2 -1\n", line: 15, field: "demand"),
        Fault(sample: FormatSamples.vrptw, from: "3 20 60", to: "3 61 60", line: 20, field: "due"),
        Fault(
            sample: FormatSamples.vrptw, from: "3 20 60\n", to: "3 20\n", line: 20,
            field: "TIME_WINDOW_SECTION"),
        Fault(
            sample: FormatSamples.vrptw, from: "DEPOT_SECTION\n1\n", to: "DEPOT_SECTION\n2\n", line: 22,
            field: "DEPOT_SECTION"),
        Fault(sample: FormatSamples.vrptw, from: "EOF\n", to: "\n", line: 24, field: ""),
        Fault(
            sample: FormatSamples.vrptw, from: "CAPACITY : 20", to: "CAPACITY 20", line: 6, field: "CAPACITY"),
        Fault(sample: FormatSamples.vrptw, from: "NAME :", to: "NOME :", line: 1, field: "NOME"),
        Fault(sample: FormatSamples.vrptw, from: "CAPACITY : 20\n", to: "", line: 0, field: "CAPACITY"),
        Fault(
            sample: FormatSamples.multiTrip, from: "\n1 1\nDEPOT", to: "\n1 2\nDEPOT", line: 29,
            field: "depot"),
        Fault(sample: FormatSamples.multiTrip, from: "MTVRPTWR", to: "VRPTW", line: 0, field: "MTVRPTWR"),
        Fault(sample: FormatSamples.fleet, from: "2\t8\n", to: "2\t8.5\n", line: 24, field: "unit cost"),
        // Our own.
        Fault(
            sample: FormatSamples.keruen, from: "\"keruen_dispatch\": 1", to: "\"keruen_dispatch\": 2",
            line: 1, field: "keruen_dispatch"),
        Fault(
            sample: FormatSamples.keruen, from: "\"kg\": 300", to: "\"kgs\": 300", line: 32,
            field: "shipments[1].kgs"),
        Fault(
            sample: FormatSamples.keruen, from: "\"kg\": 300", to: "\"kg\": -300", line: 32,
            field: "shipments[1].kg"),
        Fault(
            sample: FormatSamples.keruen, from: "\"kg\": 300", to: "\"kg\": 1e999", line: 32, field: "JSON"),
        Fault(sample: FormatSamples.keruen, from: "\"kg\": 300", to: "\"kg\": NaN", line: 32, field: "JSON"),
        Fault(
            sample: FormatSamples.keruen, from: "\"place\": \"Market\"", to: "\"place\": \"Bazar\"", line: 32,
            field: "shipments[1].delivery.place"),
        Fault(
            sample: FormatSamples.keruen, from: "\"name\": \"milk\"", to: "\"name\": \"blood\"", line: 32,
            field: "twice"),
        Fault(
            sample: FormatSamples.keruen, from: "[\"08:00\", \"09:00\"]", to: "[\"09:00\", \"08:00\"]",
            line: 29, field: "shipments[0].delivery.windows[0]"),
        Fault(
            sample: FormatSamples.keruen, from: "[\"10:00\", \"11:00\"]", to: "[\"08:59\", \"11:00\"]",
            line: 29, field: "shipments[0].delivery.windows[1]"),
        Fault(
            sample: FormatSamples.keruen, from: "\"08:30\"", to: "\"2025-08-30T00:00:00Z\"", line: 31,
            field: "shipments[0].promised"),
        Fault(
            sample: FormatSamples.keruen, from: "\"after\": \"blood\"", to: "\"after\": \"milk\"", line: 0,
            field: "shipments[1].after"),
        Fault(
            sample: FormatSamples.keruen, from: "\"alt_m\": 700", to: "\"x_km\": 700", line: 9,
            field: "places[1].x_km"),
        Fault(
            sample: FormatSamples.keruen, from: "[null, 0]", to: "[null]", line: 14,
            field: "modes[1].roads.minutes[1]"),
        Fault(
            sample: FormatSamples.keruen, from: "\"kwh\": 1,", to: "", line: 21,
            field: "vehicles[0].energy.kwh"),
        Fault(
            sample: FormatSamples.keruen, from: "{\"east\": 10", to: "{\"east\": 100", line: 0,
            field: "modes[0].wind"),
        Fault(
            sample: FormatSamples.keruen, from: "\"name\": \"Almaty\",",
            to: "\"name\": \"Almaty\", \"name\": \"x\",", line: 3, field: "twice"),
        Fault(sample: FormatSamples.keruen, from: "\n}\n", to: "\n", line: 36, field: "cut off"),
    ]

    @Test(arguments: faults) func isRefusedWhereItIs(_ fault: Fault) throws {
        let range = try #require(fault.sample.range(of: fault.from))
        let text = fault.sample.replacingCharacters(in: range, with: fault.to)
        #expect(throws: Never.self) { try FormatSamples.load(fault.sample) }
        let error = #expect(throws: DataError.self) { try FormatSamples.load(text) }
        #expect(error?.file == "sample")
        #expect(error?.line == fault.line, "\(error.map { "\($0)" } ?? "")")
        let told = [error?.column ?? "", error?.problem ?? ""].joined(separator: " ")
        #expect(fault.field.isEmpty || told.contains(fault.field), "\(told)")
        #expect((error?.problem.utf8.count ?? 0) > 10)
    }

    @Test(arguments: [
        (#"{"routes": [[1, 2, 9]]}"#, "routes[0][2]"), (#"{"routes": [[0]]}"#, "routes[0][0]"),
        (#"{"routes": [[1.5]]}"#, "routes[0][0]"), (#"{"routes": 5}"#, "routes"), (#"{}"#, "routes"),
        (#"[[1, 2]]"#, "plan"), (#"{"routes": [[1, 2"#, "cut off"),
        (#"{"routes": [], "vehicles": -1}"#, "vehicles"),
    ])
    func badPlansAreRefused(_ text: String, _ field: String) throws {
        let file = try FormatSamples.load(FormatSamples.lilim)
        let error = #expect(throws: DataError.self) {
            try file.plan(bytes: Array(text.utf8), file: "plan.json")
        }
        #expect(error?.file == "plan.json" && error?.line == 1)
        #expect(error?.problem.contains(field) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func manyRowsAndDeepTextsAreRefusedEarly() throws {
        let deep = #"{"keruen_dispatch": 1, "places": "# + String(repeating: "[", count: 100_000)
        #expect(throws: DataError.self) { try FormatSamples.load(deep) }
        let wide = "1 1 1\n" + String(repeating: "0 ", count: 1_000_000)
        #expect(throws: DataError.self) { try FormatSamples.load(wide) }
        #expect(throws: DataError.self) { try FormatSamples.load("") }
        #expect(throws: DataError.self) { try FormatSamples.load(" \n\t") }
    }

    /// Mutated files: either refused, or a problem that validates and that the checker judges plans of.
    @Test(arguments: 0..<5) func mutationsNeverTrap(_ index: Int) throws {
        let sample = Array(FormatSamples.all[index].utf8)
        let pieces = [
            "-1", "nan", "1e308", "99999999999999999999", "0", "\"", "{", "]", "\n", " ", "\u{0}", "é",
        ]
        .map { Array($0.utf8) }
        var random = SplitMix64(seed: UInt64(index) + 100)
        var accepted = 0
        for _ in 0..<1500 {
            var bytes = sample
            for _ in 0..<1 + random.below(3) {
                let at = random.below(bytes.count)
                switch random.below(5) {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: pieces[random.below(pieces.count)], at: at)
                case 3: bytes.insert(contentsOf: bytes[at..<min(at + random.below(80), bytes.count)], at: at)
                default:
                    if random.below(8) == 0 { bytes.removeSubrange(max(at, 1)...) } else { bytes[at] ^= 1 }
                }
                if bytes.isEmpty { bytes = [0x20] }
            }
            for format in [nil, DispatchFormat.allCases[random.below(3)]] {
                guard let file = try parsed(bytes, format) else { continue }
                accepted += 1
                let text = "{\"routes\": [[1, 2, 3]], \"fleet\": [1]}"
                if let plan = try? file.plan(bytes: Array(text.utf8), file: "p") {
                    let verdict = try PlanChecker(file.problem).check(plan.plan)
                    #expect(!file.planText(plan.plan, verdict).isEmpty)
                }
            }
        }
        #expect(accepted > 30)
    }

    private func parsed(_ bytes: [UInt8], _ format: DispatchFormat?) throws -> DispatchFile? {
        do {
            let file = try DispatchFile(bytes: bytes, file: "f", format: format)
            _ = try PlanChecker(file.problem)
            return file
        } catch let error as DataError {
            #expect(!error.problem.isEmpty)
            return nil
        }
    }

    @Test(arguments: [0, 4]) func mutatedPlansNeverTrap(_ sample: Int) throws {
        let file = try FormatSamples.load(FormatSamples.all[sample])
        let checker = try PlanChecker(file.problem)
        var plan = DispatchPlan()
        for s in file.problem.shipments.indices {
            plan.routes.append(.init(vehicle: file.problem.vehicles.count - 1, stops: [.init(.delivery, s)]))
        }
        let written = Array(file.planText(plan, checker.check(plan)).utf8)
        var random = SplitMix64(seed: 5)
        for _ in 0..<3000 {
            var bytes = written
            for _ in 0..<1 + random.below(3) {
                let at = random.below(bytes.count)
                if random.below(3) == 0 {
                    bytes[at] = UInt8(ascii: "9")
                } else {
                    bytes[at] = written[random.below(written.count)]
                }
            }
            if let read = try? file.plan(bytes: bytes, file: "p") { _ = checker.check(read.plan) }
        }
    }
}
