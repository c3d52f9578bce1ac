import Glibc
import Wire

extension LinkTable {
    /// Faster than any vehicle here, metres per second, and what satellite positioning may be wrong by, metres.
    private static let speedMax = 250.0
    private static let slackMeters = 500.0
    /// Metres of latitude in 1e-7 degrees, on a sphere of 6,371,008.8 m (IUGG mean radius).
    private static let metersPerE7 = 0.011_119_508

    /// Whether a vehicle can have come from one position to the other in the time between the measurements.
    static func canMove(from old: Telemetry, to new: Telemetry) -> Bool {
        let nanoseconds = Int64(clamping: new.measuredAtNanoseconds)
            .subtractingSaturated(Int64(clamping: old.measuredAtNanoseconds))
        let reach = slackMeters + speedMax * Double(max(0, nanoseconds)) * 1e-9
        let north = Double(Int64(new.latitudeE7) - Int64(old.latitudeE7)) * metersPerE7
        var turn = abs(Int64(new.longitudeE7) - Int64(old.longitudeE7))
        if turn > 1_800_000_000 { turn = 3_600_000_000 - turn }
        let east = Double(turn) * metersPerE7
        // Meridians meet towards the poles: what is near enough on the equator is near enough anywhere.
        if north * north + east * east <= reach * reach { return true }
        let shrunk = east * cos(Double(old.latitudeE7) * 1e-7 * .pi / 180)
        return north * north + shrunk * shrunk <= reach * reach
    }
}
