extension Telemetry {
    /// Refuses what cannot be true of any vehicle: `outOfRange`.
    ///
    /// Boot 0; time 0; latitude, longitude, altitude or a velocity component outside their ranges; heading
    /// above 35,999; loss above 10,000; mode or datum unspecified; mode, datum or fix unknown to this version.
    /// Whether the values fit this vehicle and moment (jumps, clock, replay) is for the receiver, who knows both.
    @inlinable @inline(__always)
    public func validate() throws(WireError) {
        guard boot != 0, measuredAtNanoseconds != 0,
            Self.within(latitudeE7, Self.latitudeE7Max), Self.within(longitudeE7, Self.longitudeE7Max),
            Self.altitudeMillimetersRange.contains(altitudeMillimeters),
            Self.within(velocityEastMillimetersPerSecond, Self.speedMillimetersPerSecondMax),
            Self.within(velocityNorthMillimetersPerSecond, Self.speedMillimetersPerSecondMax),
            Self.within(velocityUpMillimetersPerSecond, Self.speedMillimetersPerSecondMax),
            (status & 0xFF) &- 1 < 8, (status >> 8 & 0xF) &- 1 < 3, status >> 12 & 0xF < 5,
            headingCentidegrees < Self.fullCircleCentidegrees,
            heartbeatLossPerTenThousand <= Self.lossPerTenThousandMax
        else { throw .outOfRange }
    }

    /// -limit <= value <= limit, in one unsigned comparison.
    @inlinable @inline(__always)
    static func within(_ value: Int32, _ limit: Int32) -> Bool {
        UInt32(bitPattern: value &+ limit) <= UInt32(bitPattern: limit) &* 2
    }
}
