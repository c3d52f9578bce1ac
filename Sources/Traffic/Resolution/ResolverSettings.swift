/// How the resolver looks ahead.
public struct ResolverSettings: Sendable {
    /// How far ahead separation is kept, seconds.
    public var horizonSeconds = 12.0
    /// The same against who flies fast, keeps a large volume or takes no commands, seconds.
    public var intruderHorizonSeconds = 40.0
    /// Kept on top of the separation, metres.
    public var marginMeters = 2.0
    /// Kept on top when going back to what is wanted, metres: against flapping.
    public var returnMarginMeters = 2.0
    /// Who has right of way acts as well when the other has not given way this long before the loss, seconds.
    public var yieldSeconds = 5.0
    /// Time between ticks, seconds.
    public var tickSeconds = 0.1
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
    public func admits(_ body: borrowing ResolutionBody, _ manoeuvre: Manoeuvre, seconds: Double) -> Bool { true }
}
