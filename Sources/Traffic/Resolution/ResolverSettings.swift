/// How the resolver looks ahead.
public struct ResolverSettings: Sendable {
    /// How far ahead separation is kept, seconds.
    public var horizonSeconds = 12.0
    /// The same against who flies fast, keeps a large volume or takes no commands, seconds.
    public var intruderHorizonSeconds = 40.0
    /// Every tick everybody looks so far ahead, and against intruders as much less far than there; to the horizon every
    /// `farTicks` ticks, in turn. So what is farther ahead than this is seen at most `farTicks` + 1 ticks later; once more
    /// as long where the plane or the grid changes, and in a crowd as its strips are crossed.
    public var nearHorizonSeconds = 5.0
    public var farTicks: UInt64 = 4
    /// Kept on top of the separation, metres.
    public var marginMeters = 2.0
    /// Kept on top when going back to what is wanted, metres: against flapping.
    public var returnMarginMeters = 2.0
    /// Kept on top by a manoeuvre that is newly chosen, where there is room, metres: or the error of the next measurement
    /// would put it in conflict again.
    public var chosenMarginMeters = 3.0
    /// Who has right of way acts as well when the other has not given way this long before the loss, seconds.
    public var yieldSeconds = 5.0
    /// Time between ticks, seconds.
    public var tickSeconds = 0.1
    /// Who deviates without a conflict looks for the way back every so many ticks.
    public var returnTicks: UInt64 = 5
    /// Bound of the work of a tick: exact tests of pairs, so many and so many more for each thousand bodies. The most urgent
    /// conflicts come first; what is left over is counted as deferred.
    public var examinationsPerTick = 20_000
    public var examinationsPerThousand = 1200
    /// Who has more than twice as many neighbours within the horizon's reach is in a crowd: it looks only as far ahead as
    /// about so many are, and the pairs beyond are counted as deferred.
    public var mostNeighbours = 400
    /// Side of the cells neighbours are sought in, metres.
    public var cellMeters = 250.0
    public init() {}
}

/// What fences and terrain allow. Asked only about manoeuvres that are free of traffic, cheapest first.
public protocol ResolutionAirspace {
    /// Whether the body may fly `manoeuvre` for `seconds` from where it is, fences and terrain considered.
    func admits(_ body: borrowing ResolutionBody, _ manoeuvre: Manoeuvre, seconds: Double) -> Bool
}

/// No fences.
public struct OpenAirspace: ResolutionAirspace, Sendable {
    public init() {}
    public func admits(_ body: borrowing ResolutionBody, _ manoeuvre: Manoeuvre, seconds: Double) -> Bool {
        true
    }
}
