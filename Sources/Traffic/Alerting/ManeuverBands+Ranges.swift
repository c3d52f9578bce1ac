import Glibc

extension ManeuverBands {
    /// The course over ground, degrees, 0 ..< 360; 0 at rest.
    private var courseDegrees: Double {
        guard own.isFinite, own.vx != 0 || own.vy != 0 else { return 0 }
        let degrees = atan2(own.vx, own.vy) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }

    /// The region of a direction, degrees from north over east, after `compute`.
    public func region(directionDegrees: Double) -> BandRegion {
        guard directionDegrees.isFinite else { return .none }
        let base = cells + Int(BandKind.direction.rawValue) * BandSteps.capacity
        var offset = (directionDegrees - courseDegrees + 180).truncatingRemainder(dividingBy: 360)
        if offset < 0 { offset += 360 }
        let cell = min(359, max(0, Int(offset)))
        // Free ranges are closed, with the tolerance that DAIDALUS gives their ends: 2^40 units in the last place of
        // the direction in radians. So close to the border of two cells the better one counts.
        let tolerance = (directionDegrees * .pi / 180).ulp * 0x1p40 * 180 / .pi
        let into = offset - Double(cell)
        if into <= tolerance { return milder(base[(cell + 359) % 360], base[cell]) }
        if 1 - into <= tolerance { return milder(base[cell], base[(cell + 1) % 360]) }
        return base[cell]
    }

    private func milder(_ a: BandRegion, _ b: BandRegion) -> BandRegion {
        if a == .recovery { return a }
        if b == .recovery { return b }
        return a.rawValue < b.rawValue ? a : b
    }

    /// Neighbouring values of one region, from the lowest value to the highest; none when the ownship is outside the
    /// limits of the kind.
    public func ranges(_ kind: BandKind) -> [BandRange] {
        let place = Int(kind.rawValue)
        let base = cells + place * BandSteps.capacity
        let count = cellCounts[place]
        guard count > 0 else { return [] }
        var ranges: [BandRange] = []
        func add(_ low: Double, _ high: Double, _ region: BandRegion) {
            guard low < high else { return }
            if let last = ranges.indices.last, ranges[last].region == region {
                ranges[last].high = high
            } else {
                ranges.append(BandRange(low: low, high: high, region: region))
            }
        }
        if kind == .direction {
            // Cell c spans one degree from course - 180 + c; begin in the one that holds north.
            let start = (540 - courseDegrees).truncatingRemainder(dividingBy: 360)
            let first = min(359, Int(start))
            let into = start - Double(first)
            for turn in 0...count {
                let low = max(0, Double(turn) - into)
                let high = min(360, Double(turn) + 1 - into)
                add(low, high, base[(first + turn) % 360])
            }
            return ranges
        }
        let (unit, step, value, lowest, highest) = scale(kind)
        let origin = value - Double(lowerSteps[place]) * step
        for cell in 0..<count {
            let low = max(lowest, origin + Double(cell) * step)
            let high = min(highest, origin + Double(cell + 1) * step)
            add(low / unit, high / unit, base[cell])
        }
        return ranges
    }

    /// Unit, step, present value and limits of a kind, in metres and seconds.
    private func scale(
        _ kind: BandKind
    ) -> (unit: Double, step: Double, value: Double, lowest: Double, highest: Double) {
        switch kind {
        case .groundSpeed, .direction:
            (
                BandLimits.metersPerSecondPerKnot, BandLimits.speedStep,
                (own.vx * own.vx + own.vy * own.vy).squareRoot(), BandLimits.slowest, BandLimits.fastest
            )
        case .verticalSpeed:
            (
                BandLimits.metersPerSecondPerFootPerMinute, BandLimits.verticalStep, own.vz,
                -BandLimits.steepest, BandLimits.steepest
            )
        case .altitude:
            (
                BandLimits.metersPerFoot, BandLimits.altitudeStep, BandLimits.lowest, BandLimits.lowest,
                BandLimits.highest
            )
        }
    }
}
