import Controller
import Wire
import World

// Between what the wire says and what the controller means. Total and pure: what has no meaning is nil.

extension TrackReport {
    /// Nil when the altitude's datum is one that cannot be converted.
    ///
    /// - Parameter now: station time; a measurement cannot be later.
    init?(_ telemetry: Telemetry, of vehicle: UInt32, at now: Int64, datum: AltitudeDatums) {
        let coordinate = Coordinate(latitudeE7: telemetry.latitudeE7, longitudeE7: telemetry.longitudeE7)
        guard let altitude = datum.meanSeaLevel(telemetry, at: coordinate) else { return nil }
        let measured = Int64(clamping: telemetry.measuredAtNanoseconds)
        let mission = telemetry.missionReference
        self.init(
            vehicle: VehicleID(vehicle), measuredAt: Instant(nanoseconds: min(measured, now)),
            position: Position(coordinate, altitude: altitude),
            velocityEastMillimetersPerSecond: telemetry.velocityEastMillimetersPerSecond,
            velocityNorthMillimetersPerSecond: telemetry.velocityNorthMillimetersPerSecond,
            velocityUpMillimetersPerSecond: telemetry.velocityUpMillimetersPerSecond,
            horizontalAccuracyCentimeters: telemetry.horizontalAccuracyCentimeters ?? .max,
            verticalAccuracyCentimeters: telemetry.verticalAccuracyCentimeters ?? .max,
            headingCentidegrees: telemetry.headingCentidegrees,
            mode: VehicleMode(rawValue: UInt8(truncatingIfNeeded: telemetry.mode.number)) ?? .unspecified,
            health: telemetry.health.rawValue, energyKilojoules: telemetry.energyKilojoules,
            payloadGrams: telemetry.payloadGrams, missionNumber: mission.number,
            missionRevision: mission.revision, leg: mission.leg)
    }
}

/// Converts what vehicles measure altitude from to mean sea level.
struct AltitudeDatums: Sendable {
    var ground: @Sendable (Coordinate) -> Altitude<MeanSeaLevel>
    /// Without one, heights above the ellipsoid are not understood.
    var geoid: Geoid?

    func meanSeaLevel(_ telemetry: Telemetry, at coordinate: Coordinate) -> Altitude<MeanSeaLevel>? {
        switch telemetry.datum.known {
        case .meanSeaLevel: return Altitude(millimeters: telemetry.altitudeMillimeters)
        case .aboveGround:
            let (sum, overflow) = ground(coordinate).millimeters
                .addingReportingOverflow(telemetry.altitudeMillimeters)
            return overflow ? nil : Altitude(millimeters: sum)
        case .ellipsoid:
            return geoid?.meanSeaLevel(Altitude(millimeters: telemetry.altitudeMillimeters), at: coordinate)
        case .unspecified, nil: return nil
        }
    }
}

extension VehicleProfile {
    /// Who it is stands in the allow list; what it can do, in its Hello.
    init(_ hello: Hello, name: String, kind: VehicleKind, company: String) {
        self.init(
            id: VehicleID(hello.vehicleID), name: name, kind: kind, company: company, model: hello.model,
            payloadCapacityGrams: hello.payloadCapacityGrams, cargoVolumeLiters: hello.cargoVolumeLiters,
            cruiseSpeedMillimetersPerSecond: hello.cruiseSpeedMillimetersPerSecond,
            energyCapacityKilojoules: hello.energyCapacityKilojoules, rangeMeters: hello.rangeMeters)
    }
}

extension VehicleKind {
    var wire: WireVehicleKind {
        switch self {
        case .multirotor: .multirotor
        case .vtol: .vtol
        case .truck: .truck
        }
    }
}

extension MissionStep.Action {
    var wire: MissionAction {
        switch self {
        case .takeoff: .takeoff
        case .fly: .fly
        case .land: .land
        case .drive: .drive
        case .load: .load
        case .unload: .unload
        case .wait: .wait
        case .contingency: .contingency
        }
    }
}

extension MissionItem {
    init(_ step: MissionStep) {
        self.init()
        action = Open(step.action.wire)
        latitudeE7 = step.target.coordinate.latitudeE7
        longitudeE7 = step.target.coordinate.longitudeE7
        altitudeMillimeters = step.target.altitude.millimeters
        speedMillimetersPerSecond = step.speedMillimetersPerSecond
        durationMilliseconds = step.durationMilliseconds
    }
}

extension CommandVerb {
    var wire: CommandKind {
        switch self {
        case .start: .start
        case .hold: .hold
        case .resume: .resume
        case .returnHome: .returnHome
        case .land: .land
        case .abort: .abort
        case .speedLimit: .speedLimit
        case .altitude: .altitude
        case .manoeuvre: .manoeuvre
        }
    }
}

extension Command {
    init(_ order: OutboundCommand) {
        self.init()
        commandID = order.id
        fence = order.fence
        issuedAtNanoseconds = UInt64(clamping: order.issuedAt.nanoseconds)
        notAfterNanoseconds = UInt64(clamping: order.notAfter.nanoseconds)
        timeToLiveMilliseconds = UInt32(
            clamping: (order.notAfter.nanoseconds &- order.issuedAt.nanoseconds) / 1_000_000)
        kind = Open(order.verb.wire)
        if let mission = order.mission {
            self.mission = MissionReference(number: mission.number, revision: order.revision)
        }
        altitudeMillimeters = order.altitude?.millimeters ?? 0
        speedMillimetersPerSecond = order.speedMillimetersPerSecond
        reason = order.reason.cut(toBytes: Command.textSizeMax)
        velocityEastMillimetersPerSecond = order.velocityEastMillimetersPerSecond
        velocityNorthMillimetersPerSecond = order.velocityNorthMillimetersPerSecond
        climbMillimetersPerSecond = order.climbMillimetersPerSecond
        durationMilliseconds = order.durationMilliseconds
    }
}

extension AckStage {
    init?(_ stage: CommandStage?) {
        switch stage {
        case .received: self = .received
        case .accepted: self = .accepted
        case .rejected: self = .rejected
        case .started: self = .started
        case .done: self = .done
        case .failed: self = .failed
        case .expired: self = .expired
        case .unspecified, nil: return nil
        }
    }
}

extension ProgressReport {
    init?(_ kind: ProgressKind?) {
        switch kind {
        case .started: self = .started
        case .legDone: self = .legDone
        case .loaded: self = .loaded
        case .unloaded: self = .unloaded
        case .completed: self = .completed
        case .aborted: self = .aborted
        case .unspecified, nil: return nil
        }
    }
}

extension VehicleIncident {
    init(_ kind: EventKind?) {
        switch kind {
        case .linkLost: self = .linkLost
        case .contingency: self = .contingency
        case .energyLow: self = .energyLow
        case .positionLost: self = .positionLost
        case .propulsionFault: self = .propulsionFault
        case .payloadFault: self = .payloadFault
        case .emergencyStop: self = .emergencyStop
        case .recovered: self = .recovered
        case .unspecified, nil: self = .other
        }
    }
}

extension UploadResult {
    /// Nil while parts are still to come.
    init?(_ result: MissionAckResult?) {
        switch result {
        case .complete: self = .complete
        case .invalid: self = .invalid
        case .busy: self = .busy
        case .fence: self = .fence
        case .part, .digest, .unspecified, nil: return nil
        }
    }
}

extension String {
    /// The longest beginning of whole characters that fits.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var result = ""
        var size = 0
        for character in self {
            size += character.utf8.count
            guard size <= limit else { break }
            result.append(character)
        }
        return result
    }
}
