import World

/// The published record of a slot market: rules, registry, the inputs of each tick, and the decisions they led to. Whoever
/// has it and the public seed can derive every decision again.
///
/// Text, one record a line, fields by comma, times in milliseconds; decisions begin with `>`. A blank line or one that
/// begins with `#` says nothing.
///
///     policy,NAME,NUMBER            place,NAME,CAPACITY,SLOT,FREEZE_SLOTS,NOTICE_SLOTS,EARLY,LATE
///     company,NAME,OWNER,PERMILLE   vehicle,CHASSIS,COMPANY
///     tick,TIME                     request,CHASSIS,PLACE,WANTED,LATEST,ATTESTED,LANE,DOCUMENT(0|1),EARLIER(0|1)
///     cancel,CHASSIS                postpone,CHASSIS,TIME      attested,CHASSIS,TIME     swap,CHASSIS,CHASSIS
///     arrived,CHASSIS,PLACE         false-class,CHASSIS        capacity,PLACE,FROM,TO,PLACES
///
/// Rules and places come before the first company, vehicle or tick.
public struct SlotJournal: Sendable {
    public struct Difference: Hashable, Sendable {
        /// Of the file, from 1; the one after the last when decisions are missing at its end.
        public var line: Int
        public var published: String
        public var derived: String
    }

    /// Every line of a complete record: the inputs as they came, each tick followed by what was decided.
    public private(set) var text = ""
    public private(set) var decisions = 0
    public private(set) var awards = 0
    /// Where the published decisions are not those derived; nil: byte for byte the same.
    public private(set) var difference: Difference?

    private let file: String
    private var policy = SlotPolicy()
    private var places: [SlotPlace] = []
    private var placeNames: [String] = []
    private var companyNames: [String] = []
    private var vehicleNames: [String] = []
    // Only looked up, never walked.
    private var placeOf: [String: Int] = [:]
    private var companyOf: [String: Int] = [:]
    private var ownerOf: [String: Int] = [:]
    private var vehicleOf: [String: Int] = [:]
    private var market: SlotMarket?
    private let publicSeed: UInt64
    private var tick: (milliseconds: Int64, line: Int)?
    private var inputs: [SlotInput] = []
    private var pending = ""
    private var published: [(line: Int, text: String)] = []
    private var line = 0

