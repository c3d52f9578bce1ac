import World

/// Where the drones of a dense-flow run begin and where each wants to go: metres east, north and up, metres a second.
/// The border is open: who leaves the square flies on.
public struct FlowWorld: Sendable {
    public var x: [Double] = []
    public var y: [Double] = []
    public var z: [Double] = []
    /// Wanted velocity, constant; drones begin with it. The wanted altitude is the first one.
    public var wantedX: [Double] = []
    public var wantedY: [Double] = []

    public var count: Int { x.count }

    public init() {}

    public mutating func append(x: Double, y: Double, z: Double, wantedX: Double, wantedY: Double) {
        self.x.append(x)
        self.y.append(y)
        self.z.append(z)
        self.wantedX.append(wantedX)
        self.wantedY.append(wantedY)
    }

    /// Altitudes of a generated city, metres. The height of the band sets how often drones meet: without avoidance a
    /// pair loses 30 m about 68 times in a flight hour at 100 drones a square kilometre.
    public static let altitudes = 60.0...180.0
    /// Speed of every drone of a generated city.
    public static let speedMetersPerSecond = 20.0
    /// No two drones of a generated city begin nearer than this,
    public static let initialSeparationMeters = 60.0
    /// and none would lose separation within this time if all flew straight on: a start that no planner could save
    /// would say nothing about planners.
    public static let initialSeconds = 5.0

    /// A city: drones uniform over a square of side sqrt(count / density) km and over `altitudes`, directions uniform.
    /// A place or direction that does not go with those of earlier drones is drawn again, at most 400 times.
    public static func city(drones: Int, perSquareKilometer density: Double, seed: UInt64) -> FlowWorld {
        var random = SplitMix64(seed: seed)
        let side = (Double(drones) / density).squareRoot() * 1000
        let reach = FlowRules.separationMeters + 2 * speedMetersPerSecond * initialSeconds
        let cell = max(reach, side / 512)
        let columns = Int(side / cell) + 1
        var cells = [[Int]](repeating: [], count: columns * columns)
        var world = FlowWorld()
        for drone in 0..<drones {
            var place = (x: 0.0, y: 0.0, z: 0.0, vx: 0.0, vy: 0.0, column: 0, row: 0)
            for _ in 0..<400 {
                let (x, y) = (random.unit() * side, random.unit() * side)
                let z = altitudes.lowerBound + random.unit() * (altitudes.upperBound - altitudes.lowerBound)
                let direction = random.unit() * 2 * .pi
                let (vx, vy) = (
                    speedMetersPerSecond * cosine(direction), speedMetersPerSecond * sine(direction)
                )
                place = (x, y, z, vx, vy, min(Int(x / cell), columns - 1), min(Int(y / cell), columns - 1))
                var isFree = true
                for row in max(place.row - 1, 0)...min(place.row + 1, columns - 1) {
                    for column in max(place.column - 1, 0)...min(place.column + 1, columns - 1) {
                        for other in cells[row * columns + column]
                        where !world.begins(other, apartFrom: (x, y, z, vx, vy)) { isFree = false }
                    }
                }
                if isFree { break }
            }
            world.append(
                x: place.x, y: place.y, z: place.z, wantedX: place.vx, wantedY: place.vy)
            cells[place.row * columns + place.column].append(drone)
        }
        return world
    }

    /// Whether drone `i` and a new one begin far enough apart and stay so for the first seconds.
    private func begins(_ i: Int, apartFrom new: (x: Double, y: Double, z: Double, vx: Double, vy: Double))
        -> Bool
    {
        let (dx, dy, dz) = (new.x - x[i], new.y - y[i], new.z - z[i])
        guard dx * dx + dy * dy + dz * dz >= Self.initialSeparationMeters * Self.initialSeparationMeters
        else {
            return false
        }
        let (ux, uy) = (new.vx - wantedX[i], new.vy - wantedY[i])
        let speed = ux * ux + uy * uy
        let time = speed > 0 ? min(max(-(dx * ux + dy * uy) / speed, 0), Self.initialSeconds) : 0
        let (mx, my) = (dx + ux * time, dy + uy * time)
        return mx * mx + my * my + dz * dz >= FlowRules.separationMeters * FlowRules.separationMeters
    }
}
