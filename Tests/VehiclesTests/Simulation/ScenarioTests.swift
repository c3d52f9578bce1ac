import Foundation
import Testing
import Transport
import Vehicles
import World

@Suite struct ScenarioTests {
    @Test func aFullScenarioIsRead() throws {
        let scenario = try Scenario(
            yaml: """
                name: all keys
                start: 2026-06-01T06:00:00Z
                wind: {speed: 5, from: 90, gust: 1}
                sensors: {gnss_noise: 0.5, gnss_bias: 2, energy_error: 0.01}
                link: {latency: 0.2}
                faults: {propulsion: 0.1, gnss: 1, gnss_seconds: 5, energy: 0.2, link: 2, link_seconds: 9,
                         payload: 0.3, repair_minutes: 20}
                load_share: {min: 0.5, max: 0.6}
                depots: [KHG, ZHR]
                fleets:
                  - {kind: multirotor, base: ALA, count: 3, company: CR01, payload_kg: 5, swap_minutes: 4}
                  - {kind: truck, base: KHG, count: 2, energy_kwh: 900, charge_kw: 500}
                """, file: "all.yaml")
        #expect(scenario.vehicleCount == 5 && scenario.depots == ["KHG", "ZHR"])
        #expect(scenario.start == Instant(iso8601: "2026-06-01T06:00:00Z"))
        #expect(scenario.wind.speed == 5 && scenario.wind.fromDegrees == 90 && scenario.wind.gust == 1)
        #expect(scenario.faults.linkSeconds == 9 && scenario.faults.repairMinutes == 20)
        #expect(scenario.fleets[0].company == "CR01" && scenario.fleets[0].swapMinutes == 4)
        #expect(scenario.fleets[1].energyKilowattHours == 900 && scenario.loadShare == 0.5...0.6)
        #expect(scenario.link.latencySeconds == 0.2)
    }

    /// What is wrong, and the line it stands in.
    @Test(arguments: [
        ("fleets:\n  - {kind: multirotor, base: ALA, count: 1}\nwinds: {}", 3, "unknown key 'winds'"),
        ("fleets:\n  - {kind: boat, base: ALA, count: 1}", 2, "use multirotor, vtol or truck"),
        ("fleets:\n  - {kind: truck, base: ALA}", 2, "fleets[0].count is missing"),
        ("fleets:\n  - {kind: truck, base: ALA, count: 2.5}", 2, "whole number"),
        ("fleets:\n  - {kind: truck, base: ALA, count: -1}", 2, "whole number"),
        ("wind:\n  speed: fast\nfleets: []", 2, "wind.speed is 'fast'"),
        ("wind:\n  speed: .nan\nfleets: []", 2, "wind.speed is '.nan'"),
        ("wind:\n  speed: 99\nfleets: []", 2, "from 0.0 to 25.0 (m/s at 10 m)"),
        ("wind: 4\nfleets: []", 1, "must be a list of 'key: value'"),
        ("fleets: {kind: truck}", 1, "must be a list"),
        ("name: a\nname: b\nfleets: []", 1, "twice"),
        ("start: noon\nfleets: []", 1, "use a moment such as"),
        ("fleets:\n  - {kind: multirotor, base: ALA, count: 1, payload_kg: 50}", 2, "payload_kg is '50'"),
        ("fleets:\n  - {kind: truck, base: ALA, count: 1, charge_kw: 9, swap_minutes: 5}", 2, "exclude"),
        ("load_share: {min: 0.9, max: 0.1}\nfleets: []", 1, "above max"),
        ("fleets: [", 2, "no YAML"), ("", 0, "is empty"), ("[]", 1, "must be a list of 'key: value'"),
        ("name: x", 0, "no fleets"),
        (
            "fleets:\n  - {kind: truck, base: ALA, count: 20000}\n  - {kind: truck, base: ALA, count: 1}", 0,
            "at most"
        ),
    ])
    func whatIsWrongIsSaidWithItsLine(yaml: String, line: Int, words: String) {
        let error = #expect(throws: ScenarioError.self) { try Scenario(yaml: yaml, file: "s.yaml") }
        let text = error?.description ?? ""
        #expect(text.hasPrefix(line > 0 ? "s.yaml:\(line): " : "s.yaml: "), "\(text)")
        #expect(text.contains(words), "\(text)")
    }

