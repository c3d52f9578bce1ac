import Traffic
import World

// Trucks under low flights. A drone is low while it takes off, lands or is brought down; on its way it is higher than
// anything a truck could be to it. So few trucks matter in a tick, and only these become bodies of `AirTraffic`: it is
// asked about each of them by every drone.

/// A drone low enough for trucks to matter, of this tick.
struct LowFlight: Sendable {
    var vehicle: Int32
    /// Where it is, and where it comes down if it does.
    var at: Coordinate
    var landing: Coordinate?
    /// The truck that stands there.
    var taken: Int32 = -1
}

extension Controller {
    /// Numbers of trucks as flights: above those of drones, below those of aircraft.
    static let firstTruckFlight: UInt32 = 1 << 30
    /// A truck farther away than this from a drone is not under it within the time that is looked ahead.
    private static let truckReachMeters = 2000.0
    /// Slower than this it stands, m/s.
    private static let truckStandsSpeed = 0.5

    /// Adds the trucks that low flights must keep clear of to the flights of this tick; drones are in it already.
    mutating func watchTrucks() {
        guard state.fleet.count > separation.vehicles.count else { return }
        findLow()
        guard !separation.low.isEmpty else { return }
        for v in state.fleet.indices where !state.fleet[v].profile.kind.flies && tracks[v].hasReport {
            guard let flight = truckFlight(v), matters(v, flight) else { continue }
            separation.flights.append(flight)
            var present = flight
            (present.sigmaHorizontalMeters, present.sigmaVerticalMeters) = (0, 0)
            (present.unknownAcceleration, present.unknownClimbAcceleration) = (0, 0)
            (present.extraRadiusMeters, present.isResolved) = (0, false)
            present.ageSeconds = now.seconds(since: tracks[v].report.measuredAt).clamped(to: -60...60)
            // Where one is that is not heard nobody knows.
            if tracks[v].link == .lost { present.kind = .nonCooperative }
            separation.present.append(present)
            separation.vehicles.append(Int32(truncatingIfNeeded: v))
        }
    }

    /// By latitude, then vehicle.
    private mutating func findLow() {
        separation.low.removeAll(keepingCapacity: true)
        let high =
            configuration.overTruckVerticalMeters + 5
            + max(configuration.descentMetersPerSecond, 0) * configuration.conflictHorizonSeconds
        for i in 0..<separation.drones {
            let v = Int(separation.vehicles[i])
            let ground = tracks[v].floorMeters - configuration.terrainClearanceMeters
            guard separation.present[i].altitudeMeters < ground + high else {
                tracks[v].padTakenSince = nil
                continue
            }
            var low = LowFlight(vehicle: Int32(truncatingIfNeeded: v), at: tracks[v].coordinate)
            if let ours = mission(of: v) {
                switch ours.step(Int(tracks[v].report.leg))?.action {
                case .land: low.landing = ours.step(Int(tracks[v].report.leg))?.target.coordinate
                case .takeoff: break
                default: low.landing = low.at
                }
            }
            separation.low.append(low)
        }
        separation.low.sort { ($0.at.latitudeE7, $0.vehicle) < ($1.at.latitudeE7, $1.vehicle) }
    }

    /// Low flights whose latitude is within reach of a place.
    private func low(around at: Coordinate, meters: Double) -> Range<Int> {
        let reach = Int64(meters / 110_574 * 1e7) + 1
        func first(_ wanted: Int64) -> Int {
            var (low, high) = (0, separation.low.count)
            while low < high {
                let middle = (low + high) / 2
                if Int64(separation.low[middle].at.latitudeE7) < wanted {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low
        }
        return first(Int64(at.latitudeE7) - reach)..<first(Int64(at.latitudeE7) + reach + 1)
    }

    /// One that drives matters to every low flight near; one that stands, to those who come down beside it. Who stands
    /// beside it may take off from there.
    private mutating func matters(_ v: Int, _ flight: Flight) -> Bool {
        let at = tracks[v].coordinate
        let stands = tracks[v].report.groundSpeed < Self.truckStandsSpeed
        var matters = false
        for k in low(around: at, meters: Self.truckReachMeters) {
            let low = separation.low[k]
            if !stands {
                if at.meters(to: low.at) < Self.truckReachMeters { return true }
            } else if let landing = low.landing,
                at.meters(to: landing) < configuration.overTruckHorizontalMeters + flight.extraRadiusMeters
            {
                separation.low[k].taken = Int32(truncatingIfNeeded: v)
                matters = true
            }
        }
        return matters
    }

    /// As separation sees a truck: it takes no commands of the air, and drives on as it does. Nil for one that is off all
    /// maps.
    private func truckFlight(_ v: Int) -> Flight? {
        let r = tracks[v].report
        let then = now.advanced(bySeconds: configuration.commandLatencySeconds)
        func speed(_ millimeters: Int32) -> Double { (Double(millimeters) * 1e-3).clamped(to: -60...60) }
        var flight = Flight(
            id: Self.firstTruckFlight | UInt32(truncatingIfNeeded: v), kind: .truck,
            latitudeE7: r.position.coordinate.latitudeE7, longitudeE7: r.position.coordinate.longitudeE7,
            altitudeMeters: r.position.altitude.meters,
            velocityEast: speed(r.velocityEastMillimetersPerSecond),
            velocityNorth: speed(r.velocityNorthMillimetersPerSecond), velocityUp: 0,
            ageSeconds: then.seconds(since: r.measuredAt).clamped(to: -60...60),
            sigmaHorizontalMeters: Double(r.horizontalAccuracyCentimeters) / 196,
            sigmaVerticalMeters: Double(r.verticalAccuracyCentimeters) / 196)
        flight.rightOfWay = .disabled
        flight.isCooperative = false
        flight.classIndex = AirTrafficSettings.truckClass
        flight.unknownAcceleration = 1
        flight.unknownClimbAcceleration = 0
        if tracks[v].link == .lost {
            // It drives on until it notices and has stopped, on whatever road leads from there.
            let braking = max(configuration.truckBrakingMetersPerSecondSquared, 0.2)
            let speed = r.groundSpeed
            let most = configuration.truckCutOffSeconds + 0.5 * speed / braking
            flight.extraRadiusMeters =
                speed * now.seconds(since: tracks[v].heardAt).clamped(to: 0...max(most, 0))
            (flight.velocityEast, flight.velocityNorth, flight.ageSeconds) = (0, 0, 0)
            flight.unknownAcceleration = 0
        }
        return flight
    }

    /// Where a truck stands a drone does not land: it waits above, and goes where else it may when that takes long.
    mutating func leaveTakenPads() {
        for low in separation.low {
            let v = Int(low.vehicle)
            guard low.taken >= 0, let ours = mission(of: v), ours.state == .active,
                ours.step(Int(tracks[v].report.leg))?.action == .land
            else {
                tracks[v].padTakenSince = nil
                continue
            }
            let since = tracks[v].padTakenSince ?? now
            tracks[v].padTakenSince = since
            guard now.seconds(since: since) > configuration.padWaitSeconds else { continue }
            tracks[v].padTakenSince = nil
            let reason =
                "\(name(v)) waited \(duration(configuration.padWaitSeconds)) for \(name(Int(low.taken))) to leave "
                + "its landing spot: returns"
            tellIncident(reason, v)
            sendBack(v, ours, reason)
        }
    }
}
