/// One measured line of `keruen bench`.
struct BenchRow: Encodable {
    var name: String
    var figure: String
    var must: String
    var goal: String
    /// Whether the figure meets `must`; nil when it is only told.
    var pass: Bool?
    /// Whether the figure meets `goal`; nil when nobody looked.
    var reachesGoal: Bool?
    /// What the figure is compared with, measured in the same run, and how it was measured.
    var reference: String?

    /// Six characters before the name.
    var mark: String {
        switch (pass, reachesGoal) {
        case (false, _): "MISS  "
        case (true, true): "GOAL  "
        case (true, _): "pass  "
        case (nil, _): "      "
        }
    }

    /// A figure that shall not be above its limits.
    static func atMost(
        _ value: Double, must: Double, goal: Double, unit: String, _ name: String, reference: String
    ) -> BenchRow {
        BenchRow(
            name: name, figure: figure(value) + unit, must: figure(must) + unit, goal: figure(goal) + unit,
            pass: value <= must, reachesGoal: value <= goal, reference: reference)
    }

    /// A figure that shall not be below its limits.
    static func atLeast(
        _ value: Double, must: Double, goal: Double, _ name: String, reference: String
    ) -> BenchRow {
        BenchRow(
            name: name, figure: figure(value), must: figure(must), goal: figure(goal),
            pass: value >= must, reachesGoal: value >= goal, reference: reference)
    }

    /// A figure without a limit.
    static func told(_ name: String, _ figure: String, reference: String? = nil) -> BenchRow {
        BenchRow(name: name, figure: figure, must: "-", goal: "-", reference: reference)
    }

    /// Two decimals, three below a tenth.
    static func figure(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
        let scale = abs(value) >= 100 ? 1.0 : abs(value) >= 0.1 ? 100 : 1000
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
