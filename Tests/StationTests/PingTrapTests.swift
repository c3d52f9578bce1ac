import CZeroMQ
import Glibc
import Testing
import Transport

@testable import Station

/// A trap of libzmq 4.3.4 that any admitted peer can spring: fill the receive queue, send a ZMTP PING, hang up. When
/// the queue is read the PING is answered on the dead connection: `Assertion failed: !_io_error`.
@Suite(.timeLimit(.minutes(4))) struct PingTrapTests {
    /// Frames received from such a peer.
    private static func spring(receiveQueue: Int32) throws -> Int {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        try pull.set(ZMQ_RCVHWM, receiveQueue)
        try pull.bind("tcp://127.0.0.1:*")
        let port = try #require(pull.lastEndpoint.split(separator: ":").last.flatMap { UInt16($0) })
        var peer = RawConnection(port: port)
        let greeting: [UInt8] = [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 1] + Array("NULL".utf8)
        peer?.send(greeting + [UInt8](repeating: 0, count: 64 - greeting.count))
        let properties: [UInt8] =
            [5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 4] + Array("PUSH".utf8)
        peer?.send([4, UInt8(properties.count)] + properties)
        // The station's own half of the handshake.
        #expect(peer?.receive(milliseconds: 5000)?.isEmpty == false)
        _ = zmq_poll(nil, 0, 100)
        let frames = [[UInt8]](repeating: [0, 1, 7], count: 400).flatMap { $0 }
        peer?.send(frames + [4, 7, 4] + Array("PING".utf8) + [0, 0])
        _ = zmq_poll(nil, 0, 200)
        // Hanging up the hard way: libzmq sees an error, not just an end.
        var lingering = linger(l_onoff: 1, l_linger: 0)
        if let peer {
            setsockopt(
                peer.descriptor, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        }
        peer = nil
        _ = zmq_poll(nil, 0, 200)
        let message = Message()
        var count = 0
        while try pull.waitReadable(milliseconds: 500), try pull.tryReceive(into: message) { count += 1 }
        return count
    }

    @Test func aFullQueueAndAPingAbort() async {
        await #expect(processExitsWith: .signal(SIGABRT)) { _ = try Self.spring(receiveQueue: 64) }
    }

    @Test func theLinksQueueIsNeverFull() throws {
        #expect(try Self.spring(receiveQueue: LinkLoop.receiveQueue) == 400)
    }
}
