extension Telemetry {
    /// Bytes of envelope and message of the constant layout.
    public static let frameSize = Envelope.size + encodedSize

    /// Writes the constant layout, all sixteen fields; returns `encodedSize`. `buffer` must hold as many bytes.
    @discardableResult
    public func encode(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(buffer.count >= Self.encodedSize, "buffer shorter than Telemetry.encodedSize")
        guard let at = buffer.baseAddress else { return 0 }
        var offset = 0
        func put<T: FixedWidthInteger>(_ tag: UInt8, _ value: T) {
            at.storeBytes(of: tag, toByteOffset: offset, as: UInt8.self)
            at.storeBytes(of: value.littleEndian, toByteOffset: offset + 1, as: T.self)
            offset += 1 + T.bitWidth / 8
        }
        put(0x0D, boot)
        put(0x15, sequence)
        put(0x19, measuredAtNanoseconds)
        put(0x25, latitudeE7)
        put(0x2D, longitudeE7)
        put(0x35, altitudeMillimeters)
        put(0x3D, velocityEastMillimetersPerSecond)
        put(0x45, velocityNorthMillimetersPerSecond)
        put(0x4D, velocityUpMillimetersPerSecond)
        put(0x55, accuracyCentimeters)
        put(0x59, attitude)
        put(0x65, energyKilojoules)
        put(0x6D, status)
        put(0x75, link)
        put(0x7D, payloadGrams)
        at.storeBytes(of: 0x81, toByteOffset: offset, as: UInt8.self)
        offset += 1
        put(0x01, mission)
        return offset
    }

    /// Writes envelope and message, ready to send; returns `frameSize`. `buffer` must hold as many bytes.
    @discardableResult
    public func encodeFrame(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        precondition(buffer.count >= Self.frameSize, "buffer shorter than Telemetry.frameSize")
        Envelope.write(.telemetry, into: buffer)
        return Envelope.size + encode(into: UnsafeMutableRawBufferPointer(rebasing: buffer[Envelope.size...]))
    }
}
