import World

/// A crewed aircraft as a receiver (ADS-B and the like) or a sensor saw it at one moment.
public struct SurveillanceContact: Hashable, Sendable, Codable {
    /// The 24 bit address it transmits; of a sensor's track any number of 24 bits but 0 that stays with it.
    public var address: UInt32
    /// As transmitted; empty when not known. At most 8 letters, digits and hyphens.
    public var callsign: String
    public var measuredAt: Instant
    public var position: Position<MeanSeaLevel>
    public var velocityEastMillimetersPerSecond: Int32
    public var velocityNorthMillimetersPerSecond: Int32
    public var velocityUpMillimetersPerSecond: Int32
    /// What 95 of 100 errors are within.
    public var horizontalAccuracyCentimeters: UInt32
    public var verticalAccuracyCentimeters: UInt32
    public var velocityAccuracyMillimetersPerSecond: UInt32
    /// It tells its position itself; false for what only a sensor sees.
    public var transmits: Bool

    public init(
        address: UInt32, callsign: String = "", measuredAt: Instant, position: Position<MeanSeaLevel>,
        velocityEastMillimetersPerSecond: Int32, velocityNorthMillimetersPerSecond: Int32,
        velocityUpMillimetersPerSecond: Int32, horizontalAccuracyCentimeters: UInt32,
        verticalAccuracyCentimeters: UInt32, velocityAccuracyMillimetersPerSecond: UInt32,
        transmits: Bool = true
    ) {
        self.address = address
        self.callsign = callsign
        self.measuredAt = measuredAt
        self.position = position
        self.velocityEastMillimetersPerSecond = velocityEastMillimetersPerSecond
        self.velocityNorthMillimetersPerSecond = velocityNorthMillimetersPerSecond
        self.velocityUpMillimetersPerSecond = velocityUpMillimetersPerSecond
        self.horizontalAccuracyCentimeters = horizontalAccuracyCentimeters
        self.verticalAccuracyCentimeters = verticalAccuracyCentimeters
        self.velocityAccuracyMillimetersPerSecond = velocityAccuracyMillimetersPerSecond
        self.transmits = transmits
    }

    /// The callsign, or the address in six hexadecimal digits.
    public var name: String { callsign.isEmpty ? Self.text(address: address) : callsign }

    /// "4B1814".
    public static func text(address: UInt32) -> String {
        let digits = String(address & 0xFF_FFFF, radix: 16, uppercase: true)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// Why a contact was not believed.
public enum ContactFault: String, Sendable, Codable, CaseIterable {
    /// 0, or more than 24 bits.
    case address
    /// Longer than 8, or other signs than letters, digits and hyphens.
    case callsign
    /// Seen too long ago to be of use.
    case old
    /// Seen later than now.
    case future
    /// No place on earth, or an altitude no aircraft has.
    case position
    /// Faster than aircraft fly.
    case velocity
    /// Too vague to keep clear of.
    case accuracy
    /// More aircraft than are kept, and this is seen longest ago.
    case crowded
}

/// What was made of the contacts that were reported since the station started.
public struct SurveillanceStatistics: Hashable, Sendable, Codable {
    /// Measurements newer than what was known.
    public var taken = 0
    /// Those as old as what was known, or older.
    public var outdated = 0
    /// Not believed, by fault in the order of `ContactFault`.
    public var refused = [Int](repeating: 0, count: ContactFault.allCases.count)
    /// Times a drone was alerted of an aircraft, by level: preventive, corrective, warning.
    public var alerts = [0, 0, 0]
    /// Times a drone and an aircraft came closer than 2,000 ft and 250 ft.
    public var lossesOfWellClear = 0
    /// Manoeuvres that could not be thought over at their time, because too many drones needed one.
    public var deferredDecisions = 0

    public init() {}

    public func refused(_ fault: ContactFault) -> Int {
        ContactFault.allCases.firstIndex(of: fault).map { refused[$0] } ?? 0
    }

    mutating func refuse(_ fault: ContactFault) {
        if let i = ContactFault.allCases.firstIndex(of: fault) { refused[i] += 1 }
    }
}

extension SurveillanceContact {
    /// Most accurate positions are worth this much, metres; less than half a nautical mile (NACp 5).
    static let worstAccuracyCentimeters: UInt32 = 92_600
    static let worstVerticalCentimeters: UInt32 = 50_000
    static let worstVelocityMillimeters: UInt32 = 50_000

    /// Nil when it can be believed at `now`.
    func fault(at now: Instant, oldestSeconds: Double) -> ContactFault? {
        guard (1...0xFF_FFFF).contains(address) else { return .address }
        guard callsign.utf8.count <= 8, callsign.utf8.allSatisfy(Self.isOfCallsign) else { return .callsign }
        // Compared before they are subtracted: any 64 bits may stand here.
        guard measuredAt <= now.advanced(bySeconds: 2) else { return .future }
        guard measuredAt >= now.advanced(bySeconds: -oldestSeconds) else { return .old }
        guard position.coordinate.isValid, (-500_000...25_000_000).contains(position.altitude.millimeters)
        else { return .position }
        let (e, n) = (
            Double(velocityEastMillimetersPerSecond), Double(velocityNorthMillimetersPerSecond)
        )
        guard e * e + n * n <= 400_000.0 * 400_000, velocityUpMillimetersPerSecond.magnitude <= 100_000 else {
            return .velocity
        }
        guard horizontalAccuracyCentimeters <= Self.worstAccuracyCentimeters,
            verticalAccuracyCentimeters <= Self.worstVerticalCentimeters,
            velocityAccuracyMillimetersPerSecond <= Self.worstVelocityMillimeters
        else { return .accuracy }
        return nil
    }

    private static func isOfCallsign(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x2D
    }

    /// Which of two measurements of one aircraft counts: the newer; of two of one moment the same one, in whatever
    /// order they come.
    func outranks(_ other: SurveillanceContact) -> Bool {
        if measuredAt != other.measuredAt { return measuredAt > other.measuredAt }
        let (mine, theirs) = (words, other.words)
        for i in mine.indices where mine[i] != theirs[i] { return mine[i] > theirs[i] }
        return callsign.utf8.lexicographicallyPrecedes(other.callsign.utf8)
    }

    private var words: [Int64] {
        [
            Int64(position.coordinate.latitudeE7), Int64(position.coordinate.longitudeE7),
            Int64(position.altitude.millimeters), Int64(velocityEastMillimetersPerSecond),
            Int64(velocityNorthMillimetersPerSecond), Int64(velocityUpMillimetersPerSecond),
            Int64(horizontalAccuracyCentimeters), Int64(verticalAccuracyCentimeters),
            Int64(velocityAccuracyMillimetersPerSecond), transmits ? 1 : 0,
        ]
    }
}
