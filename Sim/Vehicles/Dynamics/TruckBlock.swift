/// All that changes about eight trucks. Body axes are forward and left; angles grow anticlockwise.
struct TruckBlock: LaneBlock {
    var singles = TruckLanes()
    var doubles = AirPlaces()

    func isParked(_ lane: Int) -> Bool {
        singles.engaged[lane] == 0 && singles.speed[lane] == 0 && singles.yawRate[lane] == 0
    }
}

struct TruckLanes {
    /// Forward and sideways speed of the tractor's centre of mass, m/s; its yaw rate and the trailer's, rad/s.
    var speed = Lanes.zero
    var sideways = Lanes.zero
    var yawRate = Lanes.zero
    var trailerRate = Lanes.zero
    /// Direction of the tractor, and of the trailer as seen from it: cosine and sine.
    var directionEast = Lanes.zero
    var directionNorth = Lanes(repeating: 1)
    var foldCosine = Lanes(repeating: 1)
    var foldSine = Lanes.zero
    var jackknifed = Lanes.zero

    var steer = Lanes.zero
    var drive = Lanes.zero
    var brake = Lanes.zero
    /// Brakes above the air around them, K.
    var brakeHeat = Lanes.zero
    var drained = Lanes.zero

    var engaged = Lanes.zero
    var emergency = Lanes.zero
    var wantedSpeed = Lanes.zero
    var wantedCurvature = Lanes.zero
    var byHeading = Lanes.zero
    var headingEast = Lanes.zero
    var headingNorth = Lanes(repeating: 1)

    /// Sine of the road's rise ahead, and the friction coefficient below the tyres.
    var grade = Lanes.zero
    var friction = Lanes(repeating: 0.75)
    var brakeHealth = Lanes(repeating: 1)

    // Trailer with its freight: mass, moment about the hitch, and what follows from them.
    var trailerMass = Lanes.zero
    var trailerLateralMass = Lanes.zero
    var trailerMoment = Lanes.zero
    var trailerInverseInertia = Lanes.zero
    var trailerAxleShare = Lanes.zero
    // Vertical loads at rest, N.
    var frontLoad = Lanes(repeating: 1)
    var rearLoad = Lanes(repeating: 1)
    var trailerLoad = Lanes(repeating: 1)
}
