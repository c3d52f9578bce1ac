import Controller
import Station
import World

/// What the choice of vehicles is judged by: ways without freight, and how long freight takes.
struct DemoWays: Codable {
    /// Of completed missions, by straight lines between their steps: towards pickups, home or to charge, and with
    /// freight on board.
    var toPickupKilometers = 0.0
    var homeKilometers = 0.0
    var ladenKilometers = 0.0
    /// From ready to delivered.
    var meanDeliveryMinutes = 0.0

    init(missions: [MissionStatus], orders: [OrderStatus]) {
        for mission in missions where mission.state == .completed {
            var isLaden = false
            var here: Coordinate?
            for step in mission.steps ?? [] where step.action != .contingency {
                let place = Coordinate(
                    latitudeE7: Int32((step.target.latitudeDegrees * 1e7).rounded().clamped(to: -9e8...9e8)),
                    longitudeE7: Int32(
                        (step.target.longitudeDegrees * 1e7).rounded().clamped(to: -1.8e9...1.8e9)))
                let kilometers = (here?.meters(to: place) ?? 0) / 1000
                if isLaden {
                    ladenKilometers += kilometers
                } else if mission.order == nil {
                    homeKilometers += kilometers
                } else {
                    toPickupKilometers += kilometers
                }
                if step.action == .load { isLaden = true }
                here = place
            }
        }
        let taken = orders.compactMap { order in
            order.state == .delivered
                ? order.closedAt?.instant.seconds(since: order.readyAt.instant) : nil
        }
        meanDeliveryMinutes = taken.reduce(0, +) / Double(max(taken.count, 1)) / 60
    }
}
