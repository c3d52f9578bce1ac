import World

/// A place where vehicles stand, charge and return to.
public struct Base: Hashable, Sendable, Codable {
    public var stop: Stop
    /// Kinds that may use it.
    public var kinds: [VehicleKind]
    public init(stop: Stop, kinds: [VehicleKind]) {
        self.stop = stop
        self.kinds = kinds
    }
}

/// Every threshold of the controller, with its unit in the name. The same configuration, snapshot and inputs
/// give the same effects; so it belongs to what is recorded for a replay.
public struct ControllerConfiguration: Hashable, Sendable, Codable {
    // Link.
    /// Seconds between two telemetry messages of a vehicle, as told in Welcome. Default 0.1 (10 Hz).
    public var telemetryPeriodSeconds = 0.1
    /// Silence of this many periods makes a link late. Default 2.5.
    public var latePeriods = 2.5
    /// Silence after which a drone's link is lost, never less than 4 periods. Default 5 s.
    public var droneLostSeconds = 5.0
    /// The same for a truck. Default 3 s.
    public var truckLostSeconds = 3.0
    /// Fresh telemetry for this long makes a regained link live again. Default 3 s.
    public var regainedSeconds = 3.0
    /// Silence after which a vehicle is taken to fly or drive its contingency: its own limit and the time it
    /// then holds. Default 15 s.
    public var contingencyExpectedSeconds = 15.0
    /// Silence after which freight that is not picked up yet goes to another vehicle. Default 600 s.
    public var abandonSeconds = 600.0
    /// Silence after which freight on board counts as lost. Default 7,200 s.
    public var writeOffSeconds = 7200.0
    /// After a reconnection, how long reports of what happened meanwhile may come in before a mission the
    /// vehicle no longer holds is given up. Default 5 s.
    public var reconcileSeconds = 5.0

    // Trust.
    /// Worse 95 % accuracy than this makes a position untrusted. Default 2,500 cm.
    public var trustedAccuracyCentimeters: UInt16 = 2500

    // Commands and missions.
    /// A command is void this long after it was issued. Default 30 s.
    public var commandValidSeconds = 30.0
    /// After a failed upload or start a vehicle gets no new mission for this long. Default 30 s.
    public var backoffSeconds = 30.0
    /// A vehicle leaves for a pickup so as to be there this long before the freight is ready. Default 300 s.
    public var dispatchLeadSeconds = 300.0
    /// Orders are planned from this long before they are ready. Default 14,400 s.
    public var planAheadSeconds = 14_400.0
    /// An order may be delivered later than the earliest that anybody could, when that saves way: by this share of the
    /// time until then, and this much on top. Defaults 0.1 and 120 s.
    public var promiseSlackShare = 0.1
    public var promiseSlackSeconds = 120.0
    /// Steps of improvement of the plan in one tick. Default 4.
    public var improveStepsPerTick = 4
    /// Standing time to load or unload a drone, a truck. Defaults 60 s and 900 s.
    public var droneHandlingSeconds = 60.0
    public var truckHandlingSeconds = 900.0
    /// An idle vehicle away from its home goes there after this long. Default 300 s.
    public var idleReturnSeconds = 300.0
    /// An aborted drone hovers at most this long before it is sent home. Default 30 s.
    public var idleHoverSeconds = 30.0
    /// One that cannot go anywhere lands where it is with this share of its energy left. Default 0.15.
    public var hoverLandShare = 0.15
    /// An order that this many missions could not pick up has failed. Default 12.
    public var attemptsMax = 12
    /// In one tick at most so many orders are put in the plan, and so many missions made; the rest waits for the next
    /// tick. Default 32.
    public var plansPerTick = 32
    /// Whether a flight must be clear of the others under way before it is started. Default true.
    public var checksDepartures = true

    // Energy.
    /// Kept on top of everything a mission needs, as a share of it. Default 0.2.
    public var energyReserveShare = 0.2
    /// What a drone uses without freight, as a share of what it uses fully laden. Default 0.75, on the safe side:
    /// hovering power goes with the weight to the power of one and a half.
    public var emptyConsumptionShare = 0.75
    /// Below this share of its capacity an idle vehicle is sent home to charge. Default 0.35.
    public var chargeBelowShare = 0.35
    /// Beside the time of climb and descent, a take-off and landing costs as much as flying this far. Default 200 m.
    public var takeoffAndLandingMeters = 200.0

