import Controller
import Wire
import World

/// Missions on their way to their vehicles, one each.
struct Uploads {
    struct Upload {
        var mission: MissionID
        var revision: UInt16
        var reference: MissionReference
        var parts: [MissionPart]
        var deadline: Int64
    }
    private var byVehicle: [UInt32: Upload] = [:]

    var count: Int { byVehicle.count }
    subscript(vehicle: UInt32) -> Upload? { byVehicle[vehicle] }

    /// Starts an upload, in place of one that is under way to this vehicle. Nil when the mission is too long for
    /// the wire.
    mutating func begin(_ mission: Mission, fence: UInt64, deadline: Int64) -> Upload? {
        guard mission.steps.count <= MissionPart.missionItemsMax else { return nil }
        let reference = MissionReference(number: mission.id.number, revision: mission.revision)
        let upload = Upload(
            mission: mission.id, revision: mission.revision, reference: reference,
            parts: MissionPart.split(
                mission: reference, fence: fence, items: mission.steps.map(MissionItem.init)),
            deadline: deadline)
        byVehicle[mission.vehicle.number] = upload
        return upload
    }

    /// Takes the upload off when `mission` is the one under way.
    mutating func end(_ mission: MissionReference, of vehicle: UInt32) -> Upload? {
        guard let upload = byVehicle[vehicle], upload.reference == mission.withoutLeg else { return nil }
        byVehicle[vehicle] = nil
        return upload
    }

    /// Takes the upload off, whatever its mission.
    mutating func end(of vehicle: UInt32) -> Upload? { byVehicle.removeValue(forKey: vehicle) }
}
