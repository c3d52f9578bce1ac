/// Every TCP connection of the link's two sockets, from its acceptance to its end, and which of them must go.
///
/// Pure: told what happened and when (monotonic nanoseconds), it answers with the connections to shut.
struct ConnectionBook: Sendable {
    /// An IPv6 address, IPv4 mapped into it.
    struct Address: Hashable, Sendable {
        var high: UInt64
        var low: UInt64

        var isLoopback: Bool { high == 0 && (low == 1 || low >> 24 == 0xFF_FF7F) }
        /// What one subscriber can change at will, the lower half of an IPv6 address, does not make him two.
        var network: Address { high == 0 ? self : Address(high: high, low: 0) }
    }

    /// A connection is known by its socket (0 uplink, 1 downlink), its descriptor and the kernel's cookie.
    struct Connection: Equatable, Sendable {
        var socket: Int
        var descriptor: Int32
        var cookie: UInt64
    }

    private struct Entry {
        var cookie: UInt64 = 0
        var acceptedAt: Int64 = 0
        var address = Address(high: 0, low: 0)
        /// It has said something with a good identity; from then on the vehicle's row looks after it.
        var hasSpoken = false
        var isShut = false
        var hoard = HoardWatch()
        var isOpen: Bool { cookie != 0 && !isShut }
    }
    private struct Neighbourhood {
        var count = 0
        var bucket: TokenBucket
    }

    static let addressesMax = 65536
    /// Fewer bytes are no finished CURVE handshake: greeting 64, HELLO 202, INITIATE at least 257.
    static let handshakeBytes: UInt64 = 523

    let configuration: LinkConfiguration
    let connectionsMax: Int
    /// By descriptor, for each of the two sockets: their events reach us in no common order.
    private var entries: [[Entry]] = [[], []]
    private var neighbourhoods: [Address: Neighbourhood] = [:]
    private(set) var count = 0
    /// Open connections that have not spoken.
    private(set) var strangers = 0

    /// - Parameter fileLimit: descriptors the process may open.
    init(configuration: LinkConfiguration, fileLimit: Int) {
        self.configuration = configuration
        connectionsMax = max(1, configuration.connectionsMax ?? fileLimit / 5 * 4)
    }

    /// Whether somebody had to give way for the last newcomer: then who has spoken must be known anew.
    private(set) var isCrowded = false

    /// Takes in a new connection. Returns those that must be shut, which may be itself.
    mutating func accept(_ connection: Connection, from address: Address, at now: Int64) -> [Connection] {
        guard connection.descriptor >= 0, connection.cookie != 0 else { return [] }
        end(socket: connection.socket, descriptor: connection.descriptor)
        let place = Int(connection.descriptor)
        if entries[connection.socket].count <= place {
            entries[connection.socket] += [Entry](
                repeating: Entry(), count: place + 1 - entries[connection.socket].count)
        }
        let network = address.network
        entries[connection.socket][place] = Entry(
            cookie: connection.cookie, acceptedAt: now, address: network)
        count += 1
        strangers += 1
        if neighbourhoods.count >= Self.addressesMax { forgetEmptyNeighbourhoods() }
        let burst = Double(configuration.connectionsMaxPerAddress)
        var neighbourhood =
            neighbourhoods[network] ?? Neighbourhood(bucket: TokenBucket(burst: burst, at: now))
        neighbourhood.count += 1
        let isPaced = neighbourhood.bucket.take(
            at: now, burst: burst, perSecond: configuration.connectionsPerSecondPerAddress)
        neighbourhoods[network] = neighbourhood
        var shut: [Connection] = []
        defer { isCrowded = isCrowded || !shut.isEmpty }
        if !address.isLoopback || configuration.boundsLoopback {
            if !isPaced {
                self.shut(connection)
                return [connection]
            }
            if neighbourhood.count > configuration.connectionsMaxPerAddress {
                shut += makeRoom(for: connection, among: network, at: now)
            }
        }
        if count > connectionsMax { shut += makeRoom(for: connection, among: nil, at: now) }
        return shut
    }

    /// The connection is gone. Its cookie when it went by itself and had not spoken as far as is known here, 0 when
    /// it was gone before it could be looked at.
    @discardableResult
    mutating func end(socket: Int, descriptor: Int32) -> UInt64? {
        let place = Int(descriptor)
        guard place >= 0, place < entries[socket].count, entries[socket][place].cookie != 0 else { return 0 }
        let entry = entries[socket][place]
        if entry.isOpen { forget(entry) }
        entries[socket][place] = Entry()
        return entry.isOpen && !entry.hasSpoken ? entry.cookie : nil
    }

