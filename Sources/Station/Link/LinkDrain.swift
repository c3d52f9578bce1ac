import CLinux
import Transport
import Wire

extension LinkTable {
    /// Takes up to `most` frames that wait on the uplink, believed under `seal`; true when more may wait.
    package mutating func drain(
        _ uplink: borrowing Socket, through message: borrowing Message, at now: Int64, most: Int,
        seal: UInt64,
        arena: inout DecodeArena
    ) throws(TransportError) -> Bool {
        var isPart = false
        for _ in 0..<most {
            guard try uplink.tryReceive(into: message) else { return false }
            let hasMore = message.hasMore
            let identity = LinkIdentity(userID: message.property("User-Id"), seal: seal)
            let descriptor = message.sourceDescriptor
            message.withBytes { bytes in
                ingest(
                    bytes, from: identity, descriptor: descriptor, isMultipart: hasMore || isPart, at: now,
                    arena: &arena)
            }
            isPart = hasMore
        }
        return true
    }
}
