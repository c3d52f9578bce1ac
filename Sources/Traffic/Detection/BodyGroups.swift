/// Horizontal box of a group's bodies over the whole lookahead, metres.
struct GroupBox {
    var minX = Double.infinity
    var maxX = -Double.infinity
    var minY = Double.infinity
    var maxY = -Double.infinity
}

/// Bodies of one class that move about as fast: contiguous in every sorted list.
struct BodyGroup {
    var first = 0
    var count = 0
    var box = GroupBox()
    var fastest = 0.0
    var fastestClimb = 0.0
    var largestAddedRadius = 0.0
    var largestAddedHeight = 0.0
    /// Over the whole lookahead.
    var minZ = Double.infinity
    var maxZ = -Double.infinity
}

/// Which body is in which group, and what the groups measure.
final class BodyGroups {
    /// By speed, and one for those who have conflicts enough (`DetectionLimits.conflictsPerBody`).
    static let bands = 5
    static let settledBand = 4
    static let groups = PairVolumes.classes * bands
    /// The group of a body with absurd numbers, which is in none.
    static let refused = 255

    /// Group of each body of the table.
    private(set) var groupOf: UnsafeMutablePointer<UInt8>
    private var capacity = 0
    let table: UnsafeMutablePointer<BodyGroup>
    /// Bodies that are in a group.
    private(set) var count = 0
    private(set) var settled = 0
    /// Middle of all ways within the lookahead, and the largest coordinate about it.
    private(set) var center = (x: 0.0, y: 0.0, z: 0.0)
    private(set) var extent = 0.0

    init() {
        groupOf = .allocate(capacity: 1)
        table = .allocate(capacity: Self.groups)
        table.initialize(repeating: BodyGroup(), count: Self.groups)
    }

    deinit {
        groupOf.deallocate()
        table.deallocate()
    }

    var memoryBytes: Int { capacity }

    func reserve(_ bodies: Int) {
        guard bodies > capacity else { return }
        capacity = bodies + bodies / 16 + 64
        groupOf.deallocate()
        groupOf = .allocate(capacity: capacity)
    }

    /// Which band: by how far a body may be from where it is seen in ten seconds. A fast or badly known body must
    /// not make everybody else search far, nor count with a larger volume.
    @inline(__always)
    private static func band(_ speed: Double, _ body: Body) -> Int {
        let way = 10 * speed + body.addedRadiusMeters
        let isVague = body.addedRadiusMeters > 20 || body.addedHeightMeters > 15
        let band = (way > 40 ? 1 : 0) &+ (way > 300 ? 1 : 0) &+ (way > 1200 ? 1 : 0)
        return isVague && band < 2 ? 2 : band
    }

    /// Puts body `i` with those that have conflicts enough; `measure` must follow. False if it was there.
    @inline(__always)
    func settle(_ i: Int) -> Bool {
        let g = Int(groupOf[i])
        guard g < Self.refused, g % Self.bands != Self.settledBand else { return false }
        groupOf[i] = UInt8(truncatingIfNeeded: g / Self.bands * Self.bands + Self.settledBand)
        return true
    }

    /// Puts each body into its group and measures the groups.
    /// - Parameter keepsSettled: who is settled remains so.
    func measure(_ bodies: BodyTable, lookahead: Double, keepsSettled: Bool) {
        table.update(repeating: BodyGroup(), count: Self.groups)
        let (list, classes, groupOf, table) = (bodies.bodies, bodies.classes, groupOf, table)
        var refused = 0
        var i = 0
        while i < bodies.count {
            let body = list[i]
            guard body.isSound else {
                groupOf[i] = UInt8(truncatingIfNeeded: Self.refused)
                refused &+= 1
                i &+= 1
                continue
            }
            let m = body.motion
            let speed = (m.vx * m.vx + m.vy * m.vy).squareRoot()
            var g = Int(classes[i].rawValue) &* Self.bands
            if keepsSettled && Int(groupOf[i]) == g &+ Self.settledBand {
                g &+= Self.settledBand
            } else {
                g &+= Self.band(speed, body)
            }
            groupOf[i] = UInt8(truncatingIfNeeded: g)
            let group = table + g
            group.pointee.count &+= 1
            let climb = m.vz.magnitude
            let (endX, endY) = (m.x + m.vx * lookahead, m.y + m.vy * lookahead)
            group.pointee.fastest = Self.larger(speed, group.pointee.fastest)
            group.pointee.fastestClimb = Self.larger(climb, group.pointee.fastestClimb)
            group.pointee.largestAddedRadius = Self.larger(
                body.addedRadiusMeters, group.pointee.largestAddedRadius)
            group.pointee.box.minX = Self.smaller(Self.smaller(m.x, endX), group.pointee.box.minX)
            group.pointee.box.maxX = Self.larger(Self.larger(m.x, endX), group.pointee.box.maxX)
            group.pointee.box.minY = Self.smaller(Self.smaller(m.y, endY), group.pointee.box.minY)
            group.pointee.box.maxY = Self.larger(Self.larger(m.y, endY), group.pointee.box.maxY)
            let endZ = m.z + m.vz * lookahead
            group.pointee.minZ = Self.smaller(Self.smaller(m.z, endZ), group.pointee.minZ)
            group.pointee.maxZ = Self.larger(Self.larger(m.z, endZ), group.pointee.maxZ)
            group.pointee.largestAddedHeight = Self.larger(
                body.addedHeightMeters, group.pointee.largestAddedHeight)
            i &+= 1
        }
        count = bodies.count - refused
        sum()
    }

    /// Where each group begins, and the box around all.
    private func sum() {
        var (lowZ, highZ) = (Double.infinity, -Double.infinity)
        var all = GroupBox()
        var first = 0
        settled = 0
        for g in 0..<Self.groups where table[g].count > 0 {
            table[g].first = first
            first += table[g].count
            if g % Self.bands == Self.settledBand { settled += table[g].count }
            let box = table[g].box
            all.minX = min(all.minX, box.minX)
            all.minY = min(all.minY, box.minY)
            all.maxX = max(all.maxX, box.maxX)
            all.maxY = max(all.maxY, box.maxY)
            lowZ = min(lowZ, table[g].minZ)
            highZ = max(highZ, table[g].maxZ)
        }
        guard count > 0 else { return }
        center = (0.5 * (all.minX + all.maxX), 0.5 * (all.minY + all.maxY), 0.5 * (lowZ + highZ))
        extent = max(all.maxX - center.x, max(all.maxY - center.y, highZ - center.z))
    }

    // One instruction each; the library's handle NaN, which is not here.
    @inline(__always)
    private static func smaller(_ a: Double, _ b: Double) -> Double { a < b ? a : b }
    @inline(__always)
    private static func larger(_ a: Double, _ b: Double) -> Double { a > b ? a : b }
}
