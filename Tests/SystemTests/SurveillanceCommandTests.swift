import Controller
import Foundation
import Station
import Testing

/// `keruen traffic report` and `near`: what they say to a station, and what comes of it.
@Suite struct SurveillanceCommandTests {
    private let workplace: Workplace

    init() throws { workplace = try Workplace() }

    /// Takes everything.
    private func station() throws -> ScriptedStation {
        try ScriptedStation(workplace) { request in
            guard case .surveillance(let contacts) = request else { return .done("\(request)") }
            return .surveyed(
                SurveillanceReceipt(
                    taken: contacts.count, outdated: 0, refused: [:], aircraft: contacts.count))
        }
    }

    private func contacts(_ station: ScriptedStation) -> [ReportedContact] {
        station.requests.flatMap { request -> [ReportedContact] in
            guard case .surveillance(let contacts) = request else { return [] }
            return contacts
        }
    }

    @Test func baseStationMessagesArePutTogether() throws {
        let station = try station()
        let said = try workplace.keruen(
            "traffic", "report", "-", "--qnh", "1033.25",
            input: """
                SEL,,496,2286,4CA4E5,27215,2010/02/19,18:06:07.710,2010/02/19,18:06:07.710,RYR1427
                MSG,3,1,1,4CA2D6,1,,,,,,3500,,,43.30,76.95,,,,,,0
                MSG,4,1,1,4CA2D6,1,,,,,,,120,270,,,-640,,,,,0
                MSG,1,1,1,4CA2D6,1,,,,,KZR12  ,,,,,,,,,,,
                MSG,3,1,1,4ca2d6,1,,,,,,3600,,,43.31,76.94,,,0,0,0,0\r
                MSG,3,1,1,400001,1,,,,,,1200,100,90,43.2,76.9,,,,,,-1
                MSG,8,1,1,400002,1,,,,,,,,,,,,,,,,0
                """)
        #expect(said.status == 0, "\(said)")
        #expect(said.output == "7 lines: 1 contacts, 1 taken, 0 outdated, 0 refused\n")
        let contact = try #require(contacts(station).first)
        #expect(contacts(station).count == 1)
        #expect(contact.address == "4CA2D6" && contact.callsign == "KZR12" && contact.time == nil)
        #expect(contact.latitudeDegrees == 43.31 && contact.longitudeDegrees == 76.94)
        // 20 hPa above the standard are 165 m at sea level (ICAO Doc 7488: 1033.25 hPa at -165.1 m).
        #expect(abs(contact.altitudeMeters - (3600 * 0.3048 + 165.1)) < 0.5, "\(contact.altitudeMeters)")
        #expect(abs(contact.speedMetersPerSecond - 61.733) < 0.001 && contact.trackDegrees == 270)
        #expect(abs(contact.climbMetersPerSecond + 3.2512) < 0.001)
    }

