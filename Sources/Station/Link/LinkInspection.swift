import CLinux

extension LinkTable {
    /// Decides on a subscription; shuts the connection of one who asks for what is not his, or without end.
    mutating func admit(_ asked: Admission, _ identity: LinkIdentity?, _ descriptor: Int32) -> Admission {
        var connection = LinkConnection(descriptor: descriptor, cookie: keruen_socket_cookie(descriptor))
        guard let identity else {
            refuse(.identityMissing)
            connection.shut()
            return .refuse
        }
        guard let index = index(of: identity.id), rows[index].isAllowed,
            rows[index].generation == identity.generation
        else {
            refuse(.revoked, at: index(of: identity.id))
            connection.shut()
            return .refuse
        }
        guard asked != .refuse else {
            refuse(.topic, at: index)
            connection.shut()
            return .refuse
        }
        if rows[index].downlink.cookie != connection.cookie {
            guard case .subscribe = asked else { return .refuse }
            rows[index].downlink.shut()
            rows[index].downlink = connection
            rows[index].subscriptions = 0
            rows[index].downlink.forgiveHandshake()
        }
        rows[index].downlink.delivered &+= LinkConnection.overhead
        rows[index].subscriptions &+= 1
        guard rows[index].subscriptions <= Self.subscriptionsMax else {
            refuse(.flood, at: index)
            rows[index].downlink.shut()
            return .refuse
        }
        return asked
    }

    /// Subscriptions and their ends on one connection; a vehicle needs two.
    static let subscriptionsMax: UInt32 = 64

    /// The connections that vehicles have spoken on.
    var cookies: [UInt64] {
        var cookies: [UInt64] = []
        cookies.reserveCapacity(2 * rows.count)
        for row in rows {
            if row.uplink.cookie != 0 { cookies.append(row.uplink.cookie) }
            if row.downlink.cookie != 0 { cookies.append(row.downlink.cookie) }
        }
        return cookies
    }

    /// Asks the kernel about the connections of some rows: link quality for the operator, and the watchdog against
    /// endless multipart messages, whose bytes libzmq takes in without ever delivering or limiting them.
    mutating func inspect(_ range: Range<Int>) {
        for index in range.clamped(to: rows.indices) {
            rows[index].floods = 0
            if rows[index].uplink.cookie != 0 {
                if let info = inspect(\.uplink, at: index, max: LinkConnection.hoardMax) {
                    rows[index].roundTripMicroseconds = info.rtt_us
                    rows[index].retransmissions = info.retransmits_total
                }
            }
            if rows[index].downlink.cookie != 0 {
                _ = inspect(\.downlink, at: index, max: LinkConnection.hoardMaxDownlink)
            }
        }
    }

    /// Nil when the connection is over.
    private mutating func inspect(
        _ path: WritableKeyPath<Row, LinkConnection>, at index: Int, max: UInt64
    ) -> keruen_tcp_info? {
        var info = keruen_tcp_info()
        var connection = rows[index][keyPath: path]
        guard connection.isCurrent, keruen_tcp_info(connection.descriptor, &info) == 0 else {
            rows[index][keyPath: path] = LinkConnection()
            return nil
        }
        if connection.hoard.isHoarding(
            taken: info.bytes_taken, delivered: connection.delivered, max: max, drains: drains)
        {
            refuse(.hoarding, at: index)
            connection.shut()
        }
        // What was credited too much must not add up to a treasure, nor an honest peer's ZMTP pings to a crime.
        connection.delivered = min(connection.delivered &+ LinkConnection.pings, info.bytes_taken)
        rows[index][keyPath: path] = connection
        return info
    }
}
