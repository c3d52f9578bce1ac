import Controller
import FoundationEssentials

@testable import Station

/// Operators' requests, stations' answers and the events of a journal, all JSON.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let json = Data(bytes: data, count: count)
    func survives<T: Codable & Equatable>(_ type: T.Type) {
        guard let value = try? JSONDecoder().decode(type, from: json) else { return }
        guard let again = try? ControlSocket.encode(value) else { return }
        precondition((try? JSONDecoder().decode(type, from: Data(again))) == value)
    }
    survives(ControlRequest.self)
    survives(ControlResponse.self)
    survives(Event.self)
    return 0
}
