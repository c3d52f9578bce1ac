import Controller
import Wire
import World

/// Everything a station needs to know before it starts.
public struct StationConfiguration: Sendable {
    /// Journal, snapshots and the control socket; made when missing, mode 0700.
    public var directory = "run"
    /// `fleet.keys` and `station.secret`.
    public var keysDirectory = "run/keys"
    public var link = LinkConfiguration()
    public var controller = ControllerConfiguration()
    /// Nil: real time.
    public var pace: Pace?
    /// A snapshot is saved after so many events, so that a restart reads little.
    public var eventsPerSnapshot = 5000
    /// Vehicles obeyed a station with this fence whose directory is lost: this one takes a higher.
    public var fenceAbove: UInt64 = 0

    public init() {}

    /// Simulated time, shared with simulators over the pace endpoint two ports above the uplink.
    public struct Pace: Sendable {
        /// Simulated seconds for each real one, at most; infinite: as fast as the simulators can.
        public var rate: Double
        public var startsAt: Instant
        /// Time stands until so many simulators have reported.
        public var simulators: Int
        public init(rate: Double, startsAt: Instant, simulators: Int = 1) {
            self.rate = rate
            self.startsAt = startsAt
            self.simulators = simulators
        }
    }
}

/// How often a station does what it does, in station time.
///
/// Under pace a pause of the machine that nobody would notice is minutes of simulated time. All limits on how long
/// a peer may take are therefore at least a quarter of a real second long, so that slow machines do not look like
/// broken links.
struct StationRhythm: Sendable {
    var tickNanoseconds: Int64 = 100_000_000
    var telemetryMilliseconds: UInt32 = 100
    var heartbeatMilliseconds: UInt32 = 1000
    var linkLostMilliseconds: UInt32 = 3000
    /// An upload that is not complete by then is given up.
    var uploadSeconds = 60.0
    var commandValidSeconds = 30.0
    /// A Hello of the same boot within this time is a repetition.
    var helloRepeatSeconds = 2.0
    /// How far simulators may run ahead.
    var windowSeconds = 2.0

    init() {}

    init(pace: Double) {
        let isFast = pace > 300
        tickNanoseconds = isFast ? 2_000_000_000 : 1_000_000_000
        telemetryMilliseconds = isFast ? 2000 : 1000
        let patience = min(pace, 1200) / 4
        windowSeconds = max(2, min(pace, 1200) / 200)
        heartbeatMilliseconds = UInt32(max(1000, patience * 1000 / 10).rounded())
        linkLostMilliseconds = UInt32(max(5000, patience * 2000).rounded())
        uploadSeconds = max(60, patience * 4)
        commandValidSeconds = max(30, patience * 2)
        helloRepeatSeconds = max(2, patience)
    }

    /// Brings the parts' own settings in line.
    func apply(to configuration: inout StationConfiguration) {
        configuration.controller.telemetryPeriodSeconds = Double(telemetryMilliseconds) / 1000
        configuration.controller.commandValidSeconds = commandValidSeconds
        configuration.link.heartbeatNanoseconds = Int64(heartbeatMilliseconds) * 1_000_000
        configuration.link.lateNanoseconds = WireLimits.lateMilliseconds * 1_000_000
        guard let pace = configuration.pace else { return }
        // What is commanded at a tick reaches vehicles that are up to a window ahead of it.
        configuration.controller.commandLatencySeconds = windowSeconds
        let patience = min(pace.rate, 1200) / 4
        configuration.controller.droneLostSeconds = max(configuration.controller.droneLostSeconds, patience)
        configuration.controller.truckLostSeconds = max(configuration.controller.truckLostSeconds, patience)
        configuration.controller.reconcileSeconds = max(configuration.controller.reconcileSeconds, patience)
        configuration.controller.contingencyExpectedSeconds =
            Double(linkLostMilliseconds) / 1000 + configuration.controller.contingencyExpectedSeconds
        configuration.link.lateNanoseconds += Int64(patience * 4e9)
        // Vehicles live up to one window ahead of the ticks.
        configuration.link.futureNanoseconds += Int64(windowSeconds * 2e9)
    }
}