    // Flight.
    /// Least height above the highest ground below a leg. Default 60 m.
    public var terrainClearanceMeters = 60.0
    /// Distance between two altitude layers; four courses take turns. Default 30 m.
    public var layerSpacingMeters = 30.0
    /// Climb and descent used for estimates. Defaults 3 and 2 m/s.
    public var climbMetersPerSecond = 3.0
    public var descentMetersPerSecond = 2.0
    /// Distance between two landing spots of one stop. Default 90 m.
    public var padSpacingMeters = 90.0
    /// Average of a truck over its whole way when the road gives no time. Default 17 m/s (61 km/h).
    public var truckMetersPerSecond = 17.0
    /// Roads are this much longer than the straight line, for planning. Default 1.3.
    public var roadDetourFactor = 1.3
    /// Largest deviation of a thinned truck route from the road's shape. Default 25 m.
    public var routeToleranceMeters = 25.0
    /// Points of one route at most, so that two routes and their stops fit a mission of the wire (2,048 items);
    /// beyond it the tolerance doubles until they fit. Default 900.
    public var routePointsMax = 900
    /// A charger farther than this from a truck's route is not considered. Default 5,000 m.
    public var chargerDetourMeters = 5000.0
    /// What a truck takes on board per second at a base, for estimates. Default 350 kW.
    public var truckChargeKilowatts = 350.0
    /// Charging stops end at this share of the capacity. Default 0.9.
    public var chargeToShare = 0.9
    /// Nearer than this to a base a vehicle counts as standing at it and charges there. Default 1,000 m.
    public var atBaseMeters = 1000.0

    // Separation.
    /// Two airborne drones closer than both are a loss of separation. Defaults 50 m and 20 m.
    public var separationHorizontalMeters = 50.0
    public var separationVerticalMeters = 20.0
    /// Closer than both to a truck a drone is not flown, but to take off beside one that stands. Defaults 30 m and 15 m.
    public var overTruckHorizontalMeters = 30.0
    public var overTruckVerticalMeters = 15.0
    /// No landing spot is chosen so near to where a truck stands or is about to. Default 65 m.
    public var padToTruckMeters = 65.0
    /// A drone waits this long for a truck to leave its landing spot, then returns. Default 120 s.
    public var padWaitSeconds = 120.0
    /// Added to both when looking ahead. Defaults 5 m and 1 m.
    public var conflictMarginHorizontalMeters = 5.0
    public var conflictMarginVerticalMeters = 1.0
    /// From a tick until what it commands takes effect. Default 0.3 s.
    public var commandLatencySeconds = 0.3
    /// How far ahead conflicts are resolved, and how far ahead they are found. Defaults 20 s and 60 s.
    public var conflictHorizonSeconds = 20.0
    public var conflictLookaheadSeconds = 60.0
    /// A manoeuvre lasts this long, then the drone holds by itself; it is told again before. Default 30 s.
    public var manoeuvreSeconds = 30.0
    /// And is flown for at least this long. Default 8 s.
    public var manoeuvreLeastSeconds = 8.0
    /// How hard drones change their velocity. Default 2 m/s2.
    public var accelerationMetersPerSecondSquared = 2.0
    /// Manoeuvres go at most this far above what the mission asks for. Default 100 m.
    public var climbOverMeters = 100.0
    /// After a manoeuvre a drone is back on its way within this. Default 60 s.
    public var returnToWaySeconds = 60.0

    /// What is left of a flight is compared with the zones this often. Default 5 s.
    public var zoneLookSeconds = 5.0

    // Crewed aircraft.
    /// As many are kept, those seen last. Default 2,000.
    public var surveillanceContacts = 2000
    /// Not seen for so long, one is forgotten; until then it is taken to fly on. Default 60 s.
    public var surveillanceSeconds = 60.0
    /// Whether drones keep out of their way; alerts are given in any case. Default true.
    public var avoidsCrewed = true
    /// How often a drone near one thinks over where to go, and how many do so in one tick. Defaults 1 s and 100.
    public var avoidanceSeconds = 1.0
    public var avoidanceDecisions = 100