    @Test func whatIsNotUnderstoodIsToldWithItsLineAndTheRestIsSent() throws {
        let station = try station()
        let good =
            "{\"address\":\"4B1814\",\"latitudeDegrees\":43.2,\"longitudeDegrees\":76.9,\"altitudeMeters\":900,"
            + "\"speedMetersPerSecond\":60,\"trackDegrees\":90}"
        try workplace.write(
            [
                good, "{\"address\":\"4B1814\"}", "", "hello", "{\"adress\":1}", "{\"address\":7}", "{",
                "MSG,3,1,1,XYZ,1,,,,,,3500,,,43.30,76.95,,,,,,0",
                "MSG,3,1,1,4CA2D6,1,,,,,,3500,,,43.30,76.95,,,,,,0", String(repeating: "x", count: 5000),
                good.replacingOccurrences(of: "4B1814", with: "4B1815"),
            ].joined(separator: "\n"), to: "contacts.txt")
        let said = try workplace.keruen("traffic", "report", "contacts.txt")
        #expect(said.status == 1)
        #expect(
            said.output
                == "11 lines: 2 contacts, 2 taken, 0 outdated, 0 refused; 8 lines not understood\n")
        for text in [
            "contacts.txt:2: lacks 'latitudeDegrees'", "contacts.txt:4: is neither",
            "contacts.txt:5: 'adress': there is no such member; known are address",
            "contacts.txt:6: 'address'", "contacts.txt:7: is no JSON object",
            "contacts.txt:8: is a BaseStation message without an address", "contacts.txt:9: has a pressure",
            "give --qnh", "contacts.txt:10: has more than 4096 bytes",
        ] {
            #expect(said.errors.contains(text), "\(text): \(said.errors)")
        }
        #expect(contacts(station).map(\.address) == ["4B1814", "4B1815"])
        let json = try workplace.keruen("traffic", "report", "contacts.txt", "--json")
        let members = try #require(json.json as? [String: Any])
        #expect(json.status == 1 && members["notUnderstood"] as? Int == 8 && members["taken"] as? Int == 2)
    }

    @Test func manyGoInPartsAndTheLaterLineCounts() throws {
        let station = try station()
        var lines = (0..<500).map { n in
            "{\"address\":\"\(String(n + 1, radix: 16))\",\"latitudeDegrees\":43.2,\"longitudeDegrees\":76.9,"
                + "\"altitudeMeters\":900,\"speedMetersPerSecond\":60,\"trackDegrees\":90}"
        }
        lines.append(lines[499].replacingOccurrences(of: "900", with: "950"))
        let said = try workplace.keruen("traffic", "report", "-", input: lines.joined(separator: "\n"))
        #expect(said.status == 0 && said.output.hasPrefix("501 lines: 501 contacts, 500 taken, 1 outdated"))
        #expect(station.requests.count == 3)
        #expect(contacts(station).map(\.altitudeMeters).last == 950)
    }

    @Test func wrongUsageAndNoStationAreTold() throws {
        for arguments in [
            ["traffic", "report"], ["traffic", "near"], ["traffic", "report", "-", "--qnh", "30"],
            ["traffic", "report", "-", "--qnh", "nan"],
        ] {
            #expect(try workplace.end(try workplace.begin("keruen", arguments)).status == 64, "\(arguments)")
        }
        let missing = try workplace.keruen("traffic", "report", "missing.txt")
        #expect(missing.status == 1 && missing.errors.contains("missing.txt: cannot be read"))
        #expect(try workplace.keruen("traffic", "report", ".").status == 1)
        #expect(try workplace.keruen("traffic", "near", "x").status == 2)
        let said = try workplace.keruen(
            "traffic", "report", "-",
            input: "{\"address\":\"1\",\"latitudeDegrees\":0,\"longitudeDegrees\":0,\"altitudeMeters\":0,"
                + "\"speedMetersPerSecond\":0,\"trackDegrees\":0}")
        #expect(said.status == 2 && said.errors.contains("keruen serve --directory run"))
    }

    /// A helicopter stays in the middle of a drone's way, always at its height: a real station leads the simulated
    /// drone around it, and its freight arrives.
    @Test(.timeLimit(.minutes(4))) func aDroneOfAServedFleetGoesAroundAHelicopter() throws {
        try workplace.write(
            "name: one\nfleets:\n  - {kind: multirotor, base: ALA, count: 1, swap_minutes: 5}\n",
            to: "fleet.yaml")
        let port = 20_000 + 3 * Int.random(in: 0..<3000)
        #expect(
            try workplace.shell("keruen key new drone --count 1 --kind multirotor --company CR01").status == 0
        )
        let programs = [
            try workplace.begin(
                "keruen", ["serve", "--pace", "20", "--port", "\(port)"], tag: "serve"),
            try workplace.begin(
                "keruen-sim",
                ["run", "fleet.yaml", "--pace", "20", "--station", "tcp://127.0.0.1:\(port)"], tag: "sim"),
        ]
        defer {
            for program in programs.reversed() where program.isRunning {
                kill(program.processIdentifier, SIGTERM)
                program.waitUntilExit()
            }
        }
        var tries = 0
        while try workplace.shell("keruen vehicle list | grep free").status != 0, tries < 200 {
            usleep(200_000)
            tries += 1
        }
        // 7 km north of the airport's place, with the helicopter half way.
        let submitted = try workplace.keruen(
            "order", "submit", "--company", "CR01", "--key", "H", "--from", "ALA", "--to", "43.3155,76.9115",
            "--kg", "1")
        #expect(submitted.status == 0, "\(submitted)")
        var wasAlerted = false
        var isDelivered = false
        for _ in 0..<400 where !isDelivered {
            let near = try workplace.keruen("traffic", "near", "drone", "--json")
            let height = (near.json as? [String: Any])?["altitudeMeters"] as? Double ?? 900
            let said = try workplace.keruen(
                "traffic", "report", "-",
                input: "{\"address\":\"4B1814\",\"callsign\":\"N123AB\",\"latitudeDegrees\":43.284,"
                    + "\"longitudeDegrees\":76.9115,\"altitudeMeters\":\(height),\"speedMetersPerSecond\":0,"
                    + "\"trackDegrees\":0,\"horizontalAccuracyMeters\":30,\"verticalAccuracyMeters\":20,"
                    + "\"speedAccuracyMetersPerSecond\":3}")
            #expect(said.status == 0, "\(said)")
            wasAlerted =
                try wasAlerted || workplace.keruen("vehicle", "show", "drone").output.contains("N123AB")
            isDelivered = try workplace.keruen("order", "show", "CR01/H").output.contains("delivered")
        }
        let log =
            try String(contentsOfFile: workplace.directory + "/serve.err", encoding: .utf8)
            + String(contentsOfFile: workplace.directory + "/serve.out", encoding: .utf8)
        let status = try workplace.keruen("status", "--json").json as? [String: Any]
        let surveillance = try #require(status?["surveillance"] as? [String: Any])
        #expect(isDelivered && wasAlerted, "\(log.suffix(3000))")
        #expect(log.contains("N123AB is in the way"), "\(log.suffix(3000))")
        #expect(surveillance["lossesOfWellClear"] as? Int == 0, "\(surveillance) \(log.suffix(3000))")
        #expect(surveillance["aircraft"] as? Int == 1)
        #expect(try workplace.keruen("status").output.contains("crewed      1 aircraft, alerts now:"))
    }
}
