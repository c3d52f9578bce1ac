import Glibc
import Testing
import World

@testable import Controller

/// Prints what a tick costs. Meaningful with optimisation only:
/// `swift test -c release -Xswiftc -enable-testing --filter TickCostTests`.
@Suite(.serialized) struct TickCostTests {
    /// `count` drones, all with missions, all in level flight in an area of that many square kilometres.
    private func airborne(_ count: Int, squareKilometers: Double) -> (Controller, (Int) -> [TrackReport]) {
        var configuration = ControllerConfiguration()
        configuration.plansPerTick = count
        configuration.checksDepartures = false
        var controller = Controller(configuration: configuration, geography: Harness.geography)
        var effects: [Effect] = []
        var random = SplitMix64(seed: 4)
        let side = squareKilometers.squareRoot() * 1000
        let homes = (0..<count).map { _ in Harness.place(random.unit() * side, random.unit() * side) }
        controller.step(.stationStarted(fence: 1, at: Harness.epoch), effects: &effects)
        func reports(_ tick: Int, _ mode: VehicleMode) -> [TrackReport] {
            let now = Harness.epoch.advanced(bySeconds: Double(tick) * 0.1)
            return (0..<count).map { n in
                let course = Double(n % 8) * .pi / 4
                let (e, north) = (15 * sin(course), 15 * cos(course))
                let way = mode == .moving ? Double(tick) * 0.1 - 1 : 0
                return TrackReport(
                    vehicle: VehicleID(UInt32(n + 1)), measuredAt: now,
                    position: Position(
                        homes[n].moved(east: e * way, north: north * way),
                        altitude: Altitude(meters: mode == .moving ? 400 + Double(n % 8) * 25 : 300)),
                    velocityEastMillimetersPerSecond: mode == .moving ? Int32(e * 1000) : 0,
                    velocityNorthMillimetersPerSecond: mode == .moving ? Int32(north * 1000) : 0,
                    velocityUpMillimetersPerSecond: 0, horizontalAccuracyCentimeters: 100,
                    verticalAccuracyCentimeters: 100, headingCentidegrees: 0, mode: mode, health: 0,
                    energyKilojoules: 2900, payloadGrams: 0,
                    missionNumber: mode == .moving ? UInt64(n + 1) : 0,
                    missionRevision: mode == .moving ? 1 : 0, leg: mode == .moving ? 1 : 0)
            }
        }
        for n in 0..<count {
            controller.step(
                .vehicleConnected(
                    Harness.profile(UInt32(n + 1)), heldMission: nil, heldRevision: 0, at: Harness.epoch),
                effects: &effects)
        }
        for tick in 1...5 {
            controller.step(
                .tick(
                    at: Harness.epoch.advanced(bySeconds: Double(tick) * 0.1), reports: reports(tick, .parked)
                ),
                effects: &effects)
        }
        for n in 0..<count {
            let course = Double(n % 8) * .pi / 4
            var request = Harness.request("k\(n)", at: Harness.epoch)
            request.pickup.coordinate = homes[n]
            request.delivery.coordinate = homes[n].moved(east: 4000 * sin(course), north: 4000 * cos(course))
            controller.step(.orderSubmitted(request, at: Harness.epoch), effects: &effects)
        }
        effects.removeAll()
        controller.step(
            .tick(at: Harness.epoch.advanced(bySeconds: 1), reports: reports(10, .parked)), effects: &effects)
        for case .upload(let mission, _) in effects {
            var none: [Effect] = []
            controller.step(
                .uploadFinished(
                    mission.vehicle, mission.id, revision: 1, .complete, at: Harness.epoch), effects: &none)
        }
        return (controller, { reports($0, .moving) })
    }

    #if DEBUG
        static let counts = [60]
    #else
        static let counts = [60, 1000, 8000]
    #endif

    /// With `aircraft` crewed aircraft at the drones' heights among them, seen once a second.
    @Test(arguments: counts, [0, 10]) func aTickCosts(count: Int, aircraft: Int) {
        // Ten drones per square kilometre, all over the area, is far more than any city has.
        var (controller, reports) = airborne(count, squareKilometers: Double(count) / 10)
        var effects: [Effect] = []
        var times: [Double] = []
        let side = (Double(count) / 10).squareRoot() * 1000
        for tick in 11..<(count > 1000 ? 31 : 111) {
            if aircraft > 0, tick % 10 == 1 {
                let at = Harness.epoch.advanced(bySeconds: Double(tick) * 0.1)
                let contacts = (0..<aircraft).map { n in
                    SurveillanceTests.Aircraft(
                        address: UInt32(n + 1), east: side * Double(n) / Double(aircraft) + 6 * Double(tick),
                        north: side * Double((n * 7) % aircraft) / Double(aircraft), altitudeMeters: 480,
                        velocityEast: 60, velocityNorth: 0
                    ).contact(at)
                }
                controller.step(.surveillance(at: at, contacts: contacts), effects: &effects)
            }
            let input = Input.tick(
                at: Harness.epoch.advanced(bySeconds: Double(tick) * 0.1), reports: reports(tick))
            effects.removeAll(keepingCapacity: true)
            let start = ContinuousClock.now
            controller.step(input, effects: &effects)
            times.append(Double((ContinuousClock.now - start).components.attoseconds) * 1e-12)
        }
        times.sort()
        let statistics = controller.separationStatistics
        print(
            "tick of \(count) drones and \(aircraft) aircraft, \(controller.missionsUnderWay.count) on missions: median "
                + "\(Int(times[times.count / 2])) us, slowest \(Int(times[times.count - 1])) us; "
                + "\(statistics.pairsWatched) pairs watched, \(statistics.conflicts) conflicts so far; "
                + "\(controller.surveillanceNow.alerts) alerts, "
                + "\(controller.surveillanceStatistics.deferredDecisions) decisions put off")
        #expect(controller.vehicles.count == count)
        #expect(controller.missionsUnderWay.count > count * 9 / 10)
        #expect(statistics.pairsWatched > 0)
    }
}
