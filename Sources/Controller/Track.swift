import Traffic
import World

/// What is known of one vehicle right now. Volatile: rebuilt from telemetry after a restart. Flat on purpose,
/// thousands are walked each tick.
struct Track: Sendable {
    var report: TrackReport
    var hasReport = false
    var connected = false
    var link = LinkState.unheard
    /// When it was last heard; before that, when the station started to wait for it.
    var heardAt: Instant
    /// Start of the present stretch of telemetry without a gap.
    var freshSince: Instant
    var positionTrusted = false
    /// Nothing new is planned for it before this.
    var restUntil: Instant
    /// Since when it has been free, for going home when nothing is to do.
    var idleSince: Instant?
    /// When a mission that it does not hold any more is given up.
    var reconcileAt: Instant?
    /// When it was last told to drop a mission that is not ours, or was told again to start or go on.
    var remindedAt: Instant?
    /// Since when it is away from the planned leg, whether that was told, and since when it holds for it.
    var deviatesSince: Instant?
    var deviationTold = false
    var deviationHeldSince: Instant?
    /// Since when it does not hold the mission it should be on.
    var withoutMissionSince: Instant?
    /// Since when it does something else than its mission's state says.
    var contrarySince: Instant?
    /// The newest start it was told; of another fence after a restart.
    var startCommand: UInt64 = 0
    /// What it was told to fly to stay apart, when, and by which command; nil while it flies its mission.
    var manoeuvre: Manoeuvre?
    var manoeuvreAt = Instant(nanoseconds: 0)
    var manoeuvreCommand: UInt64 = 0
    /// When the first of them was told.
    var manoeuvreFrom = Instant(nanoseconds: 0)
    /// When it was told last to begin or end a manoeuvre.
    var toldAt = Instant(nanoseconds: .min / 2)
    /// It refused a manoeuvre: it is told to wait instead. Takes neither before the given time.
    var holdsOnly = false
    var noManoeuvreUntil = Instant(nanoseconds: 0)
    /// What its mission asks for, kept while it changes little, and the lowest altitude for manoeuvres, looked up then.
    var wanted: Manoeuvre?
    var floorMeters = -1000.0
    var floorAt = Instant(nanoseconds: .min / 2)
    /// A zone ahead of it is not told again before this.
    var breachToldUntil = Instant(nanoseconds: 0)
    /// When its way is compared with the zones again.
    var zoneLookAt = Instant(nanoseconds: -1)
    /// That it hovers and cannot come home is not told again before this.
    var hoverToldUntil = Instant(nanoseconds: .min / 2)
    /// Since when it flies otherwise than its mission or its manoeuvre asks for.
    var otherwiseSince: Instant?
    /// Since when it waits to land because a truck stands in its place.
    var padTakenSince: Instant?
    /// What keeps it well clear of crewed aircraft, while one is near; when it last decided, what it says and whom it
    /// avoids.
    var avoider: CrewedAvoider?
    var avoiderAt = Instant(nanoseconds: .min / 2)
    var avoidance: Manoeuvre?
    var avoids: UInt32 = 0
    /// Way and height are not judged before this: it comes back from a manoeuvre.
    var wayFreeUntil = Instant(nanoseconds: 0)
    /// Where it was on which leg when the last manoeuvre ended: it goes on from there, not back to the leg.
    var backFrom: (place: Coordinate, leg: UInt16)?
    /// Asked to come home without freight as soon as it can.
    var wantsHome = false
    /// Not asked before this whether it should go and charge; whether it was told that it cannot.
    var lookHomeAt = Instant(nanoseconds: 0)
    var strandedTold = false
    var behindTold = false
    var energyTold = false
    var contingencySeen = false
    var consumption = Consumption()
    /// When a truck's energy is compared with its way again.
    var energyLookAt = Instant(nanoseconds: 0)

    init(_ id: VehicleID, at: Instant) {
        report = TrackReport(
            vehicle: id, measuredAt: Instant(nanoseconds: .min),
            position: Position(
                Coordinate(latitudeE7: 0, longitudeE7: 0), altitude: Altitude(millimeters: 0)),
            velocityEastMillimetersPerSecond: 0, velocityNorthMillimetersPerSecond: 0,
            velocityUpMillimetersPerSecond: 0, horizontalAccuracyCentimeters: .max,
            verticalAccuracyCentimeters: .max, headingCentidegrees: 0, mode: .unspecified, health: 0,
            energyKilojoules: 0, payloadGrams: 0, missionNumber: 0, missionRevision: 0, leg: 0)
        heardAt = at
        freshSince = at
        restUntil = at
    }

    var coordinate: Coordinate { report.position.coordinate }
    /// On the ground or at the road side with nothing under way.
    var stands: Bool { report.mode == .parked || report.mode == .ready }
    var isSlow: Bool {
        max(
            report.velocityEastMillimetersPerSecond.magnitude,
            report.velocityNorthMillimetersPerSecond.magnitude,
            report.velocityUpMillimetersPerSecond.magnitude) < 500
    }
    var inAir: Bool {
        switch report.mode {
        case .moving, .holding, .returning, .landing, .diverting: true
        case .unspecified, .parked, .ready, .fault: false
        }
    }
}

/// Bits of `TrackReport.health`; set means fault. Same numbers as the wire's HealthFlag.
enum HealthFault {
    static let position: UInt16 = 1 << 0
    static let propulsion: UInt16 = 1 << 2
    static let brakes: UInt16 = 1 << 6
    /// Faults with which no mission is given.
    static let grounding: UInt16 = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 7
}
