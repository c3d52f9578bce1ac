import FoundationEssentials
import World
import Yams

extension Scenario {
    /// Largest scenario file, bytes.
    static let fileSizeMax = 65_536
    /// Vehicles of a scenario, and fleets and depots of one.
    static let vehiclesMax = 20_000
    static let listMax = 500

    /// Reads and checks a file.
    public init(contentsOf path: String) throws(ScenarioError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScenarioError(
                file: path, line: 0, "cannot be read; scenarios that come with Keruen are in Scenarios/")
        }
        guard data.count <= Self.fileSizeMax else {
            throw ScenarioError(
                file: path, line: 0, "is larger than \(Self.fileSizeMax) bytes; split the scenario")
        }
        try self.init(yaml: String(decoding: data, as: UTF8.self), file: path)
    }

    /// Reads and checks the text of a file; `file` is its name for messages.
    public init(yaml: String, file: String) throws(ScenarioError) {
        guard yaml.utf8.count <= Self.fileSizeMax else {
            throw ScenarioError(
                file: file, line: 0, "is larger than \(Self.fileSizeMax) bytes; split the scenario")
        }
        let root: Node
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                throw ScenarioError(file: file, line: 0, "is empty; a scenario needs at least 'fleets'")
            }
            root = node
        } catch let error as ScenarioError {
            throw error
        } catch let error as YamlError {
            throw ScenarioError(
                file: file, line: Self.line(of: error), "is no YAML: \(Self.words(of: error))")
        } catch {
            throw ScenarioError(file: file, line: 0, "is no YAML: \(error)")
        }
        let top = try ScenarioReader(
            file: file, path: "", node: root,
            allowed: ["name", "start", "wind", "sensors", "link", "faults", "load_share", "depots", "fleets"])
        name = try top.text("name") ?? "scenario"
        if let text = try top.text("start") {
            guard let instant = Instant(iso8601: text), instant.nanoseconds > 0 else {
                throw top.refusal("start", "is '\(text)'; use a moment such as 2026-06-01T00:00:00Z")
            }
            start = instant
        }
        if let reader = try top.mapping("wind", allowed: ["speed", "from", "gust"]) { try wind.read(reader) }
        if let reader = try top.mapping("sensors", allowed: ["gnss_noise", "gnss_bias", "energy_error"]) {
            try sensors.read(reader)
        }
        if let reader = try top.mapping("link", allowed: ["latency"]) {
            link.latencySeconds =
                try reader.number("latency", in: 0...5, unit: "seconds one way") ?? link.latencySeconds
        }
        if let reader = try top.mapping("faults", allowed: Faults.keys) { try faults.read(reader) }
        if let reader = try top.mapping("load_share", allowed: ["min", "max"]) {
            let least = try reader.number("min", in: 0...1, unit: "share of capacity") ?? 0.3
            let most = try reader.number("max", in: 0...1, unit: "share of capacity") ?? 1
            guard least <= most else { throw reader.refusal("min", "is above max; exchange them") }
            loadShare = least...most
        }
        for (index, node) in try top.list("depots", countMax: Self.listMax).enumerated() {
            guard let id = node.scalar?.string, (1...32).contains(id.utf8.count) else {
                throw ScenarioError(
                    file: file, line: node.mark?.line ?? 0, "depots[\(index)] must be the id of a place")
            }
            depots.append(id)
        }
        fleets = []
        for (index, node) in try top.list("fleets", countMax: Self.listMax).enumerated() {
            fleets.append(
                try Fleet(
                    ScenarioReader(file: file, path: "fleets[\(index)]", node: node, allowed: Fleet.keys)))
        }
        guard !fleets.isEmpty else {
            throw ScenarioError(
                file: file, line: 0, "has no fleets; add '- {kind: multirotor, base: ALA, count: 4}'")
        }
        guard vehicleCount <= Self.vehiclesMax else {
            throw ScenarioError(
                file: file, line: 0,
                "has \(vehicleCount) vehicles; one scenario holds at most "
                    + "\(Self.vehiclesMax)")
        }
    }

    private static func line(of error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: 0
        }
    }

    private static func words(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _):
            problem
        case .duplicatedKeysInMapping: "a key stands twice in one mapping; keep one"
        default: "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable"
        }
    }
}

