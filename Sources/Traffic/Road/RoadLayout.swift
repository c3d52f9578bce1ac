/// The roads as lanes of one direction, cut into sections, and the zones that sections share. Plain numbers: ids
/// are indices, so that the table needs no map.
public struct RoadLayout: Sendable {
    /// A stretch of one lane in its driving direction.
    public struct Section: Hashable, Sendable {
        public var lengthMeters: Double
        /// Metres a second.
        public var speedLimit: Double
        /// Index of the zone it lies in; -1 for none.
        public var zone: Int32
        /// Sections of a zone with unlike directions exclude each other even where its capacity is above one.
        public var direction: UInt8
        /// False where a truck must not come to rest by plan: inside an intersection, on a bridge, in works.
        public var mayStand: Bool

        public init(
            lengthMeters: Double, speedLimit: Double = 25, zone: Int32 = -1, direction: UInt8 = 0,
            mayStand: Bool = true
        ) {
            self.lengthMeters = lengthMeters
            self.speedLimit = speedLimit
            self.zone = zone
            self.direction = direction
            self.mayStand = mayStand
        }
    }

    /// What only so many may use at a time: works on one lane, a bridge, a gate, a ramp, an intersection, a lane of a
    /// border checkpoint, a landing pad, the roof of a truck.
    public struct Zone: Hashable, Sendable {
        /// Bodies (trucks, platoons, drones) inside at a time, 1...64.
        public var capacity: Int
        /// All bodies together.
        public var maximumKilograms: Double
        /// How many go one way before the other way gets its turn, when it waits.
        public var batch: Int

        public init(capacity: Int = 1, maximumKilograms: Double = .infinity, batch: Int = 8) {
            self.capacity = capacity
            self.maximumKilograms = maximumKilograms
            self.batch = batch
        }
    }

    public let sections: [Section]
    public let zones: [Zone]

    /// Nil when a number is not finite or out of range, or a section names a zone that is not there.
    public init?(sections: [Section], zones: [Zone]) {
        guard sections.count < 10_000_000, zones.count < 10_000_000 else { return nil }
        for s in sections {
            guard s.lengthMeters.isFinite, s.lengthMeters > 0, s.lengthMeters < 1e7, s.speedLimit.isFinite,
                s.speedLimit > 0, s.speedLimit <= 100, s.zone >= -1, Int(s.zone) < zones.count
            else { return nil }
        }
        for z in zones {
            guard z.capacity >= 1, z.capacity <= 64, z.maximumKilograms > 0, z.batch >= 1, z.batch < 10_000
            else { return nil }
        }
        self.sections = sections
        self.zones = zones
    }
}