    /// Connections that have not spoken: `hasSpoken` says which of them have by now, `bytesTaken` what was taken in from
    /// one, `drains` how often our queues were found empty. Returns those to shut, with the reason.
    mutating func review(
        at now: Int64, drains: UInt64, hasSpoken: (UInt64) -> Bool, bytesTaken: (Connection) -> UInt64
    ) -> [(connection: Connection, cause: LinkRefusal)] {
        var shut: [(Connection, LinkRefusal)] = []
        for socket in entries.indices {
            for place in entries[socket].indices
            where entries[socket][place].isOpen && !entries[socket][place].hasSpoken {
                let entry = entries[socket][place]
                let connection = Connection(
                    socket: socket, descriptor: Int32(truncatingIfNeeded: place), cookie: entry.cookie)
                if hasSpoken(entry.cookie) {
                    entries[socket][place].hasSpoken = true
                    strangers -= 1
                    continue
                }
                let bytes = bytesTaken(connection)
                if entries[socket][place].hoard.isHoarding(
                    taken: bytes, delivered: 0, max: Self.hoardMax(socket), drains: drains)
                {
                    shut.append((connection, .hoarding))
                } else if now &- entry.acceptedAt > configuration.silenceNanoseconds {
                    shut.append((connection, bytes < Self.handshakeBytes ? .unfinished : .silent))
                }
            }
        }
        for (connection, _) in shut { self.shut(connection) }
        isCrowded = false
        return shut
    }

    /// Whether one that has not spoken, as far as is known, has sent too much for that.
    func hasHoarder(_ bytesTaken: (Connection) -> UInt64) -> Bool {
        guard strangers > 0 else { return false }
        for socket in entries.indices {
            for place in entries[socket].indices
            where entries[socket][place].isOpen && !entries[socket][place].hasSpoken {
                let connection = Connection(
                    socket: socket, descriptor: Int32(truncatingIfNeeded: place),
                    cookie: entries[socket][place].cookie)
                if bytesTaken(connection) > Self.hoardMax(socket) { return true }
            }
        }
        return false
    }

    private static func hoardMax(_ socket: Int) -> UInt64 {
        socket == 0 ? LinkConnection.hoardMax : LinkConnection.hoardMaxDownlink
    }

    /// Every open connection, as when all must end.
    var open: [Connection] {
        entries.indices.flatMap { socket in
            entries[socket].indices.compactMap { place in
                let entry = entries[socket][place]
                return entry.isOpen
                    ? Connection(
                        socket: socket, descriptor: Int32(truncatingIfNeeded: place), cookie: entry.cookie)
                    : nil
            }
        }
    }

    /// Picks the oldest of those that have not spoken, in all or of one address: an honest one needs milliseconds.
    /// Several at once, so that an attack is not answered by a search for each of its connections. The newcomer
    /// itself when there is none.
    private mutating func makeRoom(
        for newcomer: Connection, among network: Address?, at now: Int64
    ) -> [Connection] {
        var oldest = Int64.max
        func isIdle(_ entry: Entry) -> Bool {
            entry.isOpen && !entry.hasSpoken && (network == nil || entry.address == network)
                && entry.cookie != newcomer.cookie
        }
        for list in entries {
            for entry in list where isIdle(entry) { oldest = min(oldest, entry.acceptedAt) }
        }
        guard oldest < .max else {
            shut(newcomer)
            return [newcomer]
        }
        let limit = oldest &+ max(0, now &- oldest) / 4
        var shut: [Connection] = []
        for connection in open {
            let entry = entries[connection.socket][Int(connection.descriptor)]
            if isIdle(entry), entry.acceptedAt <= limit { shut.append(connection) }
        }
        for connection in shut { self.shut(connection) }
        return shut
    }

    /// It counts no more; its end will still be reported.
    private mutating func shut(_ connection: Connection) {
        let place = Int(connection.descriptor)
        guard entries[connection.socket][place].isOpen else { return }
        forget(entries[connection.socket][place])
        entries[connection.socket][place].isShut = true
    }

    private mutating func forget(_ entry: Entry) {
        count -= 1
        if !entry.hasSpoken { strangers -= 1 }
        neighbourhoods[entry.address]?.count -= 1
    }

    private mutating func forgetEmptyNeighbourhoods() {
        neighbourhoods = neighbourhoods.filter { $0.value.count > 0 }
    }
}
