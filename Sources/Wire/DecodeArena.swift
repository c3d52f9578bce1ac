import CKeruenProto
import CProtobufC

/// The memory protobuf-c may use for one message: a fixed block, used again for each. A message that wants more
/// is refused by protobuf-c cleanly, so no peer can make the decoder allocate.
///
/// One for each thread that decodes.
public struct DecodeArena: ~Copyable, @unchecked Sendable {
    /// What an honest message needs is below 8 KiB; the largest frame of nothing but unknown fields needs more
    /// and is refused.
    public static let defaultCapacity = 64 * 1024

    private struct Block {
        var allocator: ProtobufCAllocator
        var used: Int
        let capacity: Int
        let bytes: UnsafeMutableRawPointer
    }
    private let block: UnsafeMutablePointer<Block>

    /// Takes `capacity` bytes from the heap until the arena goes out of scope.
    public init(capacity: Int = DecodeArena.defaultCapacity) {
        block = .allocate(capacity: 1)
        block.initialize(
            to: Block(
                allocator: ProtobufCAllocator(alloc: Self.take, free: { _, _ in }, allocator_data: block),
                used: 0, capacity: capacity, bytes: .allocate(byteCount: capacity, alignment: 16)))
    }

    deinit {
        block.pointee.bytes.deallocate()
        block.deallocate()
    }

    /// Bytes the last message took.
    public var used: Int { block.pointee.used }

    private static let take: @convention(c) (UnsafeMutableRawPointer?, Int) -> UnsafeMutableRawPointer? = {
        data, size in
        guard let block = data?.assumingMemoryBound(to: Block.self) else { return nil }
        let start = (block.pointee.used + 15) & ~15
        guard size >= 0, start <= block.pointee.capacity, size <= block.pointee.capacity - start else {
            return nil
        }
        block.pointee.used = start + size
        return block.pointee.bytes + start
    }

    /// Unpacks `body` with the function protoc-c made and hands the message to `read`; it lives until then.
    mutating func unpack<Message, Value>(
        _ body: UnsafeRawBufferPointer,
        _ unpack: (UnsafeMutablePointer<ProtobufCAllocator>?, Int, UnsafePointer<UInt8>?)
            -> UnsafeMutablePointer<Message>?,
        _ read: (Message) throws(WireError) -> Value
    ) throws(WireError) -> Value {
        block.pointee.used = 0
        let allocator = UnsafeMutableRawPointer(block).assumingMemoryBound(to: ProtobufCAllocator.self)
        let bytes = body.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard let message = unpack(allocator, body.count, bytes) else { throw .malformed }
        return try read(message.pointee)
    }
}

/// Protobuf-c's string as ours: at most `max` bytes or `outOfRange`, UTF-8 or `malformed`, made printable. It ends
/// at the first NUL.
func text(_ c: UnsafePointer<CChar>?, max: Int) throws(WireError) -> String {
    guard let c else { return "" }
    var count = 0
    while c[count] != 0 {
        count += 1
        guard count <= max else { throw .outOfRange }
    }
    let bytes = UnsafeRawBufferPointer(start: c, count: count)
    guard let string = String(validating: bytes, as: UTF8.self) else { throw .malformed }
    return printable(string)
}

/// The same with spaces for control characters and marks that turn the direction of writing: texts of peers end up
/// on operators' terminals, which obey such things.
func printable(_ text: String) -> String {
    func obeys(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
    guard text.unicodeScalars.contains(where: obeys) else { return text }
    var clean = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { clean.append(obeys(scalar) ? " " : scalar) }
    return String(clean)
}

/// The longest prefix of whole characters that fits `max` bytes.
func shortened(_ text: String, max: Int) -> String {
    var text = text
    while text.utf8.count > max { text.removeLast() }
    return text
}

/// Topic (when there is one), envelope and the packed message.
func frame<Message>(
    _ type: Envelope.MessageType, topic: UInt32? = nil, _ message: inout Message,
    size: (UnsafePointer<Message>?) -> Int,
    pack: (UnsafePointer<Message>?, UnsafeMutablePointer<UInt8>?) -> Int
) -> [UInt8] {
    let before = Envelope.size + (topic == nil ? 0 : Envelope.topicSize)
    let total = before + size(&message)
    return [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
        let raw = UnsafeMutableRawBufferPointer(buffer)
        if let topic { raw.storeBytes(of: topic.littleEndian, as: UInt32.self) }
        Envelope.write(type, into: UnsafeMutableRawBufferPointer(rebasing: raw[(before - Envelope.size)...]))
        if let start = buffer.baseAddress { _ = pack(&message, start + before) }
        count = total
    }
}

/// Calls `body` with C copies that live as long as the call, as protobuf-c's `char *` fields want them.
func withText<R>(_ text: String, max: Int, _ body: (UnsafeMutablePointer<CChar>) -> R) -> R {
    shortened(text, max: max).withCString { body(UnsafeMutablePointer(mutating: $0)) }
}
