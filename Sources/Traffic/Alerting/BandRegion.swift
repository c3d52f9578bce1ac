/// How bad it would be to fly a direction, a speed or an altitude: the colours of DAIDALUS's bands.
public enum BandRegion: UInt8, Hashable, Sendable, CaseIterable {
    /// Free of conflict.
    case none = 0
    /// Leads to a preventive alert. DO-365B colours no such bands.
    case far = 1
    /// Leads to a corrective alert.
    case mid = 2
    /// Leads to a warning.
    case near = 3
    /// Every choice is in conflict; this one regains separation soonest.
    case recovery = 4

    /// One character: `.FMNR`.
    public var code: UInt8 {
        switch self {
        case .none: 0x2E
        case .far: 0x46
        case .mid: 0x4D
        case .near: 0x4E
        case .recovery: 0x52
        }
    }
}

/// What is varied. The unit of its ranges is that of the case.
public enum BandKind: UInt8, Hashable, Sendable, CaseIterable {
    /// Direction over ground, degrees from north over east, 0 ..< 360.
    case direction
    /// Knots.
    case groundSpeed
    /// Feet a minute.
    case verticalSpeed
    /// Feet above mean sea level.
    case altitude
}

/// How the ownship gets there.
public enum BandMode: String, Hashable, Sendable, CaseIterable {
    /// With the turn rate and the accelerations of `BandLimits`.
    case kinematic
    /// At once.
    case instantaneous
}

/// Neighbouring values of one region, in the unit of their kind.
public struct BandRange: Hashable, Sendable {
    public var low: Double
    public var high: Double
    public var region: BandRegion
}

/// Limits and steps of the manoeuvres that bands try: configuration `DO_365B_no_SUM` of DAIDALUS 2.0.4.
enum BandLimits {
    static var metersPerSecondPerKnot: Double { 1852.0 / 3600 }
    static var metersPerFoot: Double { 0.3048 }
    static var metersPerSecondPerFootPerMinute: Double { metersPerFoot / 60 }

    static var lookaheadSeconds: Double { Alerter.lookaheadSeconds }
    /// Windows are kept this far, so that one that ends at the lookahead can be told from one that goes on.
    static var horizonSeconds: Double { 200.0 }

    static var turnDegreesPerSecond: Double { 3.0 }
    static var horizontalAcceleration: Double { 2.0 }
    static var verticalAcceleration: Double { 0.25 * 9.80665 }
    static var climbRate: Double { 500 * metersPerSecondPerFootPerMinute }

    static var directionSteps: Int { 180 }
    static var speedStep: Double { 5 * metersPerSecondPerKnot }
    static var verticalStep: Double { 100 * metersPerSecondPerFootPerMinute }
    static var altitudeStep: Double { 100 * metersPerFoot }

    static var slowest: Double { 10 * metersPerSecondPerKnot }
    static var fastest: Double { 700 * metersPerSecondPerKnot }
    static var steepest: Double { 6000 * metersPerSecondPerFootPerMinute }
    static var lowest: Double { 100 * metersPerFoot }
    static var highest: Double { 50_000 * metersPerFoot }
    /// Steps of altitude from `lowest` on, one beyond `highest`.
    static var altitudeSteps: Int { 500 }

    /// Recovery: the cylinder to keep clear of, shrunk by a tenth at a time until it is that of a near mid-air
    /// collision.
    static var recoveryRadius: Double { 0.66 * 1852 }
    static var recoveryHalfHeight: Double { 450 * metersPerFoot }
    static var shrink: Double { 0.9 }
    static var collisionRadius: Double { 500 * metersPerFoot }
    static var collisionHalfHeight: Double { 100 * metersPerFoot }
    /// Seconds added to the first moment at which a recovery exists.
    static var recoveryStability: Double { 3.0 }
}
