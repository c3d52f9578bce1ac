import CZeroMQ
import Testing

@testable import Transport

@Suite(.timeLimit(.minutes(4))) struct ConnectionCacheTests {
    /// A frame of each new connection; longer than what libzmq keeps inside the message itself.
    private static let frame = [UInt8](repeating: 7, count: 97)

    private static func connect(_ context: Context, to pull: borrowing Socket) throws -> Socket {
        let push = try Socket(.push, in: context)
        try push.set(ZMQ_LINGER, 0)
        try push.connect(pull.lastEndpoint)
        return push
    }

    private static func receive(_ pull: borrowing Socket, _ message: borrowing Message) throws {
        let isThere = try pull.waitReadable(milliseconds: 5000)
        let isReceived = try pull.tryReceive(into: message)
        try #require(isThere && isReceived)
    }

    @Test(arguments: [true, false]) func eachConnectionHasItsOwnNumber(zeroCopy: Bool) throws {
        let context = try Context(zeroCopy: zeroCopy)
        let pull = try Socket(.pull, in: context)
        try pull.bind("tcp://127.0.0.1:*")
        let cache = ConnectionCache(capacity: 64)
        let message = Message()
        var seen: Set<Int> = []
        // Ended connections stay known, so none of their addresses comes again.
        for _ in 0..<20 {
            let push = try Self.connect(context, to: pull)
            for count in 0..<3 {
                _ = try push.trySend(Self.frame)
                try Self.receive(pull, message)
                let known = cache.number(of: message)
                if count == 0 {
                    #expect(known == nil)
                    let inserted = cache.insert(message)
                    let found = cache.number(of: message)
                    let number = try #require(inserted)
                    #expect(seen.insert(number).inserted)
                    #expect(found == number)
                } else {
                    #expect(known.map { seen.contains($0) } == true)
                }
            }
        }
        cache.removeAll()
        let forgotten = cache.number(of: message)
        #expect(forgotten == nil)
    }

    @Test func aFullCacheRemembersNoMore() throws {
        let context = try Context()
        let pull = try Socket(.pull, in: context)
        try pull.bind("tcp://127.0.0.1:*")
        let cache = ConnectionCache(capacity: 8)
        let message = Message()
        var numbers = 0
        for _ in 0..<12 {
            let push = try Self.connect(context, to: pull)
            _ = try push.trySend(Self.frame)
            try Self.receive(pull, message)
            if cache.insert(message) != nil { numbers += 1 }
        }
        #expect(numbers == 8)
    }

    @Test func framesWithoutConnectionHaveNone() throws {
        let message = Message()
        let cache = ConnectionCache(capacity: 8)
        let found = cache.number(of: message)
        let inserted = cache.insert(message)
        #expect(found == nil && inserted == nil)
    }
}
