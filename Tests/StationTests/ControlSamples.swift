import World

@testable import Controller
@testable import Station

/// One of everything that crosses the control socket.
enum ControlSamples {
    static let stop = Stop(
        place: "ALA", coordinate: Coordinate(latitudeE7: 432_525_000, longitudeE7: 769_115_000),
        ground: Altitude(millimeters: 682_100))
    static let t0 = Instant(nanoseconds: 1_790_000_000_000_000_000)

    static let request = OrderRequest(
        key: "K-1", company: "CR01", pickup: stop, delivery: stop, massGrams: 1200, volumeLiters: 4,
        cargo: .medical, readyAt: t0, deliverBy: t0.advanced(bySeconds: 3600), kinds: [.vtol])

    static func order(_ number: UInt64, state: OrderState) -> Order {
        var order = Order(
            id: OrderID(number), request: request, submittedAt: t0, state: state, reason: "because")
        order.mission = MissionID(3)
        return order
    }

    static let requests: [ControlRequest] = [
        .status,
        .vehicles(
            VehicleFilter(company: "CR01", kind: .vtol, mode: .moving, link: .late, isGrounded: false)),
        .vehicle(selector: "drone-7"),
        .orders(OrderFilter(state: .waiting, company: "CR01", isLate: true, page: Page(after: 7, limit: 9))),
        .order(id: OrderID(3)), .orderOfKey(company: "CR01", key: "K-1"), .submitOrders([request]),
        .cancelOrder(id: OrderID(4), by: "aigul"),
        .missions(MissionFilter(state: .held, vehicle: VehicleID(7), isOpen: true)),
        .mission(id: MissionID(9)), .operatorAction(.returnHome, vehicle: VehicleID(7), by: "aigul"),
        .missionAction(.abort, mission: MissionID(9), by: "aigul"), .revokeKey(vehicle: VehicleID(7)),
        .reloadKeys, .shutdown, .surveillance([contact]), .near(selector: "drone-7"),
    ]

    static let contact = ReportedContact(
        address: "4B1814", callsign: "N123AB", time: Timestamp(t0), latitudeDegrees: 43.25,
        longitudeDegrees: 76.5, altitudeMeters: 900.5, speedMetersPerSecond: 60, trackDegrees: 90,
        climbMetersPerSecond: -1.5, horizontalAccuracyMeters: 30, verticalAccuracyMeters: 20,
        speedAccuracyMetersPerSecond: 3, transmits: false)

    static let alert = CrewedAlertView(
        level: "warning", aircraft: "N123AB", address: "4B1814",
        text: "drone-7: warning, N123AB 1.2 km ahead, same height; keeps its way", secondsToLoss: 22.5)

    static let near = TrafficNear(
        vehicle: VehicleID(7), name: "drone-7", doing: "turns right", speedMetersPerSecond: 17.25,
        courseDegrees: 90.5, climbMetersPerSecond: -0.5, altitudeMeters: 782.25,
        neighbours: [
            TrafficNeighbour(
                kind: .aircraft, name: "N123AB", address: "4B1814", distanceMeters: 1200.5,
                bearingDegrees: 80.25, aboveMeters: 40.5, closingMetersPerSecond: 55.5, secondsToLoss: 22.5,
                level: "warning", ageSeconds: 0.5)
        ], leftOut: 0, directionDegrees: [TrafficBand(low: 0, high: 360, region: "free")],
        groundSpeedMetersPerSecond: [TrafficBand(low: 5.5, high: 360.5, region: "warning")],
        verticalSpeedMetersPerSecond: [], altitudeBandsMeters: [])

    static let view = VehicleView(
        profile: VehicleProfile(
            id: VehicleID(7), name: "drone-7", kind: .vtol, company: "CR01", model: "M4",
            payloadCapacityGrams: 8000, cargoVolumeLiters: 40, cruiseSpeedMillimetersPerSecond: 17_500,
            energyCapacityKilojoules: 9000, rangeMeters: 40_000),
        isConnected: true, link: .live, mode: .moving,
        position: Position(stop.coordinate, altitude: Altitude(millimeters: 782_150)),
        isPositionTrusted: true,
        speedMillimetersPerSecond: 17_250, headingCentidegrees: 9050, energyKilojoules: 4500,
        payloadGrams: 1200, mission: MissionID(3), order: OrderID(1), leg: 2,
        lastHeardAt: t0.advanced(bySeconds: 9.75), home: Position(stop.coordinate, altitude: stop.ground),
        isGrounded: false, nextStep: .fly,
        energyShare: 0.5, energyMarginKilojoules: 1234.4, crewed: [alert], reason: "nearest free vehicle")

