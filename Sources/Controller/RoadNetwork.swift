import Traffic
import World

/// The roads as the truck table sees them: each edge as two lanes, one per driving direction, cut where only so many
/// may drive at a time: at crossings, border gates and single-lane works.
///
/// Metres are those of the edges' shapes, which vehicles drive, not published ones, which are a little longer: so a
/// gap in the table is a gap on the ground.
public final class RoadNetwork: Sendable {
    let graph: RoadGraph
    let layout: RoadLayout
    /// Sections of lane `l` are `firstSection[l]..<firstSection[l + 1]`; lane 2 e drives edge e from a to b, 2 e + 1
    /// from b to a.
    let firstSection: [Int32]
    /// Metres along its lane where each section starts, and the lane.
    let sectionStart: [Double]
    let sectionLane: [Int32]
    /// What each zone is called, as in "waits at ...".
    let zoneNames: [String]
    /// Edges that have a point in their shape, and where along.
    private let shapePoints: [Coordinate: [RoadSpot]]

    /// A place on an edge: metres along its shape from its `a`.
    struct RoadSpot: Hashable, Sendable {
        var edge: Int
        var along: Double
    }

    /// Sections of a way at most: one across the whole country has under 200.
    static let sectionsMax = 512
    /// A crossing reaches this far into each of its roads.
    static let crossingMeters = 25.0
    /// A gate is this long, and behind it, towards the checkpoint, is room of this length.
    static let gateMeters = 40.0
    static let gateYardMeters = 200.0

    /// Where three or more two-lane roads meet is a crossing, which one truck uses at a time. Where one of them has four
    /// lanes or more, roads pass over and under each other. Nil when a figure is out of range.
    public init?(_ graph: RoadGraph, works: [RoadWorks], gates: [RoadGate]) {
        var zones: [RoadLayout.Zone] = []
        var names: [String] = []
        func zone(_ zone: RoadLayout.Zone, _ name: String) -> Int32 {
            zones.append(zone)
            names.append(name)
            return Int32(zones.count - 1)
        }
        var crossing = [Int32](repeating: -1, count: graph.nodes.count)
        for (n, node) in graph.nodes.enumerated() {
            let arms = graph.incident[n].filter { graph.edges[$0].status != .closed }
            guard arms.count >= 3, arms.allSatisfy({ graph.edges[$0].lanes < 4 }) else { continue }
            crossing[n] = zone(.init(), "the crossing \(node.id)")
        }
        var gateZones: [Int: (entering: Int32, leaving: Int32)] = [:]
        for gate in gates where graph.nodes.indices.contains(gate.node) {
            let name = "the border gate \(graph.nodes[gate.node].id)"
            gateZones[gate.node] = (
                zone(.init(capacity: gate.lanesIn.clamped(to: 1...64)), name),
                zone(.init(capacity: gate.lanesOut.clamped(to: 1...64)), name)
            )
        }
        var worksZones: [Int32] = []
        for w in works {
            let capacity = Int(w.lengthMeters / 60).clamped(to: 1...8)
            let name = "the single-lane works on \(Self.name(graph, w.edge, at: w.fromMeters))"
            worksZones.append(zone(.init(capacity: capacity, batch: 4), name))
        }
        var sections: [RoadLayout.Section] = []
        var first: [Int32] = [0]
        var starts: [Double] = []
        var lanes: [Int32] = []
        for (e, edge) in graph.edges.enumerated() {
            for backwards in [false, true] {
                let length = edge.shapeMeters
                var cuts: [Cut] = []
                for (end, node) in [
                    (0.0, backwards ? edge.b : edge.a), (length, backwards ? edge.a : edge.b),
                ] {
                    let inwards = end == 0 ? 1.0 : -1
                    func cut(from near: Double, to far: Double, _ zone: Int32) {
                        let (p, q) = (end + inwards * near, end + inwards * far)
                        cuts.append(Cut(start: min(p, q), end: max(p, q), zone: zone))
                    }
                    if let gate = gateZones[node], length > 1000 {
                        cut(
                            from: Self.gateYardMeters, to: Self.gateYardMeters + Self.gateMeters,
                            end == 0 ? gate.entering : gate.leaving)
                    } else if crossing[node] >= 0, length > 1000 {
                        cut(from: 0, to: Self.crossingMeters, crossing[node])
                    }
                }
                for (n, w) in works.enumerated() where w.edge == e {
                    let start = backwards ? length - w.fromMeters - w.lengthMeters : w.fromMeters
                    cuts.append(
                        Cut(
                            start: start, end: start + w.lengthMeters, zone: worksZones[n],
                            speed: w.speedMetersPerSecond))
                }
                cuts.sort { $0.start < $1.start }
                var at = 0.0
                func add(to end: Double, _ cut: Cut?) {
                    guard end - at > 0.01 else { return }
                    sections.append(
                        .init(
                            lengthMeters: end - at,
                            speedLimit: min(cut?.speed ?? .infinity, edge.speedMetersPerSecond, 100),
                            zone: cut?.zone ?? -1, direction: backwards ? 1 : 0, mayStand: cut == nil))
                    starts.append(at)
                    lanes.append(Int32(2 * e + (backwards ? 1 : 0)))
                    at = end
                }
                for cut in cuts {
                    add(to: cut.start, nil)
                    add(to: cut.end, cut)
                }
                add(to: length, nil)
                first.append(Int32(sections.count))
            }
        }
        guard let layout = RoadLayout(sections: sections, zones: zones) else { return nil }
        var points: [Coordinate: [RoadSpot]] = [:]
        for (e, edge) in graph.edges.enumerated() where edge.shapeMeters > 0 {
            for (i, point) in edge.shape.enumerated() {
                points[point, default: []].append(RoadSpot(edge: e, along: edge.along[i]))
            }
            // The data lets shapes end a little beside their nodes; a way goes over the shape's end.
        }
        self.graph = graph
        self.layout = layout
        firstSection = first
        sectionStart = starts
        sectionLane = lanes
        zoneNames = names
        shapePoints = points
    }

