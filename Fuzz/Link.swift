import Transport
import Wire

@testable import Station

/// Subscriptions, identities, and frames on their way through the link's table.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: count)
    if case .subscribe(let topic) = Admission(bytes, from: 7) { precondition(topic == 0 || topic == 7) }
    let text = bytes.map { CChar(bitPattern: $0) } + [0]
    _ = text.withUnsafeBufferPointer { LinkIdentity(userID: $0.baseAddress, seal: 0x0123_4567_89AB_CDEF) }
    let door = Authenticator(admitting: [])
    precondition(door.decide(bytes.split(separator: 0).map { Array($0) }).code == "400")
    // Frames of a length byte each, with time that jumps as the bytes say.
    var table = LinkTable(configuration: LinkConfiguration(), keyring: oneVehicle, at: 0)
    var arena = DecodeArena()
    var rest = bytes[...]
    while let length = rest.popFirst() {
        let frame = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        table.ingest(
            UnsafeRawBufferPointer(rebasing: frame), from: LinkIdentity(id: 7, generation: 1), descriptor: -1,
            isMultipart: false, at: Int64(length) << 55, arena: &arena)
    }
    return 0
}

private let oneVehicle: Keyring = {
    let key = CurvePublicKey(bytes: [UInt8](repeating: 1, count: 32))
    return Keyring(
        enrolments: key.map { [Enrolment(id: 7, name: "v", kind: "vtol", company: "c", publicKey: $0)] } ?? []
    )
}()