extension Scenario.Fleet {
    static let keys = [
        "kind", "base", "count", "company", "payload_kg", "energy_kwh", "swap_minutes", "charge_kw",
    ]

    init(_ reader: ScenarioReader) throws(ScenarioError) {
        let word = try reader.required("kind", try reader.text("kind"))
        guard let kind = VehicleKind(rawValue: word) else {
            throw reader.refusal("kind", "is '\(word)'; use multirotor, vtol or truck")
        }
        self.kind = kind
        line = reader.line
        base = try reader.required("base", try reader.text("base", bytesMax: 32))
        count = try reader.required("count", try reader.count("count", in: 1...Scenario.vehiclesMax))
        company = try reader.text("company", bytesMax: 32)
        payloadKilograms = try reader.number(
            "payload_kg", in: VehicleModel.payloadKilograms(kind),
            unit: "what the \(kind.rawValue) model carries")
        energyKilowattHours = try reader.number(
            "energy_kwh", in: VehicleModel.energyKilowattHours(kind),
            unit: "what the \(kind.rawValue) model holds")
        swapMinutes = try reader.number("swap_minutes", in: 0.5...1440, unit: "minutes")
        let power = try reader.number("charge_kw", in: 0.1...5000, unit: "kilowatts")
        guard swapMinutes == nil || power == nil else {
            throw reader.refusal("charge_kw", "and swap_minutes exclude each other; keep one")
        }
        chargeKilowatts = power ?? (kind.flies ? 6 : 750)
    }
}

extension Scenario.Wind {
    fileprivate mutating func read(_ reader: ScenarioReader) throws(ScenarioError) {
        speed = try reader.number("speed", in: 0...25, unit: "m/s at 10 m") ?? speed
        fromDegrees = try reader.number("from", in: 0...360, unit: "degrees from north") ?? fromDegrees
        gust = try reader.number("gust", in: 0...8, unit: "m/s, standard deviation") ?? gust
    }
}

extension Scenario.Sensors {
    fileprivate mutating func read(_ reader: ScenarioReader) throws(ScenarioError) {
        gnssNoiseMeters =
            try reader.number("gnss_noise", in: 0...20, unit: "m, standard deviation") ?? gnssNoiseMeters
        gnssBiasMeters =
            try reader.number("gnss_bias", in: 0...20, unit: "m, standard deviation") ?? gnssBiasMeters
        energyGaugeError =
            try reader.number("energy_error", in: 0...0.2, unit: "share, standard deviation")
            ?? energyGaugeError
    }
}

extension Scenario.Faults {
    static let keys = [
        "propulsion", "gnss", "gnss_seconds", "energy", "link", "link_seconds", "payload", "repair_minutes",
    ]

    fileprivate mutating func read(_ reader: ScenarioReader) throws(ScenarioError) {
        func rate(_ key: String) throws(ScenarioError) -> Double {
            try reader.number(key, in: 0...100, unit: "per vehicle and hour") ?? 0
        }
        propulsionPerHour = try rate("propulsion")
        gnssPerHour = try rate("gnss")
        energyPerHour = try rate("energy")
        linkPerHour = try rate("link")
        payloadPerHour = try rate("payload")
        gnssSeconds = try reader.number("gnss_seconds", in: 1...3600, unit: "seconds, mean") ?? gnssSeconds
        linkSeconds = try reader.number("link_seconds", in: 1...7200, unit: "seconds, mean") ?? linkSeconds
        repairMinutes = try reader.number("repair_minutes", in: 0...10_000, unit: "minutes") ?? repairMinutes
    }
}
