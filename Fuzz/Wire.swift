import Wire

/// Every message a peer may send. The frame starts at the envelope.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let frame = UnsafeRawBufferPointer(start: data, count: count)
    do {
        let (type, body) = try Envelope.parse(frame)
        if type == .telemetry {
            try Telemetry.decode(body).validate()
            return 0
        }
        var arena = DecodeArena()
        if let up = try? Uplink.decode(type: type, body, arena: &arena) { _ = up.encode() }
        if let down = try? Downlink.decode(type: type, body, arena: &arena) { _ = down.encode(topic: 0) }
    } catch {}
    return 0
}
