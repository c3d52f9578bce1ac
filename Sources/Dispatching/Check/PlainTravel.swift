import Glibc

/// Travel as `TravelMode` defines it, written out plainly and apart from what the search uses.
struct PlainTravel {
    struct Way: Hashable {
        var millimeters: Int64
        var milliseconds: Int64
        /// Before it is rounded to whole millimetres.
        var plainMillimeters: Double
    }

    let locations: [Location]

    /// Nil where no way leads.
    func way(_ mode: TravelMode, _ from: Int, _ to: Int) -> Way? {
        switch mode.way {
        case .straight(let radius): straight(mode, radius, locations[from], locations[to])
        case .road(let table): from == to ? Way(0, 0) : road(table, locations[from], locations[to])
        }
    }

    private func straight(_ mode: TravelMode, _ radius: Double, _ a: Location, _ b: Location) -> Way? {
        let (dx, dy, dz) = (b.x - a.x, b.y - a.y, b.z - a.z)
        let chord = (dx * dx + dy * dy + dz * dz).squareRoot()
        // The arc of a great circle over a chord c is 2 R asin(c / 2R).
        let plain = radius > 0 ? 2 * radius * asin(min(chord / (2 * radius), 1)) : chord
        guard plain.isFinite, plain < 2 * DispatchLimits.farthestMillimeters else { return nil }
        // Another formula for the arc may differ in its last digit: a millionth of a millimetre decides nothing.
        let exact = radius > 0 ? max(plain - 1e-6, 0) : plain
        let quantum = Double(mode.quantumMillimeters)
        let quanta = (exact / quantum).rounded(mode.roundsDown ? .down : .up)
        let millimeters = Int64(quanta) * mode.quantumMillimeters
        let far = mode.quantumMillimeters == 1 && !mode.roundsDown ? plain : Double(millimeters)
        if mode.wind == SIMD3() || chord == 0 {
            // A pace of `unitPace` is a millisecond a millimetre; rounded up.
            let unit = Int128(TravelMode.unitPace)
            let milliseconds = (Int128(millimeters) * Int128(mode.pace) + unit - 1) / unit
            guard milliseconds < Int128(DispatchLimits.latestMilliseconds) else { return nil }
            return Way(millimeters, held(milliseconds), far)
        }
        // Over the ground it makes good the chord d in time t when |d - w t| = v t, with v the airspeed and w the
        // wind: (v^2 - w^2) t^2 + 2 (w d) t - d^2 = 0. The arc takes longer as it is longer.
        let airspeed = 1000 * Double(TravelMode.unitPace) / Double(mode.pace)
        let wind = mode.wind
        let along = wind.x * dx + wind.y * dy + wind.z * dz
        let room = airspeed * airspeed - wind.x * wind.x - wind.y * wind.y - wind.z * wind.z
        guard room > 0 else { return nil }
        let seconds = ((along * along + room * chord * chord).squareRoot() - along) / room
        let milliseconds = (1000 * seconds * plain / chord * (1 - 1e-12) - 1e-6).rounded(.up)
        guard milliseconds < Double(DispatchLimits.latestMilliseconds) else { return nil }
        return Way(millimeters, max(Int64(milliseconds), 0), far)
    }

    /// The least time, then the least distance, over the nodes by which both places lie.
    private func road(_ table: RoadTable, _ a: Location, _ b: Location) -> Way? {
        var best: Way?
        for leave in a.roads {
            for reach in b.roads {
                let cell = leave.node * table.nodes + reach.node
                guard table.milliseconds[cell] < DispatchLimits.latestMilliseconds,
                    table.millimeters[cell] < DispatchLimits.latestMilliseconds
                else { continue }
                let way = Way(
                    leave.millimeters + table.millimeters[cell] + reach.millimeters,
                    leave.milliseconds + table.milliseconds[cell] + reach.milliseconds)
                guard let old = best else {
                    best = way
                    continue
                }
                if (way.milliseconds, way.millimeters) < (old.milliseconds, old.millimeters) { best = way }
            }
        }
        return best
    }

}

extension PlainTravel.Way {
    fileprivate init(_ millimeters: Int64, _ milliseconds: Int64, _ plain: Double? = nil) {
        self.init(
            millimeters: millimeters, milliseconds: milliseconds,
            plainMillimeters: plain ?? Double(millimeters))
    }
}
