import Wire

extension VehicleSession {
    /// One message when the negotiated interval is over; moments missed are not made up for.
    mutating func publishTelemetry(_ out: inout SessionOutput) {
        let now = now.monotonicNanoseconds
        guard now >= nextTelemetryAt else { return }
        let onTime = nextTelemetryAt.saturatingAdd(telemetryInterval)
        nextTelemetryAt = onTime > now ? onTime : now.saturatingAdd(telemetryInterval)
        telemetrySequence &+= 1
        var telemetry = Telemetry()
        telemetry.boot = boot
        telemetry.sequence = telemetrySequence
        telemetry.measuredAtNanoseconds = correctedNanoseconds
        telemetry.latitudeE7 = snapshot.latitudeE7
        telemetry.longitudeE7 = snapshot.longitudeE7
        telemetry.altitudeMillimeters = snapshot.altitudeMillimeters
        telemetry.velocityEastMillimetersPerSecond = Self.scaled(snapshot.velocityEast, 1000)
        telemetry.velocityNorthMillimetersPerSecond = Self.scaled(snapshot.velocityNorth, 1000)
        telemetry.velocityUpMillimetersPerSecond = Self.scaled(snapshot.velocityUp, 1000)
        telemetry.accuracyCentimeters =
            UInt32(snapshot.horizontalAccuracyCentimeters)
            | UInt32(snapshot.verticalAccuracyCentimeters) << 16
        telemetry.attitude = Self.attitude(snapshot)
        telemetry.energyKilojoules = snapshot.energyKilojoules
        var health = snapshot.health
        if linkState == .late || linkState == .lost { health |= VehicleSnapshot.HealthBit.link }
        telemetry.status =
            autopilot.mode.rawValue | WireDatum.meanSeaLevel.rawValue << 8
            | UInt32(min(snapshot.fix, 4)) << 12 | UInt32(health) << 16
        telemetry.link =
            link.lossTenThousandths(at: now, beatInterval: beatInterval)
            | UInt32(UInt8(bitPattern: snapshot.signalDecibelMilliwatts)) << 16
        telemetry.payloadGrams = snapshot.payloadGrams
        telemetry.mission = autopilot.reference.packed
        out.telemetry.append(telemetry)
    }

    /// Radians to hundredths of a degree in the fields of Telemetry.attitude.
    private static func attitude(_ snapshot: VehicleSnapshot) -> UInt64 {
        let perRadian = Float(18_000 / Double.pi)
        func signed(_ radians: Float) -> UInt64 {
            UInt64(UInt16(bitPattern: Int16(clamping: scaled(radians, perRadian))))
        }
        let turn = Int64(scaled(snapshot.heading, perRadian)) % 36_000
        let heading = UInt64(turn < 0 ? turn + 36_000 : turn)
        return signed(snapshot.roll) | signed(snapshot.pitch) << 16 | heading << 32
            | signed(snapshot.yawRate) << 48
    }

    /// Rounded and held within 32 bits; NaN becomes 0.
    private static func scaled(_ value: Float, _ factor: Float) -> Int32 {
        let product = (Double(value) * Double(factor)).rounded()
        return product.isNaN ? 0 : Int32(min(max(product, -2_147_483_648), 2_147_483_647))
    }
}
