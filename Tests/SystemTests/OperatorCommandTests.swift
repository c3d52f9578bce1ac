import Controller
import Foundation
import Station
import Synchronization
import Testing
import World

/// The operator's commands as processes, against a station that answers by script.
@Suite struct OperatorCommandTests {
    private let workplace: Workplace
    private let golden: GoldenAnswers

    init() throws {
        workplace = try Workplace()
        golden = try GoldenAnswers()
    }

    /// Answers everything with the golden answers.
    private func station() throws -> ScriptedStation {
        let names = ["status", "vehicle", "vehicles", "order", "orders", "mission", "missions"]
        var answers: [String: ControlResponse] = [:]
        for name in names { answers[name] = try golden.response(name) }
        guard case .vehicles(var page)? = answers["vehicles"] else { throw CancellationError() }
        page.next = nil
        answers["vehicles"] = .vehicles(page)
        let fixed = answers
        return try ScriptedStation(workplace) { request in
            let name =
                switch request {
                case .status: "status"
                case .vehicles: "vehicles"
                case .vehicle: "vehicle"
                case .orders: "orders"
                case .order, .orderOfKey: "order"
                case .missions: "missions"
                case .mission: "mission"
                default: ""
                }
            return fixed[name] ?? .done("\(request)")
        }
    }

