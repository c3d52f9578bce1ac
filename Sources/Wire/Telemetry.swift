/// Live state of one vehicle as the wire says it (Proto/keruen/v1/telemetry.proto), not yet believed.
///
/// A field that the sender left out is 0; `Telemetry.decode` refuses messages without boot, sequence, time,
/// position or status.
public struct Telemetry: Equatable, Sendable {
    public var boot: UInt32 = 0
    public var sequence: UInt32 = 0
    public var measuredAtNanoseconds: UInt64 = 0
    public var latitudeE7: Int32 = 0
    public var longitudeE7: Int32 = 0
    public var altitudeMillimeters: Int32 = 0
    public var velocityEastMillimetersPerSecond: Int32 = 0
    public var velocityNorthMillimetersPerSecond: Int32 = 0
    public var velocityUpMillimetersPerSecond: Int32 = 0
    public var accuracyCentimeters: UInt32 = 0
    public var attitude: UInt64 = 0
    public var energyKilojoules: UInt32 = 0
    public var status: UInt32 = 0
    public var link: UInt32 = 0
    public var payloadGrams: UInt32 = 0
    public var mission: UInt64 = 0

    public init() {}
}
