/// What a vehicle's own sensors say of it now: the autopilot flies by it, telemetry reports it.
public struct VehicleSnapshot: Equatable, Sendable {
    /// Degrees x 10,000,000, WGS84.
    public var latitudeE7: Int32
    public var longitudeE7: Int32
    /// Above mean sea level.
    public var altitudeMillimeters: Int32
    /// Height above the ground below, metres; NaN when no sensor tells.
    public var heightMeters: Float = .nan
    /// m/s
    public var velocityEast: Float = 0
    public var velocityNorth: Float = 0
    public var velocityUp: Float = 0
    /// Radians: roll right side down, pitch nose up, heading clockwise from north, yaw rate clockwise per second.
    public var roll: Float = 0
    public var pitch: Float = 0
    public var heading: Float = 0
    public var yawRate: Float = 0
    /// 95 %; 65535 means unknown.
    public var horizontalAccuracyCentimeters: UInt16 = .max
    public var verticalAccuracyCentimeters: UInt16 = .max
    /// 0 none, 1 dead reckoning, 2 2D, 3 3D, 4 RTK.
    public var fix: UInt8 = 3
    /// HealthFlag bits of telemetry.proto: set means fault.
    public var health: UInt16 = 0
    public var energyKilojoules: UInt32
    public var payloadGrams: UInt32 = 0
    /// 0 unknown.
    public var signalDecibelMilliwatts: Int8 = 0
    public var onGround: Bool = true

    public init(
        latitudeE7: Int32, longitudeE7: Int32, altitudeMillimeters: Int32, energyKilojoules: UInt32
    ) {
        self.latitudeE7 = latitudeE7
        self.longitudeE7 = longitudeE7
        self.altitudeMillimeters = altitudeMillimeters
        self.energyKilojoules = energyKilojoules
    }

    /// Bits of `health`.
    public enum HealthBit {
        public static let position: UInt16 = 1 << 0
        public static let propulsion: UInt16 = 1 << 2
        public static let energy: UInt16 = 1 << 3
        public static let link: UInt16 = 1 << 4
        public static let payload: UInt16 = 1 << 5
    }

    public var hasPosition: Bool { fix >= 2 && health & HealthBit.position == 0 }
    public var hasPropulsionFault: Bool { health & HealthBit.propulsion != 0 }

    var groundSpeed: Float {
        let speed = (velocityEast * velocityEast + velocityNorth * velocityNorth).squareRoot()
        return speed.isFinite ? speed : 0
    }
}
