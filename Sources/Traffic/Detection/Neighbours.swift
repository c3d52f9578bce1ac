extension ConflictDetector {
    /// How far apart two bodies without additions may be and still meet within the lookahead, neither faster than
    /// `fastest` (m/s, horizontally).
    public func reachMeters(fastest: Double) -> Double {
        var reach = 0.0
        for i in 0..<(PairVolumes.classes * PairVolumes.classes) where rules[i].isActive {
            reach = max(reach, rules[i].radius + 2 * fastest * (rules[i].horizon + rules[i].leadSeconds))
        }
        return reach
    }

    /// All bodies that can come into conflict with body `i` of the last run's table within `seconds`, however it
    /// and they turn, as long as it keeps below `fastest` (m/s, horizontally) and they below their present speed.
    /// Writes their indices, in no useful order but always the same, into `out`.
    /// - Returns: how many there are; those beyond `out.count` are not written.
    /// - Complexity: O(bodies in reach).
    public func neighbours(
        of i: Int, _ table: BodyTable, within seconds: Double, fastest: Double,
        into out: UnsafeMutableBufferPointer<Int32>
    ) -> Int {
        guard i >= 0, i < table.count, seconds >= 0, fastest >= 0, fastest.isFinite, groups.count > 0 else {
            return 0
        }
        let body = table.bodies[i]
        guard body.isSound else { return 0 }
        let kind = Int(table.classes[i].rawValue)
        let middle = slices[0].middleSeconds
        let x = body.motion.x - groups.center.x
        let y = body.motion.y - groups.center.y
        var found = 0
        for g in 0..<BodyGroups.groups where groups.table[g].count > 0 {
            let rule = rules[kind * PairVolumes.classes + g / BodyGroups.bands]
            guard rule.isActive else { continue }
            let group = groups.table[g]
            let window = seconds + rule.leadSeconds
            let distance = rule.radius + body.addedRadiusMeters
            // The grid has bodies where they are at the first slice's middle.
            let reach =
                distance + group.largestAddedRadius + window * fastest + (window + middle) * group.fastest
                + groups.extent * 0x1p-20
            let shape = firstGrid.shapes[g]
            let low = shape.cell(Float(x - reach), Float(y - reach)) - shape.firstCell
            let high = shape.cell(Float(x + reach), Float(y + reach)) - shape.firstCell
            let columns = Int(shape.columns)
            var row = low / columns
            while row <= high / columns {
                let base = shape.firstCell + row * columns
                var at = Int(firstGrid.cells[base + low % columns])
                let to = Int(firstGrid.cells[base + high % columns + 1])
                while at < to {
                    let j = firstGrid.place[at]
                    at &+= 1
                    if Int(j) == i { continue }
                    let other = table.bodies[Int(j)]
                    let m = other.motion
                    let speed = (m.vx * m.vx + m.vy * m.vy).squareRoot()
                    let near = distance + other.addedRadiusMeters + window * (fastest + speed)
                    let (dx, dy) = (m.x - body.motion.x, m.y - body.motion.y)
                    if dx * dx + dy * dy < near * near {
                        if found < out.count { out[found] = j }
                        found &+= 1
                    }
                }
                row += 1
            }
        }
        return found
    }
}