    /// Derives everything again. `bytes` is untrusted.
    public init(file: String, bytes: [UInt8], publicSeed: UInt64) throws(DataError) {
        self.file = file
        self.publicSeed = publicSeed
        for bytes in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            line += 1
            let row = bytes.last == 0x0D ? bytes.dropLast() : bytes
            guard row.count <= 1024, let row = String(validating: row, as: UTF8.self) else {
                throw fault("is longer than 1024 bytes or no UTF-8")
            }
            if row.isEmpty || row.hasPrefix("#") { continue }
            if row.hasPrefix(">") {
                published.append((line, row))
                continue
            }
            let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            if fields[0] == "tick" {
                try endTick()
                guard fields.count == 2 else { throw fault("has \(fields.count) fields; tick,TIME has 2") }
                tick = (try number(fields, 1), line)
                try open()
            } else if tick == nil {
                try set(fields)
            }
            if tick != nil, fields[0] != "tick" { inputs.append(try input(fields)) }
            pending += row + "\n"
        }
        try endTick()
        text += pending
    }

    // MARK: - Rules and registry

    private mutating func set(_ fields: [String]) throws(DataError) {
        switch (fields[0], fields.count) {
        case ("policy", 3) where market == nil: try setPolicy(fields)
        case ("place", 8) where market == nil:
            let place = SlotPlace(
                identity: Self.identity(fields[1]), capacity: Int(try number(fields, 2)),
                slotMilliseconds: try number(fields, 3), freezeSlots: try number(fields, 4),
                noticeSlots: try number(fields, 5), earlyMilliseconds: try number(fields, 6),
                lateMilliseconds: try number(fields, 7))
            guard place.isSound else {
                throw fault(
                    "place: capacity 1...\(SlotLimits.capacity), slot of 1 s to a day, freeze longer than the notice and "
                        + "at most 12 h, margins up to a day")
            }
            guard placeOf.updateValue(places.count, forKey: try name(fields, 1)) == nil else {
                throw fault("place \(fields[1]) is there already; give each its own name")
            }
            guard places.count < SlotLimits.places else { throw fault("is one place too many") }
            places.append(place)
            placeNames.append(fields[1])
        case ("company", 4), ("vehicle", 3):
            try open()
            inputs.append(try input(fields))
        default:
            throw fault(
                "begins with '\(fields[0].prefix(20))' and has \(fields.count) fields; before the first tick there are "
                    + "policy, place, then company and vehicle")
        }
    }

    private mutating func setPolicy(_ fields: [String]) throws(DataError) {
        let value = try number(fields, 2)
        switch fields[1] {
        case "cap_permille": policy.capPermille = value
        case "out_of_turn_permille": policy.quotaPermille[SlotLane.outOfTurn.rawValue] = value
        case "postal_permille": policy.quotaPermille[SlotLane.postal.rawValue] = value
        case "accelerated_permille": policy.quotaPermille[SlotLane.accelerated.rawValue] = value
        case "waste_debt": policy.wasteDebtMilliseconds = value
        case "false_class_debt": policy.falseClassDebtMilliseconds = value
        case "false_class_block": policy.falseClassBlockMilliseconds = value
        case "longest_hold": policy.longestHoldMilliseconds = value
        case "no_show_window": policy.noShowWindowMilliseconds = value
        case "day_offset": policy.dayOffsetMilliseconds = value
        default: throw fault("there is no rule '\(fields[1].prefix(40))'")
        }
    }

    private mutating func open() throws(DataError) {
        guard market == nil else { return }
        do {
            market = try SlotMarket(policy: policy, places: places, publicSeed: publicSeed)
        } catch {
            throw fault(error.description)
        }
    }

    // MARK: - Inputs

    private mutating func input(_ fields: [String]) throws(DataError) -> SlotInput {
        switch (fields[0], fields.count) {
        case ("company", 4):
            let owner = ownerOf[try name(fields, 2)] ?? ownerOf.count
            guard companyOf.updateValue(companyNames.count, forKey: try name(fields, 1)) == nil else {
                throw fault("company \(fields[1]) is there already; give each its own name")
            }
            let permille = try number(fields, 3)
            guard (0...1000).contains(permille) else {
                throw fault("contracts \(permille) permille; give 0 to 1000")
            }
            ownerOf[fields[2]] = owner
            companyNames.append(fields[1])
            return .company(companyNames.count - 1, owner: owner, contractedPermille: permille)
        case ("vehicle", 3):
            guard vehicleOf.updateValue(vehicleNames.count, forKey: try name(fields, 1)) == nil else {
                throw fault("vehicle \(fields[1]) is there already; a chassis number is one vehicle's")
            }
            vehicleNames.append(fields[1])
            return .vehicle(
                vehicleNames.count - 1, identity: Self.identity(fields[1]),
                company: try known(companyOf, fields, 2, "company"))
        case ("capacity", 5):
            return .capacity(
                place: try known(placeOf, fields, 1, "place"), fromMilliseconds: try number(fields, 2),
                toMilliseconds: try number(fields, 3), places: Int(try number(fields, 4)))
        case ("arrived", 3):
            return .arrived(
                vehicle: try known(vehicleOf, fields, 1, "vehicle"),
                place: try known(placeOf, fields, 2, "place"))
        case ("false-class", 2): return .falseClass(vehicle: try known(vehicleOf, fields, 1, "vehicle"))
        case ("attested", 3):
            return .attested(
                vehicle: try known(vehicleOf, fields, 1, "vehicle"),
                earliestMilliseconds: try number(fields, 2))
        case ("cancel", 2): return .cancel(vehicle: try known(vehicleOf, fields, 1, "vehicle"))
        case ("postpone", 3):
            return .postpone(
                vehicle: try known(vehicleOf, fields, 1, "vehicle"),
                earliestMilliseconds: try number(fields, 2))
        case ("swap", 3):
            return .swap(
                vehicle: try known(vehicleOf, fields, 1, "vehicle"),
                with: try known(vehicleOf, fields, 2, "vehicle"))
        case ("request", 9):
            guard let lane = Self.lanes.firstIndex(of: fields[6]).flatMap(SlotLane.init(rawValue:)) else {
                throw fault("lane '\(fields[6].prefix(20))'; there are " + Self.lanes.joined(separator: ", "))
            }
            return .request(
                SlotRequest(
                    vehicle: try known(vehicleOf, fields, 1, "vehicle"),
                    place: try known(placeOf, fields, 2, "place"),
                    requestedMilliseconds: try number(fields, 3), latestMilliseconds: try number(fields, 4),
                    attestedMilliseconds: try number(fields, 5), lane: lane,
                    isDocumented: try number(fields, 7) != 0,
                    acceptsEarlier: try number(fields, 8) != 0))
        default:
            throw fault(
                "begins with '\(fields[0].prefix(20))' and has \(fields.count) fields; see the format")
        }
    }

    private static let lanes = ["ordinary", "out-of-turn", "postal", "accelerated"]

    private func known(
        _ names: [String: Int], _ fields: [String], _ index: Int, _ what: String
    ) throws(DataError) -> Int {
        guard let number = names[fields[index]] else {
            throw fault("names the \(what) '\(fields[index].prefix(40))', which no line before it registers")
        }
        return number
    }

    private func name(_ fields: [String], _ index: Int) throws(DataError) -> String {
        guard (1...64).contains(fields[index].utf8.count) else {
            throw fault("field \(index + 1) must be a name of 1 to 64 bytes")
        }
        return fields[index]
    }

    private func number(_ fields: [String], _ index: Int) throws(DataError) -> Int64 {
        guard let value = Int64(fields[index]), value.magnitude <= 1 << 42 else {
            throw fault("field \(index + 1), '\(fields[index].prefix(40))', is no whole number up to 2^42")
        }
        return value
    }

    private func fault(_ problem: String) -> DataError { DataError(file: file, line: line, problem: problem) }

    static func identity(_ name: String) -> UInt64 {
        var hash = StableHash()
        hash.combine(name)
        return hash.value
    }

    // MARK: - Decisions

    private mutating func endTick() throws(DataError) {
        guard let tick else { return }
        let made: [SlotDecision]
        do {
            made = try market?.step(atMilliseconds: tick.milliseconds, inputs) ?? []
        } catch {
            throw DataError(file: file, line: tick.line, problem: error.description)
        }
        inputs.removeAll(keepingCapacity: true)
        text += pending
        pending = ""
        for (index, decision) in made.enumerated() {
            let derived = describe(decision)
            text += derived + "\n"
            decisions += 1
            if decision.kind == .awarded { awards += 1 }
            let there = index < published.count ? published[index] : (line, "nothing")
            if difference == nil, there.text != derived {
                difference = Difference(line: there.line, published: there.text, derived: derived)
            }
        }
        if difference == nil, published.count > made.count {
            let more = published[made.count]
            difference = Difference(line: more.line, published: more.text, derived: "nothing")
        }
        published.removeAll(keepingCapacity: true)
    }

    /// `>KIND,REASON,CHASSIS,PLACE,SLOT,RANK,TIE,OWED,HELD,CAP,QUOTA_USED,QUOTA`
    private func describe(_ d: SlotDecision) -> String {
        let vehicle = vehicleNames.indices.contains(d.vehicle) ? vehicleNames[d.vehicle] : ""
        let place = placeNames.indices.contains(d.place) ? placeNames[d.place] : ""
        return ">\(d.kind.rawValue),\(d.reason.rawValue),\(vehicle),\(place),\(d.slotMilliseconds),"
            + "\(d.rankMilliseconds),\(d.tie),\(d.owedMilliseconds),\(d.held),\(d.cap),\(d.quotaUsed),\(d.quota)"
    }
}
