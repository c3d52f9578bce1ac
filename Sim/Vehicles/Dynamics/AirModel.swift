/// How one kind of aircraft moves: the constants of its kernel and the kernel.
public protocol AirModel: Sendable {
    /// What the autopilot may ask for.
    var envelope: FlightEnvelope { get }
    var emptyMassKilograms: Float { get }
    var maximumPayloadKilograms: Float { get }
    var batteryJoules: Double { get }
    /// Advances eight aircraft; `first` counts steps since the fleet was made.
    func advance(_ block: UnsafeMutableRawPointer, first: UInt64, steps: Int)
}

/// Limits a commanded motion is cut to.
public struct FlightEnvelope: Sendable, Equatable {
    public var maximumSpeed: Float
    public var maximumClimb: Float
    public var maximumDescent: Float
}

/// What turns a wanted velocity into a wanted acceleration and heading: shared by all aircraft that hover.
struct VelocityLoop: Sendable {
    var acceleration: Float
    var verticalAcceleration: Float
    var gain: Float
    var integralGain: Float
    /// Drag per mass at 1 m/s, 1/m, of the empty vehicle: fed forward.
    var drag: Float

    static let referenceGain: Float = 1
    static let learntLimit: Float = 6

    /// The reference runs ahead with limited acceleration, the loop keeps the body on it and learns what drag
    /// and wind take. The integral of the velocity error is the place: with zero wanted, the vehicle holds it.
    @inline(__always) func acceleration(_ s: inout AirLanes) -> Space {
        let dt = AirframeLimits.seconds
        var ahead = (s.wanted - s.reference) * Self.referenceGain
        let size2 = ahead.x * ahead.x + ahead.y * ahead.y
        let scale = lesser(acceleration * reciprocalRoot(greater(size2, 1e-12)), 1)
        ahead.x *= scale
        ahead.y *= scale
        ahead.z = limit(ahead.z, verticalAcceleration)
        s.reference = s.reference + ahead * dt
        let error = s.reference - s.velocity
        let flying = (s.contact .== 0) .& (s.engaged .!= 0)
        let next = s.learnt + error * (integralGain * dt)
        s.learnt.x = select(flying, limit(next.x, Self.learntLimit), .zero)
        s.learnt.y = select(flying, limit(next.y, Self.learntLimit), .zero)
        s.learnt.z = select(flying, limit(next.z, Self.learntLimit), .zero)
        let pull = drag * root(s.reference.dot(s.reference))
        return ahead + error * gain + s.learnt + s.reference * pull
    }

    /// Points the wanted heading along the track where nothing else is asked and the track is clear.
    @inline(__always) func heading(_ s: inout AirLanes) {
        let speed2 = s.reference.x * s.reference.x + s.reference.y * s.reference.y
        let follow = (s.alongTrack .!= 0) .& (speed2 .> 1)
        let scale = reciprocalRoot(greater(speed2, 1))
        s.headingEast = select(follow, s.reference.x * scale, s.headingEast)
        s.headingNorth = select(follow, s.reference.y * scale, s.headingNorth)
    }
}
