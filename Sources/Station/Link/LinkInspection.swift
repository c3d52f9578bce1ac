import CLinux

extension LinkTable {
    /// Decides on a subscription; shuts the connection of one who asks for what is not his.
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
        if asked == .refuse {
            refuse(.topic, at: index)
            connection.shut()
        } else if rows[index].downlink.cookie != connection.cookie, case .subscribe = asked {
            rows[index].downlink.shut()
            rows[index].downlink = connection
        }
        return asked
    }

    /// Asks the kernel about every connection: link quality for the operator, and the watchdog against endless
    /// multipart messages, whose bytes libzmq takes in without ever delivering or limiting them.
    mutating func inspect() {
        for index in rows.indices where rows[index].uplink.cookie != 0 {
            var info = keruen_tcp_info()
            let connection = rows[index].uplink
            guard connection.isCurrent, keruen_tcp_info(connection.descriptor, &info) == 0 else {
                rows[index].uplink = LinkConnection()
                continue
            }
            rows[index].roundTripMicroseconds = info.rtt_us
            rows[index].retransmissions = info.retransmits_total
            if info.bytes_received > connection.delivered &+ LinkConnection.hoardMax {
                refuse(.hoarding, at: index)
                rows[index].uplink.shut()
            }
        }
    }
}
