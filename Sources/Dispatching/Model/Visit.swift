/// An interval of time in milliseconds, ends included. Service begins within it.
public struct TimeWindow: Hashable, Sendable, Codable {
    public var opensMilliseconds: Int64
    public var closesMilliseconds: Int64
    public init(_ opens: Int64, _ closes: Int64) {
        opensMilliseconds = opens
        closesMilliseconds = closes
    }
    /// Wide enough for every plan; half the limit of times, so that sums do not overflow.
    public static let always = TimeWindow(0, DispatchLimits.latestMilliseconds)
}

/// What a vehicle does at one place for one shipment.
public struct Visit: Hashable, Sendable, Codable {
    /// Index into `DispatchProblem.locations`.
    public var location: Int
    /// When service may begin: 1...8 windows, in order, apart. The vehicle waits for the next to open.
    public var windows: [TimeWindow]
    public var serviceMilliseconds: Int64
    /// Index into `DispatchProblem.docks` of what is occupied during service (a dock, pad or booth); nil: nothing scarce.
    public var dock: Int?
    public init(
        location: Int, windows: [TimeWindow] = [.always], serviceMilliseconds: Int64 = 0, dock: Int? = nil
    ) {
        self.location = location
        self.windows = windows
        self.serviceMilliseconds = serviceMilliseconds
        self.dock = dock
    }
}

/// Places of one kind at one site that serve one vehicle each: docks, pads, chargers, border booths.
public struct Dock: Hashable, Sendable, Codable {
    public var name: String
    /// How many vehicles at a time; at least 1.
    public var places: Int
    /// Taken by others, whatever is planned here.
    public var booked: [TimeWindow]
    public init(name: String, places: Int, booked: [TimeWindow] = []) {
        self.name = name
        self.places = places
        self.booked = booked
    }
}

/// What a vehicle carries or can carry, in up to four dimensions of the problem's choice; Keruen uses grams, litres,
/// pallets and tenths of a loading metre. At most `DispatchLimits.load` each.
public typealias Load = SIMD4<Int32>

/// Bounds of everything that comes in: sums of this size stay far from overflow.
public enum DispatchLimits {
    /// About 142 years in milliseconds.
    public static let latestMilliseconds: Int64 = 1 << 42
    /// About 2 million km, for coordinates and ways; benchmark files use a scale of a million a unit.
    public static let farthestMillimeters = 0x1p41
    /// A `pace` of 2^21, half a metre a second: together with the farthest way it does not overflow.
    public static let slowestPace: Int64 = 1 << 21
    public static let load: Int32 = 1 << 28
    public static let shipments = 1 << 20
    public static let vehicles = 1 << 20
    public static let locations = 1 << 21
    /// In micro-tenge: a trillion tenge.
    public static let cost: Int64 = 1 << 60
}
