import Transport
import Wire

/// All the link knows of each vehicle, in flat arrays. Owned by the poll thread while it drains.
package struct LinkTable: Sendable {
    /// One vehicle: plain numbers only, so that writing one touches no reference count.
    struct Row: Sendable {
        var generation: UInt32
        var isAllowed: Bool
        var isChanged = false
        var boot: UInt32 = 0
        /// The boots before this one, newest first, 0 none: what was recorded from them is not heard again.
        var formerBoots = SIMD4<UInt32>()
        /// Last sequences of this boot, -1 none.
        var telemetrySequence: Int64 = -1
        var messageSequence: Int64 = -1
        var telemetry = Telemetry()
        var telemetryAt: Int64 = 0
        var heardAt: Int64 = 0
        var uplink = LinkConnection()
        var downlink = LinkConnection()
        /// Subscriptions on this downlink connection.
        var subscriptions: UInt32 = 0
        /// Cookie of the uplink connection before this one.
        var formerCookie: UInt64 = 0
        var bucket: TokenBucket
        /// Messages beyond the rate since the last inspection.
        var floods: UInt32 = 0
        var clock = ClockEstimate()
        var lost: UInt32 = 0
        var waiting: Int32 = 0
        var roundTripMicroseconds: UInt32 = 0
        var retransmissions: UInt32 = 0
    }

    static let causes = LinkRefusal.allCases.count

    let configuration: LinkConfiguration
    private(set) var ids: [UInt32] = []
    /// The allow list, in the order of `ids`.
    private(set) var enrolments: [Enrolment] = []
    var rows: [Row] = []
    /// Refusals, `causes` numbers a vehicle.
    private(set) var refused: [UInt32] = []
    package internal(set) var totals = LinkCounters()
    /// How often the uplink was found empty.
    var drains: UInt64 = 0
    /// Vehicles with telemetry not yet collected.
    var changed: [Int] = []
    var inbox: [LinkBatch.Saying] = []
    var heartbeats = HeartbeatRing()

    package init(configuration: LinkConfiguration, keyring: Keyring, at now: Int64) {
        self.configuration = configuration
        enrolments = keyring.enrolments.sorted { $0.id < $1.id }
        for enrolment in enrolments {
            ids.append(enrolment.id)
            rows.append(
                Row(
                    generation: enrolment.generation, isAllowed: enrolment.status == .allowed,
                    bucket: TokenBucket(burst: configuration.messageBurst, at: now)))
        }
        refused = [UInt32](repeating: 0, count: ids.count * Self.causes)
        changed.reserveCapacity(ids.count)
    }

    /// Place of a vehicle. Numbers given in order from 1 are found at once, others by halving.
    @inline(__always)
    func index(of id: UInt32) -> Int? {
        let guess = Int(id) - 1
        if guess >= 0, guess < ids.count, ids[guess] == id { return guess }
        var low = 0
        var high = ids.count
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id ? low : nil
    }

    mutating func refuse(_ cause: LinkRefusal, at index: Int? = nil) {
        totals[cause] &+= 1
        if let index { refused[index * Self.causes + cause.rawValue] &+= 1 }
    }

    func refused(_ cause: LinkRefusal, of id: UInt32) -> UInt32 {
        index(of: id).map { refused[$0 * Self.causes + cause.rawValue] } ?? 0
    }

    /// The vehicle's messages are refused from now on, and its connections shut.
    mutating func revoke(_ id: UInt32) {
        guard let index = index(of: id) else { return }
        rows[index].isAllowed = false
        rows[index].generation &+= 1
        rows[index].uplink.shut()
        rows[index].downlink.shut()
        inbox.removeAll { $0.vehicle == id }
    }

    /// Takes over the count of one vehicle's refusals from another table.
    mutating func carryRefusals(_ cause: LinkRefusal, from old: LinkTable, _ index: Int, to place: Int) {
        refused[place * Self.causes + cause.rawValue] = old.refused[index * Self.causes + cause.rawValue]
    }

    package mutating func collect(into batch: inout LinkBatch) {
        batch.telemetry.removeAll(keepingCapacity: true)
        for index in changed {
            rows[index].isChanged = false
            guard rows[index].isAllowed else { continue }
            batch.telemetry.append(
                LinkBatch.Report(
                    vehicle: ids[index], receivedAt: rows[index].telemetryAt,
                    telemetry: rows[index].telemetry))
        }
        changed.removeAll(keepingCapacity: true)
        batch.messages.removeAll(keepingCapacity: true)
        swap(&batch.messages, &inbox)
        for saying in batch.messages {
            if let index = index(of: saying.vehicle) { rows[index].waiting = 0 }
        }
    }

    func status(at index: Int) -> LinkStatus {
        let row = rows[index]
        return LinkStatus(
            vehicle: ids[index], heardAt: row.heardAt, clock: row.clock,
            roundTripMicroseconds: row.roundTripMicroseconds, retransmissions: row.retransmissions,
            lost: row.lost, isRevoked: !row.isAllowed)
    }
}

/// The last heartbeats sent, so that only answers to ours count, with our own time of sending.
struct HeartbeatRing: Sendable {
    private var nonces = [UInt64](repeating: 0, count: 64)
    private var times = [Int64](repeating: 0, count: 64)
    private var next = 0

    mutating func sent(_ nonce: UInt64, at now: Int64) {
        nonces[next] = nonce
        times[next] = now
        next = (next + 1) % nonces.count
    }

    func time(of nonce: UInt64) -> Int64? {
        guard nonce != 0, let place = nonces.firstIndex(of: nonce) else { return nil }
        return times[place]
    }
}