    /// Deep nesting, aliases that multiply, and noise end in an error, not in a crash or a long wait.
    @Test func hostileFilesAreRefused() {
        let deep = String(repeating: "[", count: 60_000)
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for letter in "bcdefghij" {
            let last = String(UnicodeScalar(letter.unicodeScalars.first!.value - 1)!)
            bomb += "\(letter): &\(letter) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ",")
            bomb += "]\n"
        }
        let huge = "name: " + String(repeating: "x", count: 70_000)
        for yaml in [deep, bomb, huge, "\u{0}", "fleets: !!binary x", "- - - -"] {
            #expect(throws: ScenarioError.self) { try Scenario(yaml: yaml, file: "s.yaml") }
        }
        var random = SplitMix64(seed: 4)
        for _ in 0..<300 {
            let alphabet = Array("{}[]:,-&*!|>'\"%@ \n\tax0.".utf8)
            let bytes = (0..<60).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            _ = try? Scenario(yaml: String(decoding: bytes, as: UTF8.self), file: "s.yaml")
        }
    }

    @Test func shippedScenariosAreGoodAndTheirPlacesExist() throws {
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let world = try WorldData.load(directory: top.appending(path: "Data/world").path)
        for name in ["calm", "day", "storm"] {
            let path = top.appending(path: "Scenarios/\(name).yaml").path
            let scenario = try Scenario(contentsOf: path)
            _ = try FleetSimulation(scenario, file: path, crew: [], world: world, seed: 1, start: 0)
            if name == "day" { #expect(scenario.vehicleCount == 60) }
        }
        let lost = try Scenario(
            yaml: "fleets:\n  - {kind: truck, base: ATLANTIS, count: 1}", file: "s.yaml")
        let error = #expect(throws: ScenarioError.self) {
            try FleetSimulation(lost, file: "s.yaml", crew: [], world: world, seed: 1, start: 0)
        }
        #expect(error?.description.hasPrefix("s.yaml:2: 'ATLANTIS' is no place") == true)
    }

    @Test func scalingKeepsProportions() throws {
        let scenario = try Scenario(
            yaml: """
                fleets:
                  - {kind: multirotor, base: ALA, count: 6}
                  - {kind: vtol, base: ALA, count: 3}
                  - {kind: truck, base: ALA, count: 1}
                """, file: "s.yaml")
        #expect(scenario.scaled(to: 100).fleets.map(\.count) == [60, 30, 10])
        #expect(scenario.scaled(to: 5).fleets.map(\.count) == [3, 2])
        #expect(scenario.scaled(to: 1).fleets.map(\.count) == [1])
    }
}

@Suite struct CrewTests {
    private func secret(_ id: UInt32, _ kind: String, _ company: String = "own") throws -> VehicleSecret {
        let keys = try CurveKeyPair.generate()
        return VehicleSecret(
            id: id, name: id == 9 ? "truck-1" : "n\(id)", kind: kind, company: company, keys: keys,
            station: keys.publicKey)
    }

    @Test func keysGoByKindCompanyAndNumber() throws {
        let scenario = try Scenario(
            yaml: """
                fleets:
                  - {kind: truck, base: ALA, count: 1}
                  - {kind: truck, base: KHG, count: 1, company: CR02}
                """, file: "s.yaml")
        let secrets = [try secret(1, "vtol"), try secret(3, "truck", "CR02"), try secret(5, "truck")]
        let crew = try Crew.assign(scenario, secrets, directory: "k")
        #expect(crew.map(\.secret.id) == [5, 3] && crew.map(\.fleet) == [0, 1])
    }

    @Test func missingKeysAreNamedWithTheCommandThatMakesThem() throws {
        let scenario = try Scenario(
            yaml: """
                fleets:
                  - {kind: truck, base: ALA, count: 3}
                  - {kind: vtol, base: ALA, count: 1, company: CR02}
                """, file: "s.yaml")
        let error = #expect(throws: KeyFileError.self) {
            try Crew.assign(scenario, [secret(9, "truck")], directory: "run/keys")
        }
        let text = error?.description ?? ""
        #expect(text.contains("keruen key new truck-set2 --kind truck --count 2 --keys run/keys"), "\(text)")
        #expect(text.contains("keruen key new vtol --kind vtol --company CR02 --keys run/keys"), "\(text)")
    }
}
