import Foundation
import Testing

/// `keruen dispatch replay` on files as people write them.
@Suite struct DispatchReplayTests {
    private static let problem = """
        3 10 1
        0 0 0 0 0 1000 0 0 0
        1 3 4 5 0 900 1 0 2
        2 6 8 -5 0 950 1 1 0
        3 1 0 2 0 900 1 0 4
        4 2 0 -2 0 950 1 3 0
        """

    private static func replay(_ orders: String, _ more: String...) throws -> (Said, Workplace) {
        let place = try Workplace()
        try place.write(problem, to: "p.txt")
        try place.write(orders, to: "s.csv")
        let command = ["dispatch", "replay", "p.txt", "--orders", "s.csv"] + more
        return (try place.end(try place.begin("keruen", command)), place)
    }

    @Test func whatWasDrivenIsToldAndCanBeChecked() throws {
        let (said, place) = try Self.replay(
            "t,pickup,delivery\n0,1,2\n400,3,4\n", "--steps", "20", "--json", "--out", "driven.json")
        #expect(said.status == 0, "\(said)")
        let json = try #require(said.json as? [String: Any])
        #expect(json["feasible"] as? Bool == true && json["orders"] as? Int == 2)
        #expect(json["committed"] as? Int == 4 && json["committed_changed"] as? Int == 0)
        let ours = try #require(json["ours"] as? [String: Any])
        #expect(ours["unserved"] as? Int == 0)
        // Both in one route are shortest; nobody need leave before the second is known.
        #expect(abs((ours["distance"] as? Double ?? 0) - (json["static"] as? Double ?? -1)) < 1e-6)
        let check = try place.keruen("dispatch", "check", "p.txt", "driven.json")
        #expect(check.status == 0 && check.output.hasPrefix("feasible"), "\(check)")
    }

    @Test func paceGrantsStepsAndExcludesThem() throws {
        let stream = "t,pickup,delivery\n0,1,2\n400,3,4\n"
        #expect(try Self.replay(stream, "--pace", "100000").0.status == 0)
        #expect(try Self.replay(stream, "--pace", "1", "--steps", "5").0.status == 64)
        #expect(try Self.replay(stream, "--pace", "0").0.status == 64)
    }

    @Test func badRowsAreNamedByLineAndColumn() throws {
        for (text, told) in [
            ("t,pickup,delivery\n0,1,2\nsoon,3,4\n", "s.csv:3, column t"),
            ("t,pickup,delivery\n0,1,4\n", "s.csv:2, column delivery"), ("", "s.csv: has no header"),
        ] {
            let said = try Self.replay(text).0
            #expect(said.status == 65 && said.errors.contains(told), "\(said)")
        }
        let missing = try Workplace().keruen("dispatch", "replay", "no.txt", "--orders", "no.csv")
        #expect(missing.status == 65 && missing.errors.contains("no.txt"))
    }
}
