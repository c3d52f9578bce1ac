/// What happened to a measurement.
public enum Ingest: Sendable, Hashable {
    case taken
    /// Older than what we have, or the same: nothing changes.
    case stale
    /// Not finite or absurd.
    case refused
}

/// Our best knowledge of every vehicle, by slot. Which measurements were given decides its state, not in which
/// order or how often: the newest measurement time wins. Memory is kept; a steady fleet allocates nothing.
public final class TrackTable {
    /// Largest number of slots.
    public static let slotsMax = 1 << 22

    private var tracks: [TrackMeasurement] = []
    private var isKnown: [Bool] = []
    public private(set) var staleMeasurements = 0
    public private(set) var refusedMeasurements = 0
    /// Of the last tick.
    public private(set) var silentVehicles = 0
    public private(set) var forgottenVehicles = 0
    /// Slot of each body of the last tick; ascending, so that order by body is order by slot.
    public private(set) var slots: [Int32] = []

    public init() {}

    public var slotCount: Int { tracks.count }

    public func measurement(_ slot: Int) -> TrackMeasurement? {
        isKnown.indices.contains(slot) && isKnown[slot] ? tracks[slot] : nil
    }

    /// Takes a measurement of the vehicle in `slot`, in any order, as often as it comes. O(1).
    @discardableResult
    public func ingest(_ measurement: TrackMeasurement, slot: Int) -> Ingest {
        guard slot >= 0, slot < Self.slotsMax, measurement.isSound else {
            refusedMeasurements &+= 1
            return .refused
        }
        if slot >= tracks.count { grow(slot + 1) }
        if isKnown[slot] {
            let old = tracks[slot]
            let isNewer = measurement.timeSeconds > old.timeSeconds
            let isOther = measurement.timeSeconds == old.timeSeconds && measurement.outranks(old)
            guard isNewer || isOther else {
                staleMeasurements &+= 1
                return .stale
            }
        }
        tracks[slot] = measurement
        isKnown[slot] = true
        return .taken
    }

    /// Forgets the vehicle in `slot`.
    public func remove(slot: Int) {
        if isKnown.indices.contains(slot) { isKnown[slot] = false }
    }

    private func grow(_ count: Int) {
        let none = TrackMeasurement(
            timeSeconds: 0, motion: Motion(x: 0, y: 0, z: 0, vx: 0, vy: 0, vz: 0), kind: .drone)
        tracks.append(contentsOf: repeatElement(none, count: count - tracks.count))
        isKnown.append(contentsOf: repeatElement(false, count: count - isKnown.count))
    }

    /// Fills `table` with every known vehicle as it is at `now`: moved on by the age of its measurement, inflated
    /// by what we do not know; a silent one as its reachable set.
    ///
    /// A silent vehicle stands where it fell silent with no velocity, and adds the way it may have gone since and
    /// may go within `horizonSeconds`: speed t + a t^2 / 2, never more than its declared contingency reaches beyond
    /// where inertia had taken it when the silence was noticed.
    public func fill(
        _ table: BodyTable, nowSeconds now: Double, horizonSeconds: Double, _ model: UncertaintyModel
    ) {
        table.removeAll()
        slots.removeAll(keepingCapacity: true)
        silentVehicles = 0
        forgottenVehicles = 0
        var slot = 0
        while slot < tracks.count {
            if isKnown[slot] {
                let track = tracks[slot]
                // A measurement from the future (a fast clock) counts as fresh.
                let age = max(now - track.timeSeconds, 0)
                if age > model.forgottenAfterSeconds {
                    forgottenVehicles &+= 1
                } else {
                    let isSilent = age > model.silentAfterSeconds
                    silentVehicles &+= isSilent ? 1 : 0
                    let body =
                        isSilent
                        ? Self.silent(track, age: age, horizonSeconds, model)
                        : Self.heard(track, age: now - track.timeSeconds, model)
                    table.append(body, track.kind)
                    slots.append(Int32(truncatingIfNeeded: slot))
                }
            }
            slot &+= 1
        }
    }

    private static func heard(_ track: TrackMeasurement, age: Double, _ model: UncertaintyModel) -> Body {
        let m = track.motion
        let speed = (m.vx * m.vx + m.vy * m.vy).squareRoot()
        func added(_ speed: Double) -> Double {
            model.added(
                sigmaPosition: track.sigmaPositionMeters, sigmaVelocity: track.sigmaVelocityMetersPerSecond,
                age: age.magnitude, speed: speed, acceleration: track.accelerationLimit)
        }
        return Body(
            m.advanced(by: age), addedRadiusMeters: added(speed), addedHeightMeters: added(m.vz.magnitude))
    }

    private static func silent(
        _ track: TrackMeasurement, age: Double, _ horizon: Double, _ model: UncertaintyModel
    ) -> Body {
        var m = track.motion
        let speed = (m.vx * m.vx + m.vy * m.vy).squareRoot()
        let climb = m.vz.magnitude
        (m.vx, m.vy, m.vz) = (0, 0, 0)
        let known = model.sigmas * track.sigmaPositionMeters + model.trackingMeters
        func reach(_ speed: Double, contingency: Double) -> Double {
            let noticed = model.silentAfterSeconds
            let a = track.accelerationLimit
            let time = age + horizon
            let way = speed * (time + model.clockErrorSeconds) + 0.5 * a * time * time
            let bound =
                contingency + speed * (noticed + model.clockErrorSeconds) + 0.5 * a * noticed * noticed
            return known + min(way, bound)
        }
        return Body(
            m, addedRadiusMeters: reach(speed, contingency: track.contingencyRadiusMeters),
            addedHeightMeters: reach(climb, contingency: track.contingencyHeightMeters))
    }
}
