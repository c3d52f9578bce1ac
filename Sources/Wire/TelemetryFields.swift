/// Faults a vehicle reports in bits 16-31 of the status word; set means fault.
public struct HealthFlags: OptionSet, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    public static let position = HealthFlags(rawValue: 1 << 0)
    public static let attitude = HealthFlags(rawValue: 1 << 1)
    public static let propulsion = HealthFlags(rawValue: 1 << 2)
    public static let energy = HealthFlags(rawValue: 1 << 3)
    public static let link = HealthFlags(rawValue: 1 << 4)
    public static let payload = HealthFlags(rawValue: 1 << 5)
    public static let brakes = HealthFlags(rawValue: 1 << 6)
    public static let computer = HealthFlags(rawValue: 1 << 7)
}

/// How the position was found.
public enum PositionFix: UInt32, Sendable { case none, deadReckoning, fix2D, fix3D, rtk }

extension Telemetry {
    /// Status bits 0-7.
    public var mode: Open<Mode> {
        get { Open(number: status & 0xFF) }
        set { status = status & ~0xFF | newValue.number & 0xFF }
    }

    /// Status bits 8-11: what `altitudeMillimeters` is measured from.
    public var datum: Open<WireDatum> {
        get { Open(number: status >> 8 & 0xF) }
        set { status = status & ~0xF00 | (newValue.number & 0xF) << 8 }
    }

    /// Status bits 12-15.
    public var fix: Open<PositionFix> {
        get { Open(number: status >> 12 & 0xF) }
        set { status = status & ~0xF000 | (newValue.number & 0xF) << 12 }
    }

    /// Status bits 16-31.
    public var health: HealthFlags {
        get { HealthFlags(rawValue: UInt16(truncatingIfNeeded: status >> 16)) }
        set { status = status & 0xFFFF | UInt32(newValue.rawValue) << 16 }
    }

    /// Horizontal 95 % position accuracy, centimetres; nil unknown. Held within 1 and 65,534 when set.
    public var horizontalAccuracyCentimeters: UInt16? {
        get { Self.accuracy(accuracyCentimeters) }
        set { accuracyCentimeters = accuracyCentimeters & 0xFFFF_0000 | Self.accuracyBits(newValue) }
    }

    /// Vertical 95 % position accuracy, centimetres; nil unknown. Held within 1 and 65,534 when set.
    public var verticalAccuracyCentimeters: UInt16? {
        get { Self.accuracy(accuracyCentimeters >> 16) }
        set { accuracyCentimeters = accuracyCentimeters & 0xFFFF | Self.accuracyBits(newValue) << 16 }
    }

    private static func accuracy(_ bits: UInt32) -> UInt16? {
        let value = UInt16(truncatingIfNeeded: bits)
        // A sender that leaves the field out has not claimed to be perfect.
        return value == 0 || value == 0xFFFF ? nil : value
    }

    private static func accuracyBits(_ value: UInt16?) -> UInt32 {
        value.map { UInt32(min(max($0, 1), 0xFFFE)) } ?? 0xFFFF
    }

    /// Hundredths of a degree, right side down positive.
    public var rollCentidegrees: Int16 {
        get { Int16(truncatingIfNeeded: attitude) }
        set { setAttitude(UInt16(bitPattern: newValue), shift: 0) }
    }

    /// Hundredths of a degree, nose up positive.
    public var pitchCentidegrees: Int16 {
        get { Int16(truncatingIfNeeded: attitude >> 16) }
        set { setAttitude(UInt16(bitPattern: newValue), shift: 16) }
    }

    /// Hundredths of a degree from true north, clockwise, 0 to 35,999.
    public var headingCentidegrees: UInt16 {
        get { UInt16(truncatingIfNeeded: attitude >> 32) }
        set { setAttitude(newValue, shift: 32) }
    }

    /// Hundredths of a degree per second, clockwise positive.
    public var yawRateCentidegreesPerSecond: Int16 {
        get { Int16(truncatingIfNeeded: attitude >> 48) }
        set { setAttitude(UInt16(bitPattern: newValue), shift: 48) }
    }

    private mutating func setAttitude(_ value: UInt16, shift: UInt64) {
        attitude = attitude & ~(0xFFFF << shift) | UInt64(value) << shift
    }

    /// Share of downlink heartbeats lost in the last minute x 10,000: 0 to 10,000.
    public var heartbeatLossPerTenThousand: UInt16 {
        get { UInt16(truncatingIfNeeded: link) }
        set { link = link & 0xFFFF_0000 | UInt32(newValue) }
    }

    /// Received signal strength, dBm; nil unknown.
    public var signalStrengthDBm: Int8? {
        get {
            let value = Int8(truncatingIfNeeded: link >> 16)
            return value == 0 ? nil : value
        }
        set { link = link & ~0xFF_0000 | UInt32(UInt8(bitPattern: newValue ?? 0)) << 16 }
    }

    /// The mission held, at its current leg.
    public var missionReference: MissionReference {
        get { MissionReference(packed: mission) }
        set { mission = newValue.packed }
    }
}
