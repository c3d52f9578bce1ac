import World

/// Benchmark files have a coordinate, a time and a cost of one for one: a unit is a million millimetres, milliseconds
/// and micro-tenge, so that rounding up never decides.
enum BenchmarkUnit {
    static let perUnit = 1_000_000.0
    /// Coordinates and times at most, in units.
    static let farthest = 10_000_000.0
    static let latest = 4_000_000.0
    static let mostTasks = 200_000
    static func whole(_ units: Double) -> Int64 { Int64((units * perUnit).rounded()) }
}

/// A pickup-and-delivery benchmark in the format of Li and Lim (2003): a line `vehicles capacity speed`, then a line
/// `id x y demand ready due service pickup delivery` for each task from 0, the depot. A pickup names its delivery, a
/// delivery its pickup, and a 0 for the other.
struct LiLimInstance: Hashable, Sendable {
    struct Task: Hashable, Sendable {
        var x = 0.0
        var y = 0.0
        var demand = 0.0
        var ready = 0.0
        var due = 0.0
        var service = 0.0
        var pickup = 0
        var delivery = 0
        /// In the file.
        var line = 0
    }
    var vehicles: Int
    var capacity: Double
    var speed: Double
    var tasks: [Task] = []

    init(bytes: [UInt8], file: String) throws(DataError) {
        var reader = LineReader(bytes: bytes, file: file)
        guard let head = try reader.words() else {
            throw DataError(file: file, problem: "is empty; a line 'vehicles capacity speed' comes first")
        }
        guard head.count == 3 else {
            throw reader.error("", "has \(head.count) numbers; the first line is 'vehicles capacity speed'")
        }
        vehicles = try reader.integer(head[0], "vehicles", in: 1...DispatchLimits.vehicles)
        capacity = try reader.number(head[1], "capacity", in: 0...Double(DispatchLimits.load))
        speed = try reader.number(head[2], "speed", in: 0.001...1000)
        while let words = try reader.words() { try append(words, reader) }
        guard !tasks.isEmpty else {
            throw DataError(file: file, problem: "ends before the depot, which is task 0; it may be cut off")
        }
        try checkPairs(file)
    }

    private mutating func append(_ words: [ArraySlice<UInt8>], _ reader: LineReader) throws(DataError) {
        guard words.count == 9 else {
            throw reader.error(
                "",
                "has \(words.count) numbers, not the nine of 'id x y demand ready due service pickup delivery'; "
                    + "it may be cut off")
        }
        guard tasks.count < BenchmarkUnit.mostTasks else {
            throw reader.error("id", "is one task more than \(BenchmarkUnit.mostTasks)")
        }
        let id = try reader.integer(words[0], "id", in: 0...BenchmarkUnit.mostTasks)
        guard id == tasks.count else {
            throw reader.error(
                "id", "is \(id) where \(tasks.count) is next; tasks are numbered from 0, each once, in order")
        }
        let (far, late) = (BenchmarkUnit.farthest, BenchmarkUnit.latest)
        var task = Task()
        task.x = try reader.number(words[1], "x", in: -far...far)
        task.y = try reader.number(words[2], "y", in: -far...far)
        task.demand = try reader.number(
            words[3], "demand", in: -Double(DispatchLimits.load)...Double(DispatchLimits.load))
        task.ready = try reader.number(words[4], "ready", in: 0...late)
        task.due = try reader.number(words[5], "due", in: 0...late)
        task.service = try reader.number(words[6], "service", in: 0...late)
        task.pickup = try reader.integer(words[7], "pickup", in: 0...BenchmarkUnit.mostTasks)
        task.delivery = try reader.integer(words[8], "delivery", in: 0...BenchmarkUnit.mostTasks)
        task.line = reader.line
        guard task.ready <= task.due else {
            throw reader.error("due", "is before ready; a window opens before it closes")
        }
        guard task.demand == task.demand.rounded() else {
            throw reader.error("demand", "is no whole number")
        }
        if tasks.isEmpty, task.pickup != 0 || task.delivery != 0 || task.demand != 0 {
            throw reader.error("", "task 0 is the depot, which has no demand and no pair")
        }
        tasks.append(task)
    }

    private func checkPairs(_ file: String) throws(DataError) {
        for (id, task) in tasks.enumerated().dropFirst() {
            func error(_ column: String, _ problem: String) -> DataError {
                DataError(file: file, line: task.line, column: column, problem: problem)
            }
            guard (task.pickup == 0) != (task.delivery == 0) else {
                throw error("pickup", "a pickup has a delivery, a delivery has a pickup, and 0 for the other")
            }
            let isPickup = task.pickup == 0
            let (partner, column) = isPickup ? (task.delivery, "delivery") : (task.pickup, "pickup")
            guard partner < tasks.count, partner != id else {
                throw error(column, "\(partner) is no other task; the last is \(tasks.count - 1)")
            }
            let other = tasks[partner]
            guard
                isPickup
                    ? other.pickup == id && other.delivery == 0 : other.delivery == id && other.pickup == 0
            else { throw error(column, "task \(partner) does not name task \(id) in return") }
            guard isPickup ? task.demand >= 0 : task.demand <= 0, task.demand == -other.demand else {
                throw error(
                    "demand", "what a pickup loads is above 0 and the same as its delivery unloads, below 0")
            }
        }
    }

    /// Ids of pickup and delivery of each shipment, in the order of the pickups.
    var pairs: [(pickup: Int, delivery: Int)] {
        tasks.indices.dropFirst().filter { tasks[$0].pickup == 0 }.map { ($0, tasks[$0].delivery) }
    }

    /// Fewest cost is least distance here.
    func problem(name: String) -> DispatchProblem {
        var problem = DispatchProblem()
        problem.name = name
        problem.locations = tasks.map {
            Location(x: $0.x * BenchmarkUnit.perUnit, y: $0.y * BenchmarkUnit.perUnit)
        }
        let pace = (Double(TravelMode.unitPace) / speed).rounded(.up)
        problem.modes = [TravelMode(.straight(earthRadiusMillimeters: 0), pace: Int64(pace))]
        let depot = tasks[0]
        var vehicle = DispatchVehicle(
            name: "vehicle", start: 0, end: 0, shift: window(depot), capacity: Load(Int32(capacity), 0, 0, 0))
        vehicle.count = vehicles
        problem.vehicles = [vehicle]
        problem.shipments = pairs.map { pair in
            Shipment(
                name: "\(pair.pickup)", pickup: visit(pair.pickup), delivery: visit(pair.delivery),
                load: Load(Int32(tasks[pair.pickup].demand), 0, 0, 0))
        }
        return problem
    }

    private func visit(_ id: Int) -> Visit {
        Visit(
            location: id, windows: [window(tasks[id])],
            serviceMilliseconds: BenchmarkUnit.whole(tasks[id].service))
    }

    private func window(_ task: Task) -> TimeWindow {
        TimeWindow(BenchmarkUnit.whole(task.ready), BenchmarkUnit.whole(task.due))
    }
}
