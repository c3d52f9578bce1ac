import World

/// How problems are written down.
public enum DispatchFormat: String, Hashable, Sendable, CaseIterable {
    /// The pickup-and-delivery benchmark of Li and Lim.
    case lilim
    /// VRPLIB as PyVRP reads it: VRPTW, HFVRP, MTVRPTWR.
    case vrplib
    /// Our own, JSON: Docs/Dispatch.md.
    case keruen

    /// By the first character: a brace, a digit, anything else.
    public static func guess(_ bytes: [UInt8]) -> DispatchFormat {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let first = text.first(where: { $0 > 0x20 }) else { return .vrplib }
        if first == UInt8(ascii: "{") { return .keruen }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) ? .lilim : .vrplib
    }
}

/// What a plan is to have least of, in the words of the benchmarks.
public enum DispatchAim: String, Hashable, Sendable, CaseIterable {
    /// First vehicles, then cost.
    case vehicles
    /// Distance alone.
    case distance
    /// Cost as the file has it.
    case cost
}

/// A file with a problem, and how plans for it are read and written.
public struct DispatchFile: Sendable {
    public static let mostBytes = 1 << 28

    enum Source: Sendable {
        case lilim(LiLimInstance)
        case vrplib(VRPLIBInstance)
        case keruen(KeruenNames)
    }

    public let format: DispatchFormat
    public private(set) var problem: DispatchProblem
    let source: Source

    /// - Parameter format: nil guesses.
    public init(bytes: [UInt8], file: String, format: DispatchFormat? = nil) throws(DataError) {
        guard bytes.count <= Self.mostBytes else {
            throw DataError(file: file, problem: "is larger than \(Self.mostBytes) bytes; split it")
        }
        let last = file.split(separator: "/").last ?? ""
        let name = String(last.lastIndex(of: ".").map { last[..<$0] } ?? last)
        self.format = format ?? .guess(bytes)
        switch self.format {
        case .lilim:
            let instance = try LiLimInstance(bytes: bytes, file: file)
            (source, problem) = (.lilim(instance), instance.problem(name: name))
        case .vrplib:
            let instance = try VRPLIBInstance(bytes: bytes, file: file)
            (source, problem) = (.vrplib(instance), instance.problem(name: name))
        case .keruen:
            var reader = KeruenReader(file: file)
            problem = try reader.problem(bytes, name: name)
            source = .keruen(reader.names)
        }
        do {
            try problem.validate()
        } catch {
            throw DataError(file: file, problem: "\(error)")
        }
    }

    public mutating func aim(at aim: DispatchAim) {
        problem.objective = aim == .vehicles ? .vehicles : .cost
        guard aim == .distance else { return }
        for k in problem.vehicles.indices {
            problem.vehicles[k].fixedCost = 0
            problem.vehicles[k].distanceCost = 1
            problem.vehicles[k].timeCost = 0
        }
        for s in problem.shipments.indices { problem.shipments[s].latenessCost = 0 }
        for s in problem.stations.indices { problem.stations[s].cost = 0 }
    }

    /// What a distance is told in: millimetres for one of it, and its name.
    public var distanceUnit: (millimeters: Double, name: String) {
        format == .keruen ? (1_000_000, "km") : (BenchmarkUnit.perUnit, "")
    }

    /// What published best values of this problem count: the distance, or the cost where vehicles differ.
    public func benchmarkValue(_ totals: PlanTotals) -> Double {
        if case .vrplib(let instance) = source, instance.kind == .hfvrp {
            return totals.plainCost / BenchmarkUnit.perUnit
        }
        return format == .keruen ? totals.plainCost / 1e6 : totals.plainMillimeters / BenchmarkUnit.perUnit
    }

    /// A plan for this problem. Reads what `planText` writes.
    public func plan(bytes: [UInt8], file: String) throws(DataError) -> PlanFile {
        guard bytes.count <= Self.mostBytes else {
            throw DataError(file: file, problem: "is larger than \(Self.mostBytes) bytes")
        }
        let document = try JSONDocument.parse(bytes, file: file)
        var reader = JSONFields(file: file)
        switch source {
        case .keruen(let names): return try KeruenPlan(problem: problem, names: names).read(document, &reader)
        default: return try BenchmarkPlan(source: source, problem: problem).read(document, &reader)
        }
    }

    public func planText(_ plan: DispatchPlan, _ verdict: PlanVerdict) -> String {
        switch source {
        case .keruen(let names): KeruenPlan(problem: problem, names: names).text(plan, verdict)
        default: BenchmarkPlan(source: source, problem: problem).text(plan, verdict)
        }
    }

    /// What the rules of the benchmark, in plain double precision, have against a plan; nothing for other formats.
    public func plainProblems(_ plan: DispatchPlan) -> [String] {
        guard case .lilim(let instance) = source else { return [] }
        let routes = BenchmarkPlan(source: source, problem: problem).routes(plan)
        return LiLimCheck(instance, routes: routes).problems
    }
}

/// A plan as a file tells it.
public struct PlanFile: Hashable, Sendable {
    public var plan: DispatchPlan
    /// What the file says it comes to, if it does.
    public var statedVehicles: Int?
    public var statedDistance: Double?
}
