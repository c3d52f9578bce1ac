@testable import Station

/// A journal file. The fuzzer cannot guess checksums, so its bytes stand behind good records and as their payloads.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: count))
    _ = try? JournalRecord.scan(bytes, file: "")
    var whole = JournalRecord.magic
    JournalRecord.append(Array(bytes.prefix(100)), sequence: 1, to: &whole)
    JournalRecord.append(bytes, sequence: 2, to: &whole)
    let end = whole.count
    if let contents = try? JournalRecord.scan(whole + bytes, file: "") {
        precondition(contents.payloads.count >= 2 && contents.end >= end)
        precondition(contents.end + contents.tornBytes == whole.count + bytes.count)
    }
    // One byte of a good journal changed: it is never believed to its end.
    if count >= 2 {
        let place = (Int(bytes[0]) << 8 | Int(bytes[1])) % end
        whole[place] ^= bytes[count - 1] | 1
        precondition((try? JournalRecord.scan(whole, file: "").end) != end)
    }
    return 0
}
