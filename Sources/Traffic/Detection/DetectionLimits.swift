/// Bounds of the detector: what it takes in, and how much it does in one tick.
public struct DetectionLimits: Hashable, Sendable {
    /// Beyond these a body is refused and counted: the float filter's margin is proven up to here.
    public static let farthestMeters = 2e7
    public static let fastestMetersPerSecond = 1e4
    /// Seconds, the largest lookahead.
    public static let longestLookaheadSeconds = 3600.0

    /// Neighbours of its class one body may have in reach in one slice and row of cells; with more it is deferred
    /// there. Sixteen times as many of other classes: those who search there are few.
    public var neighboursPerBody: Int
    /// Pairs of one body decided in one slice, likewise; further ones are deferred.
    public var candidatesPerBody: Int

    /// In a crowd: of two bodies that have this many conflicts, later ones with each other are put off.
    public var conflictsPerBody: Int

    /// Everything is done, whatever it takes.
    public static let unbounded = DetectionLimits(
        neighboursPerBody: .max, candidatesPerBody: .max, conflictsPerBody: .max)
    /// For the 10 Hz tick: bounds the work of a body in a slice to some 10 microseconds.
    public static let tick = DetectionLimits(neighboursPerBody: 256, candidatesPerBody: 192)

    public init(neighboursPerBody: Int, candidatesPerBody: Int, conflictsPerBody: Int = 8) {
        self.neighboursPerBody = neighboursPerBody
        self.candidatesPerBody = candidatesPerBody
        self.conflictsPerBody = conflictsPerBody
    }
}

/// A pair that will be inside its volume: indices into the body table, `a` below `b`, and when, seconds from now.
public struct Conflict: Hashable, Sendable {
    public var entrySeconds: Double
    public var exitSeconds: Double
    public var a: Int32
    public var b: Int32

    public init(a: Int32, b: Int32, entrySeconds: Double, exitSeconds: Double) {
        (self.a, self.b) = (a, b)
        (self.entrySeconds, self.exitSeconds) = (entrySeconds, exitSeconds)
    }

    /// The order of a tick: soonest first, then by index.
    @inline(__always)
    static func isBefore(_ l: Conflict, _ r: Conflict) -> Bool {
        if l.entrySeconds != r.entrySeconds { return l.entrySeconds < r.entrySeconds }
        return l.a != r.a ? l.a < r.a : l.b < r.b
    }
}

/// What one run of the detector did and did not do.
public struct DetectionReport: Hashable, Sendable {
    public var bodies = 0
    /// Bodies with numbers that are not finite or absurd: no pair of theirs is looked at.
    public var refusedBodies = 0
    public var conflicts = 0
    public var slices = 0
    /// Pairs that went through the filter, and those it left to decide.
    public var testedPairs = 0
    public var decidedPairs = 0
    /// Bodies so crowded that in some slice their own search was put off, and the pairs (at most) not looked at.
    public var deferredBodies = 0
    public var deferredPairs = 0
    /// Every conflict that begins before this many seconds is reported, as long as nothing is deferred: all of
    /// the lookahead.
    public var coveredSeconds = 0.0
}
