import Controller
import Glibc
import World

/// A crewed aircraft as a receiver tells of it: what `keruen traffic report` sends, and a JSON line of its file.
public struct ReportedContact: Hashable, Sendable {
    /// Six hexadecimal digits: the 24 bit address.
    public var address: String
    public var callsign: String
    /// When it was seen; nil stands for when the station takes it.
    public var time: Timestamp?
    public var latitudeDegrees: Double
    public var longitudeDegrees: Double
    /// Above mean sea level.
    public var altitudeMeters: Double
    /// Over the ground.
    public var speedMetersPerSecond: Double
    /// Of its motion over the ground, clockwise from north.
    public var trackDegrees: Double
    public var climbMetersPerSecond: Double
    /// What 95 of 100 errors are within. Left out: 93 m (NACp 8), 45 m (GVA 2) and 10 m/s (NACv 1).
    public var horizontalAccuracyMeters: Double
    public var verticalAccuracyMeters: Double
    public var speedAccuracyMetersPerSecond: Double
    /// False for a sensor's track of one that does not tell its position.
    public var transmits: Bool

    public static let usualHorizontalMeters = 93.0
    public static let usualVerticalMeters = 45.0
    public static let usualSpeedMeters = 10.0

    public init(
        address: String, callsign: String = "", time: Timestamp? = nil, latitudeDegrees: Double,
        longitudeDegrees: Double, altitudeMeters: Double, speedMetersPerSecond: Double, trackDegrees: Double,
        climbMetersPerSecond: Double = 0, horizontalAccuracyMeters: Double = usualHorizontalMeters,
        verticalAccuracyMeters: Double = usualVerticalMeters,
        speedAccuracyMetersPerSecond: Double = usualSpeedMeters, transmits: Bool = true
    ) {
        self.address = address
        self.callsign = callsign
        self.time = time
        self.latitudeDegrees = latitudeDegrees
        self.longitudeDegrees = longitudeDegrees
        self.altitudeMeters = altitudeMeters
        self.speedMetersPerSecond = speedMetersPerSecond
        self.trackDegrees = trackDegrees
        self.climbMetersPerSecond = climbMetersPerSecond
        self.horizontalAccuracyMeters = horizontalAccuracyMeters
        self.verticalAccuracyMeters = verticalAccuracyMeters
        self.speedAccuracyMetersPerSecond = speedAccuracyMetersPerSecond
        self.transmits = transmits
    }
}

extension ReportedContact: Codable {
    private static let names = [
        "address", "callsign", "time", "latitudeDegrees", "longitudeDegrees", "altitudeMeters",
        "speedMetersPerSecond", "trackDegrees", "climbMetersPerSecond", "horizontalAccuracyMeters",
        "verticalAccuracyMeters", "speedAccuracyMetersPerSecond", "transmits",
    ]

    public init(from decoder: any Decoder) throws {
        let m = try decoder.container(keyedBy: MemberName.self)
        if let strange = m.allKeys.map(\.stringValue).filter({ !Self.names.contains($0) }).min() {
            throw m.fault(
                MemberName(stringValue: String(strange.prefix(40))),
                "there is no such member; known are \(Self.names.joined(separator: ", "))")
        }
        self.init(
            address: try m.value("address"), callsign: try m.optional("callsign") ?? "",
            time: try m.optional("time"), latitudeDegrees: try m.value("latitudeDegrees"),
            longitudeDegrees: try m.value("longitudeDegrees"), altitudeMeters: try m.value("altitudeMeters"),
            speedMetersPerSecond: try m.value("speedMetersPerSecond"),
            trackDegrees: try m.value("trackDegrees"),
            climbMetersPerSecond: try m.optional("climbMetersPerSecond") ?? 0,
            horizontalAccuracyMeters: try m.optional("horizontalAccuracyMeters")
                ?? Self.usualHorizontalMeters,
            verticalAccuracyMeters: try m.optional("verticalAccuracyMeters") ?? Self.usualVerticalMeters,
            speedAccuracyMetersPerSecond: try m.optional("speedAccuracyMetersPerSecond")
                ?? Self.usualSpeedMeters,
            transmits: try m.optional("transmits") ?? true)
    }

    public func encode(to encoder: any Encoder) throws {
        var m = encoder.container(keyedBy: MemberName.self)
        try m.encode(address, forKey: "address")
        if !callsign.isEmpty { try m.encode(callsign, forKey: "callsign") }
        try m.encodeIfPresent(time, forKey: "time")
        try m.encode(latitudeDegrees, forKey: "latitudeDegrees")
        try m.encode(longitudeDegrees, forKey: "longitudeDegrees")
        try m.encode(altitudeMeters, forKey: "altitudeMeters")
        try m.encode(speedMetersPerSecond, forKey: "speedMetersPerSecond")
        try m.encode(trackDegrees, forKey: "trackDegrees")
        try m.encode(climbMetersPerSecond, forKey: "climbMetersPerSecond")
        try m.encode(horizontalAccuracyMeters, forKey: "horizontalAccuracyMeters")
        try m.encode(verticalAccuracyMeters, forKey: "verticalAccuracyMeters")
        try m.encode(speedAccuracyMetersPerSecond, forKey: "speedAccuracyMetersPerSecond")
        try m.encode(transmits, forKey: "transmits")
    }
}

