import Dispatching
import World

// Where vehicles are or will be free, how far they can go, and who joins.

extension FleetPlan {
    /// A vehicle joins, out of service as yet. `pace` as in `TravelMode`.
    mutating func enroll(_ p: VehicleProfile, pace: Int64, at now: Instant) {
        let planner = owned.planner
        let v = vehicles.count
        let time = Self.milliseconds(now)
        let mode: Int
        if let known = paces.firstIndex(of: pace) {
            mode = known
        } else {
            paces.append(pace)
            mode =
                (try? planner.add(
                    TravelMode(.straight(earthRadiusMillimeters: Location.earthRadiusMillimeters), pace: pace)
                )) ?? 0
        }
        guard let location = try? planner.add(Self.location(Coordinate(latitudeE7: 0, longitudeE7: 0)))
        else { return }
        var vehicle = DispatchVehicle(
            name: p.name, start: location, end: nil,
            capacity: Load(
                Int32(min(p.payloadCapacityGrams, 1 << 28)), Int32(min(p.cargoVolumeLiters, 1 << 28)), 1, 0))
        vehicle.mode = mode
        vehicle.skills = Self.skills(of: p.kind)
        vehicle.distanceCost = p.kind.flies ? Self.droneCost : Self.truckCost
        guard (try? planner.add(vehicle, at: time)) != nil, (try? planner.withdraw(v, at: time)) != nil
        else { return }
        vehicles.append(Vehicle(location: location))
    }

    /// It is, or will be from `from` on, free at a place, with energy for `reachMeters`.
    mutating func stand(
        _ v: Int, _ place: Vehicle.Place, at coordinate: Coordinate, from: Instant, reachMeters: Double?,
        at now: Instant
    ) {
        let planner = owned.planner
        let time = Self.milliseconds(now)
        if case .out = vehicles[v].place { changes += 1 }
        if case .after = vehicles[v].place, case .here = place { changes += 1 }
        vehicles[v].place = place
        vehicles[v].from = from
        guard let location = try? planner.add(Self.location(coordinate)) else { return }
        let reach = reachMeters.map { Int64(($0 * 1000).clamped(to: 0...1e15)) }
        // It may have become less; what is too far then leaves the plan once it is where it is.
        _ = try? planner.limit(v, millimeters: nil, at: time)
        _ = try? planner.restore(v, location: location, from: Self.milliseconds(from), at: time)
        _ = try? planner.limit(v, millimeters: reach, at: time)
        try? planner.remove(location: vehicles[v].location)
        vehicles[v].location = location
    }

    /// It is free later than was thought.
    mutating func delay(_ v: Int, until from: Instant, at now: Instant) {
        vehicles[v].from = from
        _ = try? owned.planner.observe(
            v, location: vehicles[v].location, from: Self.milliseconds(from), at: Self.milliseconds(now))
    }

    /// Its energy is another.
    mutating func reach(_ v: Int, meters: Double?, energyKilojoules: UInt32, at now: Instant) {
        if energyKilojoules > vehicles[v].energyKilojoules { changes += 1 }
        vehicles[v].energyKilojoules = energyKilojoules
        let reach = meters.map { Int64(($0 * 1000).clamped(to: 0...1e15)) }
        _ = try? owned.planner.limit(v, millimeters: reach, at: Self.milliseconds(now))
    }

    mutating func withdraw(_ v: Int, at now: Instant) {
        guard v < vehicles.count, vehicles[v].place != .out else { return }
        vehicles[v].place = .out
        _ = try? owned.planner.withdraw(v, at: Self.milliseconds(now))
    }

    // MARK: What the planner calls things

    /// Milliseconds since 1970.
    static func milliseconds(_ at: Instant) -> Int64 {
        min(max(at.nanoseconds / 1_000_000, 0), DispatchLimits.latestMilliseconds)
    }

    static func instant(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: min(milliseconds, DispatchLimits.latestMilliseconds) * 1_000_000)
    }

    static func location(_ at: Coordinate) -> Location {
        Location(latitudeDegrees: at.latitudeDegrees, longitudeDegrees: at.longitudeDegrees)
    }

    /// A vehicle has the bit of every kind that it is not, an order needs those of the kinds it must not go by.
    static func skills(of kind: VehicleKind) -> UInt64 {
        VehicleKind.allCases.enumerated().reduce(0) { $1.element == kind ? $0 : $0 | 1 << $1.offset }
    }

    static func skills(for kinds: [VehicleKind]?) -> UInt64 {
        guard let kinds else { return 0 }
        return VehicleKind.allCases.enumerated().reduce(0) {
            kinds.contains($1.element) ? $0 : $0 | 1 << $1.offset
        }
    }
}
