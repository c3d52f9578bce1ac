// Drones on pads and on roofs of trucks: zones without sections of a road, in the same table.

extension RoadTraffic {
    /// Direction no section has by plan: guests and trucks exclude each other in every zone.
    static let guestDirection: UInt8 = 255

    /// Leases a zone to a guest (a drone by its number) for so many seconds, or longer to one that has it. False when it
    /// is taken, or promised to a truck. A guest should hold one zone at a time: then it never waits while others wait
    /// for it, and is no part of any circle. Its lease ends by itself, so that a guest that is gone for ever blocks nobody
    /// for ever: whoever leases renews it for as long as the guest may be there, heard or not.
    public func lease(zone: Int, guest: Int32, massKilograms: Double = 0, seconds: Double = .infinity) -> Bool
    {
        guard zone >= 0, zone < store.zoneCount, guest >= 0, guest < .max - 2, massKilograms >= 0,
            massKilograms < 1e6, seconds > 0
        else { return false }
        let z = store.zones[zone]
        let known = place(of: -2 - guest, in: zone)
        if known >= 0 {
            let until = max(store.holders[known].until, now + seconds)
            store.holders[known].until = until
            return true
        }
        guard
            z.count == 0
                || (z.count < z.capacity && z.direction == Self.guestDirection
                    && z.mass + massKilograms <= z.maximumMass)
        else { return false }
        // A truck that waits long has the first claim.
        guard z.promisedAt < 0 || now - z.promisedAt > 1 else { return false }
        occupy(zone, -2 - guest, mass: massKilograms, direction: Self.guestDirection)
        let at = place(of: -2 - guest, in: zone)
        guard at >= 0 else { return false }
        store.holders[at].until = now + seconds
        store.holders[at].mass = massKilograms
        guestsExpireAt = min(guestsExpireAt, now + seconds)
        return true
    }

    public func release(zone: Int, guest: Int32) {
        guard zone >= 0, zone < store.zoneCount, guest >= 0, guest < .max - 2 else { return }
        let at = place(of: -2 - guest, in: zone)
        if at >= 0 { vacate(zone, -2 - guest, mass: store.holders[at].mass) }
    }

    /// O(zones + holders), and only when a lease may have ended.
    func expireGuests() {
        var next = Double.infinity
        for z in 0..<store.zoneCount {
            var k = Int(store.zones[z].holders)
            while k < Int(store.zones[z].holders + store.zones[z].count) {
                let holder = store.holders[k]
                if holder.body <= -2, holder.until <= now {
                    counts.expiredGuests &+= 1
                    vacate(z, holder.body, mass: holder.mass)
                } else {
                    next = min(next, holder.until)
                    k += 1
                }
            }
        }
        guestsExpireAt = next
    }

    /// Who is inside a zone or has leave to enter, in the order of entry; guests as -2 minus their number.
    public func holders(ofZone zone: Int) -> [Int32] {
        guard zone >= 0, zone < store.zoneCount else { return [] }
        let z = store.zones[zone]
        return (0..<Int(z.count)).map { store.holders[Int(z.holders) + $0].body }
    }
}