    @Test func withoutAStationEveryCommandSaysSoAndEndsWith2() throws {
        for arguments in [
            ["status"], ["vehicle", "list"], ["vehicle", "show", "x"], ["order", "list"],
            ["order", "show", "1"],
            ["order", "cancel", "1"], ["mission", "list"], ["mission", "show", "1"],
            ["mission", "hold", "1"],
            ["command", "land", "x"], ["status", "--watch"],
            ["order", "submit", "--company", "C", "--from", "ALA", "--to", "SHY", "--kg", "1"],
        ] {
            let said = try workplace.end(try workplace.begin("keruen", arguments))
            #expect(said.status == 2, "\(arguments)")
            #expect(
                said.output.isEmpty && said.errors.contains("keruen serve --directory run"),
                "\(arguments): \(said)")
        }
        let said = try workplace.keruen("status", "--json", environment: ["KERUEN_DIRECTORY": "elsewhere"])
        let problem = (said.json as? [String: [String: String]])?["problem"]
        #expect(said.status == 2 && problem?["code"] == "unreachable" && problem?["where"] == "elsewhere")
    }

    @Test func aSilentStationEndsWith2() throws {
        let station = try ScriptedStation(workplace) { _ in
            usleep(500_000)
            return .done("late")
        }
        let said = try workplace.keruen("status", "--timeout", "0.1")
        #expect(said.status == 2 && said.errors.contains("did not answer within 100 ms"))
        withExtendedLifetime(station) {}
    }

    @Test func wrongUsageEndsWith64() throws {
        for arguments in [
            ["vehicle", "list", "--state", "asleep"], ["vehicle", "list", "--kind", "boat"],
            ["vehicle", "list", "--limit", "0"], ["order", "list", "--state", "gone"],
            ["order", "show", "x"],
            ["order", "show", "/key"], ["mission", "show", "x"], ["mission", "list", "--state", "lost"],
            ["command", "hold"], ["status", "--watch", "--json"], ["status", "--timeout", "0"],
            ["status", "--interval", "nan"], ["order", "submit", "--from", "ALA"],
            ["order", "submit", "--file", "x", "--kg", "1"], ["fly"],
            ["command", "hold", "x", "--operator", String(repeating: "x", count: 65)],
        ] {
            let said = try workplace.end(try workplace.begin("keruen", arguments))
            #expect(said.status == 64 && said.errors.contains("Usage:"), "\(arguments): \(said)")
        }
    }

    @Test func jsonIsOneDocumentOfTheDocumentedNames() throws {
        let station = try station()
        for (arguments, name, member) in [
            (["status"], "status", nil), (["vehicle", "list"], "vehicles", "vehicles"),
            (["vehicle", "show", "7"], "vehicle", nil), (["order", "list"], "orders", "orders"),
            (["order", "show", "CR01/K-1"], "order", nil), (["mission", "list"], "missions", "missions"),
            (["mission", "show", "3"], "mission", nil),
        ] {
            let said = try workplace.end(try workplace.begin("keruen", arguments + ["--json"]))
            #expect(said.status == 0 && said.errors.isEmpty)
            #expect(
                said.json as? NSObject == (try golden.value(name, member)), "\(arguments): \(said.output)")
        }
        withExtendedLifetime(station) {}
    }

    @Test func pipesGetWholeFieldsBetweenTabs() throws {
        let station = try station()
        for (arguments, columns, row) in [
            (
                ["vehicle", "list"], 12,
                ["7", "drone-7", "vtol", "CR01", "live", "2026-09-21T14:13:29.750Z", "moving"]
            ),
            (
                ["order", "list"], 11,
                ["1", "CR01", "K-1", "carried", "ALA", "ALA", "1.2", "2026-09-21T15:13:20Z"]
            ),
            (
                ["mission", "list"], 9,
                ["3", "drone-7", "1", "accepted", "1/2", "25", "2026-09-21T14:13:20Z"]
            ),
        ] {
            let said = try workplace.end(try workplace.begin("keruen", arguments))
            #expect(said.status == 0 && said.table.count == 2)
            #expect(said.table.allSatisfy { $0.count == columns }, "\(said.output)")
            #expect(said.table.last?.prefix(row.count) == row[...], "\(said.output)")
            #expect(!said.output.contains("\u{1B}"))
        }
        let show = try workplace.keruen("vehicle", "show", "drone-7").output
        for fact in ["1.2 kg", "43.25250,76.91150", "4500 kJ, 50 %", "flood", "heartbeat 2.0 ms", "5 lost"] {
            #expect(show.contains(fact), "\(fact) in \(show)")
        }
        let status = try workplace.keruen("status").output
        for fact in [
            "5 enrolled", "1 carried", "1 no vehicle can carry N kg", "at most 60.0x", "closest 61.5 m",
        ] {
            #expect(status.contains(fact), "\(fact) in \(status)")
        }
        withExtendedLifetime(station) {}
    }

    @Test func terminalsGetLinesThatFitAndColoursUnlessRefused() throws {
        let station = try station()
        func shown(_ columns: Int, _ prefix: String = "") throws -> String {
            let line = "stty cols \(columns) rows 24; \(prefix) keruen vehicle list"
            return try workplace.shell("script -qec '\(line)' /dev/null < /dev/null").output
        }
        let narrow = try shown(96)
        #expect(narrow.contains("\u{1B}[32mlive\u{1B}[0m"))
        let plain = try shown(96, "NO_COLOR=1")
        #expect(!plain.contains("\u{1B}") && plain.contains("HEARD") && plain.contains("…"), "\(plain)")
        let lines = plain.split(whereSeparator: \.isNewline)
        #expect(lines.count == 2 && lines.allSatisfy { $0.count <= 96 })
        #expect(try !shown(200, "NO_COLOR=1").contains("…"))
        withExtendedLifetime(station) {}
    }

    @Test func whatVehiclesSayCannotSteerTheTerminal() throws {
        guard case .vehicles(var page) = try golden.response("vehicles") else { throw CancellationError() }
        page.next = nil
        page.vehicles[0].reason = "x\u{1B}[2J\u{7}\n1\tevil\u{202E}"
        page.vehicles[0].model = "m\u{1B}]0;t\u{7}"
        let answer = page
        let station = try ScriptedStation(workplace) { request in
            if case .vehicle = request { return .vehicle(answer.vehicles[0]) }
            return .vehicles(answer)
        }
        let list = try workplace.keruen("vehicle", "list")
        #expect(list.table.count == 2 && list.table[1].count == 12)
        #expect(list.table[1].last == "x?[2J??1?evil?")
        #expect(try !workplace.keruen("vehicle", "show", "7").output.contains("\u{1B}"))
        withExtendedLifetime(station) {}
    }

    @Test func listsAreFetchedInPartsAndFiltersReachTheStation() throws {
        guard case .vehicles(let page) = try golden.response("vehicles") else { throw CancellationError() }
        let station = try ScriptedStation(workplace) { request in
            guard case .vehicles(let filter) = request else { return .done("") }
            let numbers = (filter.page.after + 1)...min(filter.page.after + UInt64(filter.page.limit), 2500)
            let vehicles = numbers.map { number in
                var vehicle = page.vehicles[0]
                vehicle.id = UInt32(number)
                return vehicle
            }
            let next = numbers.upperBound < 2500 ? numbers.upperBound : nil
            return .vehicles(VehiclePage(vehicles: vehicles, next: next, at: Instant(nanoseconds: 0)))
        }
        let all = try workplace.keruen(
            "vehicle", "list", "--state", "lost", "--company", "CR01", "--kind", "truck")
        #expect(all.table.dropFirst().map(\.[0]) == (1...2500).map(String.init))
        let pages = station.requests.map { request -> Page? in
            guard case .vehicles(let filter) = request else { return nil }
            #expect(
                filter.link == .lost && filter.mode == nil && filter.company == "CR01"
                    && filter.kind == .truck)
            return filter.page
        }
        #expect(pages == [0, 1000, 2000].map { Page(after: $0, limit: 1000) })
        let some = try workplace.keruen("vehicle", "list", "--limit", "3", "--after", "10")
        #expect(some.table.dropFirst().map(\.[0]) == ["11", "12", "13"])
    }

    @Test func commandsGoToExactlyTheNamedAndTellEachResult() throws {
        guard case .vehicle(let drone) = try golden.response("vehicle") else { throw CancellationError() }
        let station = try ScriptedStation(workplace) { request in
            switch request {
            case .vehicle(let selector):
                guard let number = UInt32(selector.dropFirst()) else {
                    return .problem(
                        ControlProblem(
                            .notFound, what: "there is no such vehicle", where: selector, todo: "Look"))
                }
                var vehicle = drone
                (vehicle.id, vehicle.name) = (number, selector)
                return .vehicle(vehicle)
            case .operatorAction(let action, let vehicle, let by):
                if vehicle.number == 2 {
                    return .problem(ControlProblem(what: "it has no mission", where: "d2", todo: "Nothing"))
                }
                return .done("\(action.rawValue) by \(by)")
            default: return .done("")
            }
        }
        func actions() -> [ControlRequest] {
            station.requests.filter { if case .operatorAction = $0 { true } else { false } }
        }
        let wrong = try workplace.keruen("command", "hold", "d1", "nobody")
        #expect(wrong.status == 1 && wrong.errors.contains("no such vehicle") && actions().isEmpty)
        let mixed = try workplace.keruen("command", "return", "d1", "d2", "d3")
        #expect(mixed.status == 1 && mixed.output == "d1: returnHome by aigul\nd3: returnHome by aigul\n")
        #expect(mixed.errors.contains("d2: it has no mission"))
        #expect(
            actions()
                == [1, 2, 3].map { .operatorAction(.returnHome, vehicle: VehicleID($0), by: "aigul") })
        let json = try workplace.keruen("command", "land", "d1", "d2", "--operator", "Дана", "--json")
        let results = json.json as? [[String: Any]]
        #expect(
            json.status == 1 && results?.count == 2 && results?[0]["message"] as? String == "land by Дана")
        #expect((results?[1]["problem"] as? [String: Any])?["code"] as? String == "refused")
    }

    @Test func missionsAndCancellationsAreAskedByNumber() throws {
        let station = try station()
        #expect(
            try workplace.keruen("mission", "abort", "3", environment: ["KERUEN_OPERATOR": "dana"]).status
                == 0)
        #expect(station.requests.last == .missionAction(.abort, mission: MissionID(3), by: "dana"))
        #expect(try workplace.keruen("mission", "resume", "3").status == 0)
        #expect(station.requests.last == .missionAction(.resume, mission: MissionID(3), by: "aigul"))
        #expect(try workplace.keruen("order", "cancel", "CR01/K-1").status == 0)
        #expect(
            station.requests.suffix(2)
                == [.orderOfKey(company: "CR01", key: "K-1"), .cancelOrder(id: OrderID(1), by: "aigul")])
        #expect(try workplace.keruen("mission", "list", "--vehicle", "drone-7", "--all").status == 0)
        #expect(
            station.requests.last
                == .missions(
                    MissionFilter(vehicle: VehicleID(7), page: Page(limit: ControlLimits.pageMax))))
    }

    @Test func watchingEndsCleanlyOnASignal() throws {
        let station = try station()
        for signal in [SIGINT, SIGTERM] {
            let process = try workplace.begin("keruen", ["status", "--watch", "--interval", "0.1"])
            let before = station.requests.count
            for _ in 0..<500 where station.requests.count < before + 3 { usleep(20_000) }
            #expect(station.requests.count >= before + 3)
            kill(process.processIdentifier, signal)
            let said = try workplace.end(process)
            #expect(said.status == 0 && process.terminationReason == .exit && said.errors.isEmpty)
            #expect(said.output.components(separatedBy: "enrolled").count >= 3)
        }
    }

    @Test func watchingOnATerminalStaysOnTheScreen() throws {
        let station = try station()
        let line = "stty cols 80 rows 5; timeout -s INT 1 keruen status --watch --interval 0.1; echo ended $?"
        let shown = try workplace.shell("script -qec '\(line)' /dev/null < /dev/null").output
        let frames = shown.components(separatedBy: "\u{1B}[H").dropFirst()
        // What `timeout` tells of a command that ended by itself after the signal.
        #expect(frames.count >= 3 && shown.contains("ended 124"), "\(shown)")
        for frame in frames {
            #expect(frame.components(separatedBy: "\u{1B}[K").count == 5 && frame.contains("more lines"))
        }
        withExtendedLifetime(station) {}
    }

    @Test func aRevokedKeyIsCutOffAtARunningStation() throws {
        #expect(try workplace.keruen("key", "new", "v", "--count", "3", "--keys", "k").status == 0)
        let alone = try workplace.keruen("key", "revoke", "v-1", "--keys", "k")
        #expect(alone.status == 0 && alone.output.contains("no station runs in run"))
        let station = try station()
        let told = try workplace.keruen("key", "revoke", "v-2", "--keys", "k", "--json")
        #expect(told.status == 0 && (told.json as? [String: Any])?["isCutOff"] as? Bool == true)
        #expect(station.requests == [.revokeKey(vehicle: VehicleID(2))])
        let list = try workplace.keruen("key", "list", "--keys", "k", "--json").json as? [[String: Any]]
        #expect(list?.map { $0["status"] as? String } == ["revoked", "revoked", "allowed"])
    }

    @Test func shellsCompleteCommandsAndNames() throws {
        let station = try station()
        func completed(_ words: String...) throws -> String {
            let line = words.map { "'\($0)'" }.joined(separator: " ")
            return try workplace.shell(
                """
                source <(keruen --generate-completion-script bash)
                COMP_WORDS=(\(line)); COMP_CWORD=\(words.count - 1); COMP_LINE="${COMP_WORDS[*]}"
                COMP_POINT=${#COMP_LINE}; _keruen keruen "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
                echo "${COMPREPLY[@]}"
                """
            ).output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        #expect(try completed("keruen", "vehicle", "show", "dro") == "drone-7")
        #expect(try completed("keruen", "command", "hold", "").contains("drone-7"))
        #expect(try completed("keruen", "mis") == "mission")
        #expect(try completed("keruen", "order", "list", "--state", "del") == "delivered")
        for shell in ["zsh", "fish"] {
            #expect(try workplace.keruen("--generate-completion-script", shell).output.contains("keruen"))
        }
        withExtendedLifetime(station) {}
    }
}
