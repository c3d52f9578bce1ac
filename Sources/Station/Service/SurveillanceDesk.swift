import Controller
import World

// Crewed aircraft, as operators and receivers bring and ask for them.

extension StationCore {
    mutating func survey(_ reported: [ReportedContact]) -> ControlResponse {
        let before = controller.surveillanceStatistics
        // What has no time is newer than what came before, also within one tick.
        surveyedAt = max(now, surveyedAt.advanced(bySeconds: 1e-6))
        step(
            .surveillance(
                at: now, contacts: reported.map { SurveillanceContact($0, at: surveyedAt) }))
        return .surveyed(
            SurveillanceReceipt(
                from: before, to: controller.surveillanceStatistics,
                aircraft: controller.surveillanceNow.aircraft))
    }

    func near(_ selector: String) -> ControlResponse {
        guard let vehicle = find(selector) else { return .problem(noVehicle(selector)) }
        guard let near = controller.trafficNear(vehicle.profile.id) else {
            return .problem(
                ControlProblem(
                    what: vehicle.profile.kind.flies
                        ? "it was not heard since the station started" : "it does not fly",
                    where: vehicle.profile.name,
                    todo: "'keruen vehicle list' shows which drones are heard"))
        }
        return .near(near)
    }

    var surveillance: SurveillanceCounts {
        let now = controller.surveillanceNow
        return SurveillanceCounts(
            controller.surveillanceStatistics, aircraft: now.aircraft, alertsNow: now.alerts)
    }
}
