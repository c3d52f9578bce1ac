import Controller
import World

/// A mission as operators see it.
public struct MissionStatus: Hashable, Sendable, Codable {
    public var id: UInt64
    public var revision: UInt16
    public var vehicle: UInt32
    public var vehicleName: String
    public var order: UInt64?
    public var state: MissionState
    public var createdAt: Timestamp
    public var expectedEnd: Timestamp
    /// Steps before this one are done, from 0.
    public var nextStep: Int
    /// Without those of the contingency.
    public var stepCount: Int
    /// Share of its way that is done, 0 to 1.
    public var progress: Double
    /// Behind its plan, 0 when not.
    public var behindSeconds: Double
    /// Ordinary steps, then those of the contingency; nil in lists.
    public var steps: [Step]?
    /// Why this vehicle and this route, or what became of it, for a person.
    public var reason: String

    public struct Step: Hashable, Sendable, Codable {
        public var action: MissionStep.Action
        public var target: PointView
        /// Nil leaves it to the vehicle.
        public var speedMetersPerSecond: Double?
        /// Nil when it takes as long as it takes.
        public var durationSeconds: Double?
        init(_ step: MissionStep) {
            action = step.action
            target = PointView(step.target)
            if step.speedMillimetersPerSecond > 0 {
                speedMetersPerSecond = Double(step.speedMillimetersPerSecond) / 1000
            }
            if step.durationMilliseconds > 0 { durationSeconds = Double(step.durationMilliseconds) / 1000 }
        }
    }

    /// - Parameter view: how far it has come; nil when its vehicle is not known.
    public init(_ mission: Mission, view: MissionView?, vehicleName: String, withSteps: Bool = true) {
        id = mission.id.number
        revision = mission.revision
        vehicle = mission.vehicle.number
        self.vehicleName = vehicleName
        order = mission.order?.number
        state = mission.state
        createdAt = Timestamp(mission.createdAt)
        expectedEnd = Timestamp(mission.expectedEnd)
        nextStep = view?.stepsDone ?? mission.nextStep
        stepCount = view?.steps ?? mission.steps.count
        progress = ((view?.progress ?? 0) * 1000).rounded() / 1000
        behindSeconds = (view?.behindSeconds ?? 0).rounded()
        steps = withSteps ? mission.steps.map { Step($0) } : nil
        reason = mission.reason
    }
}
