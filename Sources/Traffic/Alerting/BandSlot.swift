/// What the bands know of one intruder.
struct BandSlot {
    var motion: Motion
    var alerter: Alerter
    var volume: BandVolume
    /// When the present course enters the corrective volume within the lookahead; infinite when it does not.
    var entry: Double
    /// How far ahead it counts for warnings and for corrective alerts; negative when it does not count.
    var nearHorizon = -1.0
    var midHorizon = -1.0
    /// Of the present horizontal velocity: the one part that climbs and altitudes share.
    var horizontal = BandWindow.empty
    /// No step of the present kind meets its volume, or its cylinder.
    var isClear = false
    var isCylinderClear = false
    var cylinderHorizontal = BandWindow.empty

    init(_ own: Motion, _ intruder: BandIntruder) {
        motion = intruder.motion
        alerter = intruder.alerter
        let corrective = intruder.alerter.correctiveVolume
        volume = BandVolume(corrective)
        let conflict = corrective.conflict(
            RelativeMotion(own: own, intruder: intruder.motion), horizonSeconds: BandLimits.lookaheadSeconds)
        entry = conflict?.entrySeconds ?? .infinity
    }
}

/// What is asked of a step: to be free of the volume from `from` to `to`, and of a cylinder until `from`.
struct BandQuestion {
    var from: Double
    var to: Double
    var cylinder: BandVolume?
}
