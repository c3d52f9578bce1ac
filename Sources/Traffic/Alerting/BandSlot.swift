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
    var horizontal: BandWindow
    /// Of its volume, and of the cylinder that a recovery keeps clear of.
    var toVolume = BandApproach()
    var toCylinder = BandApproach()

    init(_ own: Motion, _ intruder: BandIntruder) {
        motion = intruder.motion
        alerter = intruder.alerter
        let corrective = intruder.alerter.correctiveVolume
        volume = BandVolume(corrective)
        let conflict = corrective.conflict(
            RelativeMotion(own: own, intruder: intruder.motion), horizonSeconds: BandLimits.lookaheadSeconds)
        entry = conflict?.entrySeconds ?? .infinity
        horizontal = volume.horizontal(
            x: own.x - motion.x, y: own.y - motion.y, vx: own.vx - motion.vx, vy: own.vy - motion.vy, at: 0)
    }
}

/// What is known of the windows of one intruder and volume, for the present kind.
struct BandApproach {
    /// The part that all steps share: vertical for directions and speeds, horizontal for climbs and altitudes.
    var shared = BandWindow.empty
    /// No step meets the volume.
    var isClear = false
    /// Steps of each side whose windows are known, from the first on.
    var lower = 0
    var upper = 0
}

/// What is asked of a step: to be free of the volume from `from` to `to`, and of a cylinder until `from`.
struct BandQuestion {
    var from: Double
    var to: Double
    var cylinder: BandVolume?
}