    private struct Cut {
        var start: Double
        var end: Double
        var zone: Int32
        var speed = Double.infinity
    }

    // MARK: Places

    private static func name(_ graph: RoadGraph, _ e: Int, at along: Double) -> String {
        let edge = graph.edges[e]
        let share = edge.shapeMeters > 0 ? (along / edge.shapeMeters).clamped(to: 0...1) : 0
        let km = Int((share * edge.lengthMeters / 1000).rounded())
        return (edge.ref.isEmpty ? "" : edge.ref + " ")
            + "\(graph.nodes[edge.a].id)-\(graph.nodes[edge.b].id) km \(km)"
    }

    /// The section that lies so many metres along a way, and metres within it.
    func place(_ way: RoadWay, _ meters: Double) -> (section: Int32, meters: Double) {
        var start = 0.0
        for s in way.sections {
            let end = start + layout.sections[Int(s)].lengthMeters
            if meters < end || s == way.sections.last { return (s, meters - start) }
            start = end
        }
        return (-1, 0)
    }

    /// "A2 ZHR-SHE km 83": kilometres as published, from the edge's `a`.
    func name(section: Int32, meters: Double) -> String {
        guard sectionLane.indices.contains(Int(section)) else { return "a road" }
        let lane = sectionLane[Int(section)]
        let edge = Int(lane / 2)
        let along = sectionStart[Int(section)] + meters
        return Self.name(graph, edge, at: lane & 1 == 0 ? along : graph.edges[edge].shapeMeters - along)
    }

    /// Whether roads begin or end here: such points stay when a way is thinned, so that between two points of a way lies
    /// one edge.
    func isEnd(_ point: Coordinate) -> Bool {
        guard let spots = shapePoints[point] else { return false }
        return spots.contains { $0.along == 0 || $0.along == graph.edges[$0.edge].shapeMeters }
    }

    /// Where on the roads a point lies: exactly, as a point of a shape, or within `tolerance` metres beside one.
    func spots(_ point: Coordinate, within tolerance: Double) -> [RoadSpot] {
        if let known = shapePoints[point] { return known }
        var found: [RoadSpot] = []
        for e in graph.edges.indices {
            if let along = self.along(e, point, within: tolerance) {
                found.append(RoadSpot(edge: e, along: along))
            }
        }
        return found
    }

    /// Metres along an edge's shape of its point nearest to `point`; nil when that is over `tolerance` metres away.
    private func along(_ e: Int, _ point: Coordinate, within tolerance: Double) -> Double? {
        let edge = graph.edges[e]
        // A degree of longitude is at least a quarter of one of latitude below 75 degrees.
        let reach = Int64(tolerance / 0.0111) * 4 + 4
        func isOutside(_ x: Int32, _ low: Int32, _ high: Int32) -> Bool {
            Int64(x) < Int64(low) - reach || Int64(x) > Int64(high) + reach
        }
        guard !isOutside(point.latitudeE7, edge.southWest.latitudeE7, edge.northEast.latitudeE7),
            !isOutside(point.longitudeE7, edge.southWest.longitudeE7, edge.northEast.longitudeE7)
        else { return nil }
        var best = (off: tolerance, along: -1.0)
        for i in edge.shape.indices.dropFirst() {
            let (from, to) = (edge.shape[i - 1], edge.shape[i])
            if isOutside(
                point.latitudeE7, min(from.latitudeE7, to.latitudeE7), max(from.latitudeE7, to.latitudeE7))
            {
                continue
            }
            let (share, off) = projection(point, from, to)
            if off <= best.off {
                best = (off, edge.along[i - 1] + share * (edge.along[i] - edge.along[i - 1]))
            }
        }
        return best.along < 0 ? nil : best.along
    }
}

/// The nearest point to `p` between `a` and `b`, as a share of the stretch, and how far off it is, metres.
func projection(_ p: Coordinate, _ a: Coordinate, _ b: Coordinate) -> (share: Double, off: Double) {
    let ab = a.displacement(to: b)
    let ap = a.displacement(to: p)
    let square = ab.east * ab.east + ab.north * ab.north
    let share = square > 0 ? ((ap.east * ab.east + ap.north * ab.north) / square).clamped(to: 0...1) : 0
    let (e, n) = (ap.east - ab.east * share, ap.north - ab.north * share)
    return (share, (e * e + n * n).squareRoot())
}