    // Trucks on roads.
    /// From a command to a truck's brakes; telemetry and tick add four periods. Default 0.8 s.
    public var truckReactionSeconds = 0.8
    /// What a laden truck's brakes do for certain when it is told to hold. Default 0.9 m/s2.
    public var truckBrakingMetersPerSecondSquared = 0.9
    /// How long a truck that hears nothing drives on before it stops at the road side by itself. Default 5 s.
    public var truckCutOffSeconds = 5.0
    /// Length with trailer, and the distance at which trucks stand apart. Defaults 16.5 and 5 m.
    public var truckLengthMeters = 16.5
    public var truckMarginMeters = 5.0
    /// A truck told to be slower gets faster again when it could have been for this long. Default 4 s.
    public var roadRaiseSeconds = 4.0
    /// A truck that waits this long on the road is told to the operator, and again after twice the time. Default 180 s.
    public var roadWaitToldSeconds = 180.0
    /// A truck without a mission that stands this long stands at the road side. Default 10 s.
    public var roadSideSeconds = 10.0

    // Departures.
    /// How far a flight may be ahead of or behind its plan and still be clear of the others, at the start, and
    /// the share of the time since then that is added. Defaults 20 s and 0.05.
    public var timingSlackSeconds = 20.0
    public var timingSlackShare = 0.05
    /// A departure waits at most this long for others to be clear, in steps. Defaults 300 s and 20 s.
    public var departureDelaySeconds = 300.0
    public var departureStepSeconds = 20.0
    /// Added to the separation for these looks ahead: more than tactical separation adds, or what was planned would be
    /// resolved again; with it, spots of one stop (`padSpacingMeters`) and layers must still be apart. Defaults 35 m
    /// and 8 m.
    public var departureMarginMeters = 35.0
    public var departureMarginVerticalMeters = 8.0
    /// The intent of a flight is made anew this often, for the drift of its clock. Default 20 s.
    public var intentSeconds = 20.0

    // Conformance.
    /// A deviation is acted upon when it has lasted this long. Default 3 s.
    public var deviationSeconds = 3.0
    /// Held this long for a deviation that does not end, a vehicle is sent to its contingency. Default 120 s.
    public var deviationContingencySeconds = 120.0
    /// A vehicle that is heard but does not hold its mission any more loses it after this long. Default 30 s.
    public var lostMissionSeconds = 30.0
    /// A vehicle that goes on doing otherwise is told again after this long. Default 12 s.
    public var sayAgainSeconds = 12.0
    /// An upload without any result is repeated after this long. Default 90 s.
    public var uploadSeconds = 90.0
    /// Distance from the planned leg: told to the operator, then answered with a hold. Drones: 100 and 400 m.
    public var droneDeviationMeters = 100.0
    public var droneDeviationHoldMeters = 400.0
    /// Trucks: 500 and 3,000 m.
    public var truckDeviationMeters = 500.0
    public var truckDeviationHoldMeters = 3000.0
    /// Height from the planned leg. Default 40 m.
    public var altitudeDeviationMeters = 40.0
    /// Whether a large deviation stops the vehicle. Default true.
    public var holdWhenFarOff = true
    /// Seconds behind the plan that are told. Default 600 s.
    public var behindPlanSeconds = 600.0

    // Bounds of what is believed.
    /// Heaviest freight that can be asked for. Default 60,000,000 g.
    public var heaviestOrderGrams: UInt32 = 60_000_000
    /// Furthest ready or due time from now. Default 30 days.
    public var orderHorizonSeconds = 2_592_000.0

    /// Where vehicles may return to, beside the place each was first seen parked at.
    public var bases: [Base] = []

    public init() {}

    func lostSeconds(flies: Bool) -> Double {
        max(flies ? droneLostSeconds : truckLostSeconds, 4 * telemetryPeriodSeconds)
    }
}
