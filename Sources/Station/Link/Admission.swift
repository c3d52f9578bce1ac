import Wire

/// What a vehicle asks of the downlink (XPUB with manual approval), and whether it may have it.
enum Admission: Equatable {
    case subscribe(topic: UInt32)
    case unsubscribe(topic: UInt32)
    /// Another's topic, a prefix of topics, or not a subscription at all.
    case refuse

    /// - Parameter frame: 1 or 0, then the topic: four little-endian bytes, own number or 0 for all.
    init(_ frame: UnsafeRawBufferPointer, from id: UInt32) {
        guard frame.count == 1 + Envelope.topicSize, frame[0] <= 1 else {
            self = .refuse
            return
        }
        let topic = UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
        if frame[0] == 0 {
            self = .unsubscribe(topic: topic)
        } else {
            self = topic == 0 || topic == id ? .subscribe(topic: topic) : .refuse
        }
    }
}
