import Transport

/// The allow list, a vehicle's secret file and the sentences of the pace: what is accepted survives being written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    let text = String(decoding: bytes, as: UTF8.self)
    if let ring = try? Keyring(text: text) {
        let again = try? Keyring(text: ring.text)
        precondition(again?.enrolments == ring.enrolments)
    }
    if let secret = try? VehicleSecret(text: text) {
        let again = try? VehicleSecret(text: secret.text)
        precondition(again?.keys.publicKey == secret.keys.publicKey && again?.name == secret.name)
    }
    if let frame = PaceFrame(bytes) {
        precondition(frame.bytes.withUnsafeBytes { PaceFrame($0) } == frame)
    }
    return 0
}
