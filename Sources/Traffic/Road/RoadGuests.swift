// Drones on pads and on roofs of trucks: zones without sections of a road, in the same table.

extension RoadTraffic {
    /// Direction no section has by plan: guests and trucks exclude each other in every zone.
    static let guestDirection: UInt8 = 255

    /// Leases a zone to a guest (a drone by its number) until it gives it back. False when it is taken, or promised to a
    /// truck. A guest should hold one zone at a time: then it never waits while others wait for it, and is no part
    /// of any circle. Its lease has no end: a drone may sit there in silence.
    public func lease(zone: Int, guest: Int32, massKilograms: Double = 0) -> Bool {
        guard zone >= 0, zone < store.zoneCount, guest >= 0, guest < .max - 2, massKilograms >= 0,
            massKilograms < 1e6
        else { return false }
        let z = store.zones[zone]
        if place(of: -2 - guest, in: zone) >= 0 { return true }
        guard
            z.count == 0
                || (z.count < z.capacity && z.direction == Self.guestDirection
                    && z.mass + massKilograms <= z.maximumMass)
        else { return false }
        // A truck that waits long has the first claim.
        guard z.promisedAt < 0 || now - z.promisedAt > 1 else { return false }
        occupy(zone, -2 - guest, mass: massKilograms, direction: Self.guestDirection)
        return true
    }

    public func release(zone: Int, guest: Int32, massKilograms: Double = 0) {
        guard zone >= 0, zone < store.zoneCount, guest >= 0, guest < .max - 2 else { return }
        vacate(zone, -2 - guest, mass: massKilograms)
    }

    /// Who is inside a zone or has leave to enter, in the order of entry; guests as -2 minus their number.
    public func holders(ofZone zone: Int) -> [Int32] {
        guard zone >= 0, zone < store.zoneCount else { return [] }
        let z = store.zones[zone]
        return (0..<Int(z.count)).map { store.holders[Int(z.holders) + $0].body }
    }
}
