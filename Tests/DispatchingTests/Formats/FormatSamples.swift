import Foundation

@testable import Dispatching

/// Small files of every format, all good.
enum FormatSamples {
    /// Two shipments: 1 to 2, and 4 to 3.
    static let lilim = """
        2 20 1
        0 40 50 0 0 1236 0 0 0
        1 45 68 10 0 1127 90 0 2
        2 45 70 -10 0 1125 90 1 0
        3 42 66 -15 0 1129 90 4 0
        4 42 68 15 727 782 90 0 3

        """

    static let vrptw = """
        NAME : small
        COMMENT: two customers
        TYPE : VRPTW
        DIMENSION : 3
        VEHICLES : 2
        CAPACITY : 20
        SERVICE_TIME : 5
        EDGE_WEIGHT_TYPE : EUC_2D
        NODE_COORD_SECTION
        1 0 0
        2 1 1
        3 2 2
        DEMAND_SECTION
        1 0
        2 10
        3 11
        TIME_WINDOW_SECTION
        1 0 100
        2 0 50
        3 20 60
        DEPOT_SECTION
        1
        -1
        EOF

        """

    static let fleet = """
        NAME: fleet
        TYPE: HFVRP
        DIMENSION: 3
        VEHICLES: 3
        EDGE_WEIGHT_TYPE: EUC_2D
        NODE_COORD_SECTION
        1\t0\t0
        2\t1\t1
        3\t2\t2
        DEMAND_SECTION
        1\t0
        2\t10
        3\t11
        CAPACITY_SECTION
        1\t15
        2\t30
        3\t15
        VEHICLES_FIXED_COST_SECTION
        1\t100
        2\t150
        3\t100
        VEHICLES_UNIT_DISTANCE_COST_SECTION
        1\t7
        2\t8
        3\t7
        DEPOT_SECTION
        1
        EOF

        """

    static let multiTrip = """
        NAME: trips
        TYPE: MTVRPTWR
        EDGE_WEIGHT_TYPE: EUC_2D
        DIMENSION: 4
        VEHICLES: 1
        CAPACITY: 20
        SERVICE_TIME: 1
        NODE_COORD_SECTION
        1 0 0
        2 1 1
        3 2 2
        4 3 3
        DEMAND_SECTION
        1 0
        2 10
        3 10
        4 15
        TIME_WINDOW_SECTION
        1 0 100
        2 0 100
        3 0 100
        4 0 100
        RELEASE_TIME_SECTION
        1 0
        2 3
        3 0
        4 20
        VEHICLES_RELOAD_DEPOT_SECTION
        1 1
        DEPOT_SECTION
        1
        EOF

        """

    static let keruen = """
        {
          "keruen_dispatch": 1,
          "name": "Almaty",
          "zero": "2026-06-01T00:00:00Z",
          "objective": "cost",
          "road_nodes": ["west", "east"],
          "places": [
            {"name": "Hub", "lat": 43.238, "lon": 76.889, "roads": [{"node": "west", "km": 0.5, "minutes": 1}]},
            {"name": "Clinic", "lat": 43.30, "lon": 76.95, "alt_m": 700},
            {"name": "Market", "lat": 43.25, "lon": 77.10, "roads": [{"node": "east", "km": 1, "minutes": 2}]}
          ],
          "modes": [
            {"name": "drone", "speed_kmh": 72, "wind_kmh": {"east": 10, "north": -5}},
            {"name": "truck", "roads": {"km": [[0, 20], [20, 0]], "minutes": [[0, 30], [null, 0]]}}
          ],
          "docks": [{"name": "pad", "places": 1, "booked": [["07:00", "2026-06-01T07:30:00Z"]]}],
          "stations": [{"name": "swap", "place": "Hub", "swap_minutes": 3, "cost": 200}],
          "vehicles": [
            {"name": "D", "count": 2, "mode": "drone", "start": "Hub", "end": "Hub", "shift": ["06:00", "20:00"],
             "kg": 2.5, "skills": ["winch"], "fixed_cost": 100, "cost_per_km": 20, "cost_per_hour": 3600,
             "energy": {"kwh": 1, "reserve_kwh": 0.2, "kwh_per_km": 0.01, "kwh_per_km_kg": 0.002,
                        "stations": ["swap"]}},
            {"name": "T", "mode": "truck", "start": "Hub", "kg": 1000, "liters": 9000, "pallets": 4,
             "loading_meters": 2.4, "temperature_c": [-20, 8.5], "longest_km": 300, "longest_hours": 9,
             "last_in_first_out": true, "cost_per_km": 90}
          ],
          "shipments": [
            {"name": "blood", "pickup": {"place": "Hub", "service_minutes": 2, "dock": "pad"},
             "delivery": {"place": "Clinic", "windows": [["08:00", "09:00"], ["10:00", "11:00"]]},
             "kg": 1.2, "skills": ["winch"], "class": "medical", "apart_from": ["fuel"], "company": "CR01",
             "promised": "08:30", "late_cost_per_hour": 36000, "longest_on_board_minutes": 60},
            {"name": "milk", "delivery": {"place": "Market"}, "kg": 300, "pallets": 1, "temperature_c": [2, 6],
             "refusal_cost": 5000, "vehicle": "T", "refused_vehicles": ["D"], "after": "blood",
             "handover_minutes": 10}
          ]
        }

        """

    static let all = [lilim, vrptw, fleet, multiTrip, keruen]

    static func load(_ text: String) throws -> DispatchFile {
        try DispatchFile(bytes: Array(text.utf8), file: "sample")
    }

    /// The repository.
    static var root: URL {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// The benchmark instances of the repository.
    static var benchmarks: [URL] {
        get throws {
            try ["lilim", "VRPTW", "HFVRP", "MTVRPTWR"].flatMap { folder in
                try FileManager.default.contentsOfDirectory(
                    at: root.appendingPathComponent("Data/bench/dispatch/\(folder)"),
                    includingPropertiesForKeys: nil)
            }.sorted { $0.path < $1.path }
        }
    }
}
