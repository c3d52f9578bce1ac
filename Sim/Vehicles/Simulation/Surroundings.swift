import Glibc
import World

/// What stands still while vehicles move: ground, charging places, and the scenario's settings.
struct Surroundings: Sendable {
    /// Within this distance of a charging place a standing vehicle is served, metres.
    static let chargingRadiusMeters = 3000.0

    let terrain: Terrain
    let scenario: Scenario
    let models: [VehicleModel]
    /// Charging places of flying vehicles and of trucks.
    private let flightPads: [Coordinate]
    private let truckStops: [Coordinate]

    /// Throws when a base or depot is not in the world data.
    init(_ scenario: Scenario, world: WorldData, file: String) throws(ScenarioError) {
        self.scenario = scenario
        terrain = world.terrain
        var models: [VehicleModel] = []
        for fleet in scenario.fleets {
            // Fleets of one model fly to the same range: measured once.
            models.append(VehicleModel(fleet, like: models))
        }
        self.models = models
        func coordinate(_ id: String, line: Int) throws(ScenarioError) -> Coordinate {
            guard let place = world.place(id) else {
                throw ScenarioError(
                    file: file, line: line,
                    "'\(id)' is no place of the world data; ids are in places.csv, checkpoints.csv, airports.csv"
                )
            }
            return place.coordinate
        }
        var pads: [Coordinate] = []
        var stops: [Coordinate] = []
        for fleet in scenario.fleets {
            let at = try coordinate(fleet.base, line: fleet.line)
            if fleet.kind.flies { pads.append(at) } else { stops.append(at) }
        }
        for depot in scenario.depots {
            let at = try coordinate(depot, line: 0)
            pads.append(at)
            stops.append(at)
        }
        flightPads = pads
        truckStops = stops
    }

    /// The scenario's wind as physics wants it: where the air moves to.
    var wind: WindField {
        let from = scenario.wind.fromDegrees * .pi / 180
        return WindField(
            east: Float(-scenario.wind.speed * sin(from)), north: Float(-scenario.wind.speed * cos(from)),
            gustDeviation: Float(scenario.wind.gust))
    }

    func canCharge(at coordinate: Coordinate, flies: Bool) -> Bool {
        (flies ? flightPads : truckStops).contains {
            distanceMeters($0, coordinate) <= Self.chargingRadiusMeters
        }
    }

    func groundMeters(at place: Whereabouts) -> Double { terrain.ground(at: place.coordinate).meters }

    /// Air density of the international standard atmosphere (ISO 2533) below 11 km, kg/m3.
    static func airDensity(altitudeMeters: Double) -> Float {
        let share = 1 - 2.255_77e-5 * min(max(altitudeMeters, -500), 11_000)
        return Float(1.225 * pow(share, 4.255_88))
    }
}