extension SurveillanceContact {
    /// As the controller takes it; what is no number, or none of its kind, becomes something the controller refuses.
    /// - Parameter now: of what has no time.
    init(_ reported: ReportedContact, at now: Instant) {
        func whole<T: FixedWidthInteger>(_ value: Double, _ unit: Double, _ type: T.Type = T.self) -> T {
            let scaled = (value * unit).rounded()
            return scaled.isNaN ? .max : T(clamping: Int64(scaled.clamped(to: -9e18...9e18)))
        }
        let isAddress = reported.address.utf8.count <= 6 && !reported.address.hasPrefix("+")
        let place = Coordinate(
            latitudeDegrees: reported.latitudeDegrees, longitudeDegrees: reported.longitudeDegrees)
        // A direction of many turns says nothing any more.
        let isTrack = (-360...720).contains(reported.trackDegrees)
        let angle = isTrack ? reported.trackDegrees * .pi / 180 : .nan
        let speed = reported.speedMetersPerSecond
        self.init(
            address: isAddress ? UInt32(reported.address, radix: 16) ?? 0 : 0, callsign: reported.callsign,
            measuredAt: reported.time?.instant ?? now,
            position: Position(
                place ?? Coordinate(latitudeE7: .max, longitudeE7: .max),
                altitude: Altitude(millimeters: whole(reported.altitudeMeters, 1000))),
            velocityEastMillimetersPerSecond: whole(speed * sin(angle), 1000),
            velocityNorthMillimetersPerSecond: whole(speed * cos(angle), 1000),
            velocityUpMillimetersPerSecond: whole(reported.climbMetersPerSecond, 1000),
            horizontalAccuracyCentimeters: Self.accuracy(reported.horizontalAccuracyMeters, 100),
            verticalAccuracyCentimeters: Self.accuracy(reported.verticalAccuracyMeters, 100),
            velocityAccuracyMillimetersPerSecond: Self.accuracy(reported.speedAccuracyMetersPerSecond, 1000),
            transmits: reported.transmits)
    }

    /// Less than nothing is no accuracy: none is worse.
    private static func accuracy(_ value: Double, _ unit: Double) -> UInt32 {
        guard value >= 0 else { return .max }
        return UInt32(clamping: Int64((value * unit).rounded().clamped(to: 0...9e18)))
    }
}

/// What became of contacts that were reported.
public struct SurveillanceReceipt: Hashable, Sendable, Codable {
    /// Newer than what was known.
    public var taken: Int
    /// As old as what was known, or older.
    public var outdated: Int
    /// Not believed, by `ContactFault`, those that occurred.
    public var refused: [String: Int]
    /// Aircraft known now.
    public var aircraft: Int

    public init(taken: Int, outdated: Int, refused: [String: Int], aircraft: Int) {
        self.taken = taken
        self.outdated = outdated
        self.refused = refused
        self.aircraft = aircraft
    }

    init(from before: SurveillanceStatistics, to after: SurveillanceStatistics, aircraft: Int) {
        taken = after.taken - before.taken
        outdated = after.outdated - before.outdated
        self.aircraft = aircraft
        refused = [:]
        for fault in ContactFault.allCases {
            let count = after.refused(fault) - before.refused(fault)
            if count > 0 { refused[fault.rawValue] = count }
        }
    }
}

/// Crewed aircraft around the fleet in numbers, since the station started.
public struct SurveillanceCounts: Hashable, Sendable, Codable {
    /// Known now.
    public var aircraft: Int
    /// Pairs of a drone and an aircraft that are alerted now, by level.
    public var alertsNow: [String: Int]
    /// Alerts told, by level.
    public var alertsTold: [String: Int]
    /// Closer than 2,000 ft and 250 ft.
    public var lossesOfWellClear: Int
    public var contactsTaken: Int
    public var contactsOutdated: Int
    /// By cause.
    public var contactsRefused: [String: Int]

    public init(_ statistics: SurveillanceStatistics, aircraft: Int, alertsNow: [Int]) {
        func byLevel(_ counts: [Int]) -> [String: Int] {
            Dictionary(
                zip(["preventive", "corrective", "warning"], counts).filter { $0.1 > 0 }.map { ($0.0, $0.1) }
            ) { $1 }
        }
        self.aircraft = aircraft
        self.alertsNow = byLevel(alertsNow)
        alertsTold = byLevel(statistics.alerts)
        lossesOfWellClear = statistics.lossesOfWellClear
        let receipt = SurveillanceReceipt(
            from: SurveillanceStatistics(), to: statistics, aircraft: aircraft)
        contactsTaken = receipt.taken
        contactsOutdated = receipt.outdated
        contactsRefused = receipt.refused
    }
}
