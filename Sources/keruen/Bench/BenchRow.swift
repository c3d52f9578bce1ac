/// One measured line of `keruen bench`.
struct BenchRow {
    var name: String
    var figure: String
    var must: String
    var goal: String
    /// Whether the figure meets `must`; nil when it is only told.
    var pass: Bool?
}
