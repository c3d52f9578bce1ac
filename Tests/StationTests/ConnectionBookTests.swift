import Testing

@testable import Station

@Suite struct ConnectionBookTests {
    private static func book(_ change: (inout LinkConfiguration) -> Void = { _ in }) -> ConnectionBook {
        var configuration = LinkConfiguration()
        configuration.connectionsMax = 100
        configuration.connectionsMaxPerAddress = 10
        configuration.connectionsPerSecondPerAddress = 1000
        configuration.silenceNanoseconds = 1000
        change(&configuration)
        return ConnectionBook(configuration: configuration, fileLimit: 20_000)
    }

    private static func connection(_ number: Int32, socket: Int = 0) -> ConnectionBook.Connection {
        ConnectionBook.Connection(socket: socket, descriptor: number, cookie: UInt64(number) + 1000)
    }

    private static func address(_ last: UInt64) -> ConnectionBook.Address {
        ConnectionBook.Address(high: 0, low: 0xFFFF_0A00_0000 | last)
    }

    @Test func loopbackAndNetworksAreKnown() {
        #expect(ConnectionBook.Address(high: 0, low: 1).isLoopback)
        #expect(ConnectionBook.Address(high: 0, low: 0xFFFF_7F00_0001).isLoopback)
        #expect(!Self.address(1).isLoopback && Self.address(1).network == Self.address(1))
        let six = ConnectionBook.Address(high: 0x2001_0DB8_0000_0001, low: 77)
        #expect(six.network == ConnectionBook.Address(high: 0x2001_0DB8_0000_0001, low: 0))
    }