    static var vehicle: VehicleStatus {
        var clock = ClockEstimate()
        clock.add(sent: 0, received: 3_500_000, sentOn: 3_600_000, returned: 2_100_000)
        let link = LinkStatus(
            vehicle: 7, heardAt: t0.nanoseconds, clock: clock, roundTripMicroseconds: 1500,
            retransmissions: 2,
            lost: 5, isRevoked: false)
        return VehicleStatus(view, link: link, refused: ["flood": 3], at: t0.advanced(bySeconds: 10))
    }

    static let mission = Mission(
        id: MissionID(3), revision: 1, vehicle: VehicleID(7), order: OrderID(1),
        steps: [
            MissionStep(
                .takeoff, Position(stop.coordinate, altitude: Altitude(millimeters: 782_100)),
                speedMillimetersPerSecond: 5500),
            MissionStep(
                .load, Position(stop.coordinate, altitude: stop.ground), durationMilliseconds: 60_500),
        ], createdAt: t0, expectedEnd: t0.advanced(bySeconds: 900), reason: "nearest")

    static let missionView = MissionView(
        mission: MissionID(3), vehicle: VehicleID(7), order: OrderID(1), state: .active, stepsDone: 1,
        steps: 2,
        progress: 0.25, expectedEnd: t0.advanced(bySeconds: 900), behindSeconds: 12.4, reason: "nearest")

    static var status: StationStatus {
        var counters = LinkCounters()
        counters[.flood] = 3
        counters[.replayed] = 1
        var separation = SeparationStatistics()
        separation.pairsMeasured = 400
        separation.conflicts = 3
        separation.unresolved = 1
        separation.resolutions = 2
        separation.closestMeters = 61.5
        var surveillance = SurveillanceStatistics()
        surveillance.taken = 40
        surveillance.outdated = 2
        surveillance.refused[0] = 1
        surveillance.alerts = [2, 1, 1]
        surveillance.lossesOfWellClear = 1
        var refused = order(2, state: .refused)
        refused.reason = "no vehicle can carry 26,000 kg; the largest here takes 8 kg"
        return StationStatus(
            version: "0.1.0", fence: 4, startedAt: t0, now: t0.advanced(bySeconds: 60.5), uptimeSeconds: 6.5,
            pace: 60, vehicles: VehicleCounts(enrolled: 5, fleet: [view]),
            orders: OrderCounts(
                [order(1, state: .carried), refused], refusals: [RefusalCount(cause: .tooHeavy, count: 1)],
                at: t0),
            missions: MissionCounts([mission]), separation: SeparationCounts(separation),
            surveillance: SurveillanceCounts(surveillance, aircraft: 3, alertsNow: [0, 0, 1]),
            telemetry: TelemetryCounts(messages: 12_345, messagesPerSecond: 99.5, counters: counters),
            ignoredInputs: 1, durableSequence: 77)
    }

    static var responses: [ControlResponse] {
        let order = OrderStatus(order(1, state: .carried), at: t0)
        return [
            .status(status), .vehicles(VehiclePage(vehicles: [vehicle], next: 7, at: t0)), .vehicle(vehicle),
            .orders(OrderPage(orders: [order], next: nil, at: t0)), .order(order),
            .missions(
                MissionPage(
                    missions: [
                        MissionStatus(mission, view: missionView, vehicleName: "drone-7", withSteps: false)
                    ], next: nil,
                    at: t0)),
            .mission(MissionStatus(mission, view: missionView, vehicleName: "drone-7")),
            .submitted([
                SubmittedOrder(
                    company: "CR01", key: "K-1", id: OrderID(1), state: .waiting, isRepeat: true,
                    reason: "waits for a vehicle")
            ]),
            .done("hold by aigul"),
            .problem(
                ControlProblem(
                    .notFound, what: "there is no order 9", where: "order", todo: "See 'keruen order list'")),
            .surveyed(
                SurveillanceReceipt(taken: 2, outdated: 1, refused: ["position": 1], aircraft: 3)),
            .near(near),
        ]
    }
}
