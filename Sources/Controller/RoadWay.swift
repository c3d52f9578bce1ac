import Traffic
import World

/// The stretch of a mission between two stops, on the sections of the roads: which it drives over, and how many metres
/// along them each point of the mission is. Metres count from the start of the first section.
///
/// Found from the mission's points alone, which are points of the roads' shapes: so it can be found again after a
/// restart, in the middle of the way, by whoever has the mission.
struct RoadWay: Sendable {
    var mission: MissionID
    var revision: UInt16
    /// Steps of the mission: all to drive, up to the next stop.
    var steps: ClosedRange<Int>
    /// Steps whose legs, from the point before to their own, lie on the roads.
    var onRoad: ClosedRange<Int>
    var sections: [Int32]
    /// Where the first leg on the roads begins, then the targets of `onRoad`, and the metres of each.
    var points: [Coordinate]
    var meters: [Double]

    /// Where the truck comes onto the roads.
    var entry: Coordinate { points[0] }
    var entryMeters: Double { meters[0] }

    /// Metres along the sections of a truck that drives towards the target of step `leg`, and metres beside the way. A
    /// vehicle takes up the next leg a little before it reaches the end of the last, so that one counts as well.
    func locate(_ place: Coordinate, leg: Int) -> (meters: Double, off: Double) {
        var k = leg.clamped(to: onRoad) - onRoad.lowerBound
        var here = projection(place, points[k], points[k + 1])
        if k > 0, here.share <= 0 {
            let before = projection(place, points[k - 1], points[k])
            if before.off <= here.off + 1 {
                here = before
                k -= 1
            }
        }
        return (meters[k] + here.share * (meters[k + 1] - meters[k]), here.off)
    }
}

extension RoadNetwork {
    /// Ends of ways lie beside the roads as far as their own thinning put them there.
    private static let besideMeters = 60.0

    /// The way of a mission by road that its step `leg` is part of. `here`: where the truck is, for the first leg of the
    /// mission, which begins where nobody wrote down. Nil when the step is not one to drive, or the way touches no
    /// road on which a truck could stand.
    func way(_ mission: Mission, leg: Int, from here: Coordinate) -> RoadWay? {
        func drives(_ i: Int) -> Bool { mission.step(i)?.action == .drive }
        guard drives(leg) else { return nil }
        var (first, last) = (leg, leg)
        while drives(first - 1) { first -= 1 }
        while drives(last + 1) { last += 1 }
        // A truck beyond the first leg does not tell where that began.
        let isKnown = first > 0 || leg == first
        let start = first > 0 ? mission.steps[first - 1].target.coordinate : here
        let points = [start] + mission.steps[first...last].map(\.target.coordinate)
        // Point k is the target of step first + k - 1.
        let spots = points.indices.map { k in
            k == 0 && !isKnown
                ? [] : self.spots(points[k], within: k < 2 || k + 2 >= points.count ? Self.besideMeters : 2)
        }
        var run: [(lane: Int, from: Double, to: Double)] = []
        var begin = -1
        var end = -1
        for k in points.indices.dropFirst() {
            guard let leg = lane(spots[k - 1], spots[k], meters: points[k - 1].meters(to: points[k])) else {
                if begin >= 0 { break }
                continue
            }
            if begin < 0 { begin = k }
            end = k
            run.append(leg)
        }
        // Off the roads only before and after them.
        guard begin >= 0, end + 2 >= points.count || !points[(end + 1)...].contains(where: isEnd) else {
            return nil
        }
        guard let (sections, meters) = sections(run) else { return nil }
        return RoadWay(
            mission: mission.id, revision: mission.revision, steps: first...last,
            onRoad: (first + begin - 1)...(first + end - 1), sections: sections,
            points: Array(points[(begin - 1)...end]), meters: meters)
    }

    /// The sections of stretches of lanes that follow each other, up to the last on which a truck may stand, and the metres
    /// along them: of the first stretch's start and of the end of each.
    private func sections(
        _ run: [(lane: Int, from: Double, to: Double)]
    ) -> (sections: [Int32], meters: [Double])? {
        var sections: [Int32] = []
        var meters: [Double] = []
        var total = 0.0
        var i = 0
        while i < run.count {
            let lane = run[i].lane
            var j = i
            while j + 1 < run.count, run[j + 1].lane == lane, abs(run[j + 1].from - run[j].to) < 1 { j += 1 }
            let (from, to) = (run[i].from, run[j].to)
            let pieces = (firstSection[lane]..<firstSection[lane + 1]).filter {
                let start = sectionStart[Int($0)]
                return start < to - 1e-3 && start + layout.sections[Int($0)].lengthMeters > from + 1e-3
            }
            // Between its ends it drives edges from end to end.
            let length = graph.edges[lane / 2].shapeMeters
            guard let first = pieces.first, i == 0 || from < 1, j + 1 == run.count || to > length - 1 else {
                return nil
            }
            let base = total - sectionStart[Int(first)]
            if i == 0 { meters = [base + from] }
            for k in i...j { meters.append(base + run[k].to) }
            sections += pieces
            total += pieces.reduce(0) { $0 + layout.sections[Int($1)].lengthMeters }
            i = j + 1
        }
        // To leave the road within works or just behind a crossing takes leave for these, and so a place to stand behind them;
        // before a crossing it leaves without.
        if let last = sections.last, !layout.sections[Int(last)].mayStand,
            last + 1 < firstSection[Int(sectionLane[Int(last)]) + 1]
        {
            sections.append(last + 1)
        }
        while let last = sections.last, !layout.sections[Int(last)].mayStand { sections.removeLast() }
        return sections.isEmpty ? nil : (sections, meters)
    }

    /// The lane that leads from one point to the next, which are `meters` apart: of several the one that is about as
    /// long. So a last bit aside, off the road, is none.
    private func lane(
        _ a: [RoadSpot], _ b: [RoadSpot], meters: Double
    ) -> (lane: Int, from: Double, to: Double)? {
        var best: (lane: Int, from: Double, to: Double)?
        var least = max(meters * 0.1, 1)
        for p in a {
            for q in b where q.edge == p.edge && q.along != p.along {
                let length = graph.edges[p.edge].shapeMeters
                let error = abs(abs(q.along - p.along) - meters)
                guard error < least else { continue }
                least = error
                best =
                    q.along > p.along
                    ? (2 * p.edge, p.along, q.along) : (2 * p.edge + 1, length - p.along, length - q.along)
            }
        }
        return best
    }
}