    @Test func theOldestIdleOfACrowdedAddressGivesWayNotTheSpeaker() {
        var book = Self.book { $0.silenceNanoseconds = .max }
        let ms: Int64 = 1_000_000
        for number in 1...10 as ClosedRange<Int32> {
            let shut = book.accept(
                Self.connection(number), from: Self.address(1), at: Int64(number) * ms)
            #expect(shut == [])
        }
        // Number 1, the oldest, has spoken.
        #expect(
            book.review(at: 10 * ms, drains: 0, hasSpoken: { $0 == 1001 }, bytesTaken: { _ in 0 }).isEmpty)
        #expect(book.strangers == 9)
        let shut = book.accept(Self.connection(11), from: Self.address(1), at: 11 * ms)
        #expect(shut == [2, 3, 4].map { Self.connection($0) })
        #expect(book.count == 8 && book.isCrowded)
        // Another address is not touched, and its connections are not either.
        #expect(book.accept(Self.connection(20), from: Self.address(2), at: 12 * ms) == [])
        // The end of a shut one is no news.
        #expect(book.end(socket: 0, descriptor: 2) == nil && book.count == 9)
        #expect(book.end(socket: 0, descriptor: 5) == 1005 && book.count == 8)
        #expect(book.end(socket: 0, descriptor: 1) == nil && book.count == 7)
        #expect(book.end(socket: 0, descriptor: 999) == 0 && book.end(socket: 1, descriptor: -1) == 0)
    }

    @Test func whenAllHaveSpokenTheNewcomerGoes() {
        var book = Self.book()
        for number in 1...10 as ClosedRange<Int32> {
            _ = book.accept(Self.connection(number), from: Self.address(1), at: 0)
        }
        _ = book.review(at: 1, drains: 0, hasSpoken: { _ in true }, bytesTaken: { _ in 0 })
        #expect(book.accept(Self.connection(11), from: Self.address(1), at: 2) == [Self.connection(11)])
        #expect(book.count == 10)
    }

    @Test func newConnectionsOfOneAddressHaveARate() {
        var book = Self.book { $0.connectionsPerSecondPerAddress = 1 }
        var shut = 0
        for number in 1...100 as ClosedRange<Int32> {
            shut += book.accept(Self.connection(number), from: Self.address(1), at: 0).count
            book.end(socket: 0, descriptor: number)
        }
        #expect(shut == 90 && book.count == 0)
        #expect(book.accept(Self.connection(1), from: Self.address(1), at: 1_000_000_000) == [])
    }

    @Test func loopbackIsBoundOnlyWhenAsked() {
        let loopback = ConnectionBook.Address(high: 0, low: 1)
        for bounds in [false, true] {
            var book = Self.book { $0.boundsLoopback = bounds }
            var shut = 0
            for number in 1...50 as ClosedRange<Int32> {
                shut += book.accept(Self.connection(number), from: loopback, at: 0).count
            }
            #expect((shut > 0) == bounds)
        }
    }

    @Test func silenceAndHoardingEndAStranger() {
        var book = Self.book()
        _ = book.accept(Self.connection(1), from: Self.address(1), at: 0)
        _ = book.accept(Self.connection(2, socket: 1), from: Self.address(1), at: 0)
        _ = book.accept(Self.connection(3), from: Self.address(1), at: 900)
        let bytes: [Int32: UInt64] = [1: 100, 2: 600, 3: 1 << 20]
        let first = book.review(
            at: 950, drains: 7, hasSpoken: { _ in false }, bytesTaken: { bytes[$0.descriptor] ?? 0 })
        #expect(first.isEmpty)
        let shut = book.review(
            at: 1001, drains: 9, hasSpoken: { _ in false }, bytesTaken: { bytes[$0.descriptor] ?? 0 })
        #expect(shut.map(\.cause) == [.unfinished, .hoarding, .silent])
        #expect(shut.map(\.connection.descriptor) == [1, 3, 2] && book.count == 0 && book.strangers == 0)
        #expect(book.review(at: 5000, drains: 0, hasSpoken: { _ in false }, bytesTaken: { _ in 0 }).isEmpty)
    }

    /// A station that lags behind does not take what waits in its own queues for a hoard.
    @Test func whatOnlyWaitsForUsIsNoHoard() {
        var watch = HoardWatch()
        var delivered: UInt64 = 0
        for look in 0..<100 as Range<UInt64> {
            // A megabyte more at each look, delivered only when the queue is emptied, every tenth time.
            if look % 10 == 0 { delivered = look << 20 }
            let isHoarding = watch.isHoarding(
                taken: (look + 1) << 20, delivered: delivered, max: 1 << 18, drains: look / 10)
            #expect(!isHoarding, "look \(look)")
        }
        // What stays away although the queue was emptied twice is one.
        _ = watch.isHoarding(taken: 200 << 20, delivered: delivered, max: 1 << 18, drains: 20)
        let early = watch.isHoarding(taken: 201 << 20, delivered: delivered, max: 1 << 18, drains: 21)
        let late = watch.isHoarding(taken: 202 << 20, delivered: delivered, max: 1 << 18, drains: 22)
        #expect(!early && late)
    }

    /// Whatever libzmq tells in whatever order, the counts agree with what is open and the bounds hold.
    @Test(arguments: [1, 2, 3] as [UInt64]) func countsAgreeWithWhatIsOpen(seed: UInt64) {
        var random = SplitMix(state: seed)
        var book = Self.book()
        var spoken: Set<UInt64> = []
        for step in 0..<3000 {
            let number = Int32(truncatingIfNeeded: random.next() % 120)
            let socket = Int(random.next() % 2)
            let cookie = random.next() % 3 == 0 ? random.next() | 1 : UInt64(number) + 1000
            let connection = ConnectionBook.Connection(socket: socket, descriptor: number, cookie: cookie)
            switch random.next() % 4 {
            case 0, 1:
                _ = book.accept(
                    connection, from: Self.address(random.next() % 20), at: Int64(step) * 1_000_000)
            case 2: book.end(socket: socket, descriptor: number)
            default:
                spoken.insert(cookie)
                _ = book.review(
                    at: Int64(step) * 1_000_000, drains: UInt64(step), hasSpoken: spoken.contains,
                    bytesTaken: { _ in 0 })
            }
            guard step % 8 == 0 else { continue }
            if book.count != book.open.count || book.count > 100 || book.strangers > book.count {
                Issue.record("seed \(seed) step \(step): \(book.count) of \(book.open.count)")
                return
            }
        }
    }
}

/// Small seeded generator (Steele, Lea, Flood 2014), so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}
