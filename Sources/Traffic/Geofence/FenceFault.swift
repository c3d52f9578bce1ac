/// Why something is no fence. Rings are numbered from 0 (the outline; holes follow), edges and vertices from 0: edge i
/// runs from vertex i to the next.
public enum FenceFault: Error, Hashable, Sendable, CustomStringConvertible {
    case tooFewVertices(ring: Int, count: Int)
    case tooManyVertices(count: Int, limit: Int)
    case coordinateOutOfRange(ring: Int, vertex: Int)
    case edgesIntersect(ring: Int, edge: Int, otherRing: Int, otherEdge: Int)
    case holeOutside(ring: Int)
    case holeInHole(ring: Int, otherRing: Int)
    case circleOutOfRange
    case bandOutOfRange
    case bandEmpty
    case windowEmpty(index: Int)
    case tooManyWindows(count: Int, limit: Int)
    case tooManyFences(count: Int, limit: Int)
    case missingGround
    case missingGeoid

    public var description: String {
        switch self {
        case .tooFewVertices(let ring, let count):
            "\(Self.name(ring)) needs at least 3 different vertices, has \(count)"
        case .tooManyVertices(let count, let limit):
            "has \(count) vertices, at most \(limit) are taken: simplify the outline or split the fence"
        case .coordinateOutOfRange(let ring, let vertex):
            "vertex \(vertex) of \(Self.name(ring)) is not finite or not within 1,000 km of the origin"
        case .edgesIntersect(let ring, let edge, let otherRing, let otherEdge):
            "edge \(edge) of \(Self.name(ring)) and edge \(otherEdge) of \(Self.name(otherRing)) meet"
        case .holeOutside(let ring): "\(Self.name(ring)) is not inside the outline"
        case .holeInHole(let ring, let other): "\(Self.name(ring)) is inside \(Self.name(other))"
        case .circleOutOfRange:
            "a circle needs a finite centre within 1,000 km of the origin and a radius of 0 to 500,000 m"
        case .bandOutOfRange: "altitude limits must be within 100,000 m of zero, or left out"
        case .bandEmpty: "the floor is above the ceiling"
        case .windowEmpty(let index): "time window \(index) ends before it starts"
        case .tooManyWindows(let count, let limit): "has \(count) time windows, at most \(limit) are taken"
        case .tooManyFences(let count, let limit): "there are \(count) fences, at most \(limit) are taken"
        case .missingGround: "limits above ground need the lowest and highest ground below the fence"
        case .missingGeoid: "limits above the ellipsoid need the height of the geoid there"
        }
    }

    private static func name(_ ring: Int) -> String { ring == 0 ? "the outline" : "hole \(ring - 1)" }
}
