import Testing
import World

@testable import Traffic

@Suite struct FenceShapeTests {
    typealias Ring = FenceReference.Ring

    static func shapes(_ rings: [Ring]) throws -> [FenceShape] {
        let outline = try FenceOutline(rings: rings)
        return VectorPath.available.map { FenceShape(outline, vectorPath: $0) }
    }

    /// Random stars, tiny and huge, on grids so that corners, edges and collinear points occur often.
    @Test(arguments: [(9.0, 1.0), (40, 1), (1000, 0), (1000, 25), (3e5, 0), (1e-6, 0), (2e-8, 1e-9)])
    func pointsAndSweepsAgreeWithTheReference(size: Double, grid: Double) throws {
        var (tested, touching) = (0, 0)
        for seed in 0..<UInt64(24) {
            var random = SplitMix64(seed: seed)
            let corners = 3 + Int(random.next() % 40)
            let center = seed % 3 == 0 ? (x: 0.0, y: 0.0) : (x: 6e5 * random.unit(), y: -6e5 * random.unit())
            let rings = FenceReference.star(
                &random, corners: corners, size: size, at: center, grid: grid, hasHole: seed % 2 == 0)
            guard let shapes = try? Self.shapes(rings) else { continue }
            tested += 1
            func point() -> (x: Double, y: Double) {
                let corner =
                    rings[Int(random.next() % UInt64(rings.count))].randomElement(using: &random) ?? (0, 0)
                switch random.next() % 5 {
                case 0: return corner
                case 1: return (corner.x, center.y + size * (2 * random.unit() - 1))
                default:
                    let snap = { (v: Double) in grid == 0 ? v : (v / grid).rounded() * grid }
                    return (
                        center.x + snap(size * 1.3 * (2 * random.unit() - 1)),
                        center.y + snap(size * 1.3 * (2 * random.unit() - 1))
                    )
                }
            }
            for _ in 0..<24 {
                let (p, q) = (point(), point())
                let radius = random.next() % 2 == 0 ? 0 : size * 0.2 * random.unit()
                let isInside = FenceReference.contains(rings, p.x, p.y)
                let meets = FenceReference.meets(rings, p, q, radius)
                if FenceReference.distance(rings, p.x, p.y) == 0 { touching += 1 }
                for shape in shapes {
                    #expect(shape.contains(x: p.x, y: p.y) == isInside, "seed \(seed) \(p)")
                    let first = shape.firstContact(
                        fromX: p.x, fromY: p.y, toX: q.x, toY: q.y, radiusMeters: radius)
                    #expect((first != nil) == meets, "seed \(seed) \(p) \(q) \(radius)")
                    #expect(
                        shape.meets(fromX: p.x, fromY: p.y, toX: q.x, toY: q.y, radiusMeters: radius) == meets
                    )
                    if let first, !isInside, size >= 1, first > 0 {
                        let at = (x: p.x + (q.x - p.x) * first, y: p.y + (q.y - p.y) * first)
                        #expect(FenceReference.distance(rings, at.x, at.y) <= radius + 1e-6)
                        let before = (p.x + (q.x - p.x) * first * 0.99, p.y + (q.y - p.y) * first * 0.99)
                        #expect(FenceReference.distance(rings, before.0, before.1) >= radius - 1e-6)
                    }
                    let clearance = shape.clearanceMeters(x: p.x, y: p.y)
                    let distance = FenceReference.distance(rings, p.x, p.y)
                    #expect((clearance.magnitude - distance).magnitude <= 1e-6)
                    if distance > 1e-6 { #expect((clearance < 0) == isInside) }
                }
            }
        }
        #expect(tested > 6)
        if grid >= 1 { #expect(touching > 0) }
    }

    @Test func touchingIsStated() throws {
        for shape in try Self.shapes([
            [(0, 0), (10, 0), (10, 10), (0, 10)], [(4, 4), (6, 4), (6, 6), (4, 6)],
        ]) {
            for (x, y, isInside) in [
                (0.0, 0.0, true), (10, 10, true), (5, 0, true), (0, 7.3, true), (4, 5, true), (6, 6, true),
                (5, 5, false),
                (5, 4.000000001, false), (5, 3.999999999, true), (-0.000000001, 5, false),
                (10.000000001, 5, false),
            ] { #expect(shape.contains(x: x, y: y) == isInside, "\(x) \(y)") }
            // Grazing along an edge, through a corner, by a centimetre, by a nanometre.
            #expect(shape.firstContact(fromX: -5, fromY: 10, toX: 15, toY: 10) == 0.25)
            #expect(shape.meets(fromX: -1, fromY: 1, toX: 1, toY: -1))
            #expect(!shape.meets(fromX: -1, fromY: 0.999999999, toX: 0.999999999, toY: -1))
            #expect(!shape.meets(fromX: -5, fromY: 10.51, toX: 15, toY: 10.51, radiusMeters: 0.5))
            #expect(shape.meets(fromX: -5, fromY: 10.5, toX: 15, toY: 10.5, radiusMeters: 0.5))
            #expect(!shape.meets(fromX: -5, fromY: 10.5, toX: 15, toY: 10.5, radiusMeters: 0.499999999))
            // 3-4-5: the corner is exactly 5 from this point, hovering or passing.
            #expect(shape.meets(fromX: 13, fromY: 14, toX: 13, toY: 14, radiusMeters: 5))
            #expect(!shape.meets(fromX: 13, fromY: 14, toX: 13, toY: 14, radiusMeters: 4.999999999))
            // Within the hole.
            #expect(!shape.meets(fromX: 4.5, fromY: 5, toX: 5.5, toY: 5, radiusMeters: 0.499999999))
            #expect(shape.meets(fromX: 4.5, fromY: 5, toX: 5.5, toY: 5, radiusMeters: 0.5))
        }
    }

    /// Translated, wound the other way, begun at another corner: the same answers.
    @Test func answersDoNotDependOnHowARingIsTold() throws {
        for seed in 0..<UInt64(20) {
            var random = SplitMix64(seed: seed)
            let rings = FenceReference.star(
                &random, corners: 12, size: 64, at: (0, 0), grid: 1, hasHole: false)
            guard let plain = try? Self.shapes(rings).first else { continue }
            let turned: Ring = Array(rings[0][5...] + rings[0][..<5])
            let moved: Ring = rings[0].map { ($0.x + 4096.5, $0.y - 1024.25) }
            let others = try [Array(turned.reversed()), turned, moved].map { try Self.shapes([$0])[0] }
            for _ in 0..<60 {
                let (x, y) = (Double(Int(random.next() % 160)) - 80, Double(Int(random.next() % 160)) - 80)
                let (tx, ty) = (Double(Int(random.next() % 160)) - 80, Double(Int(random.next() % 160)) - 80)
                let inside = plain.contains(x: x, y: y)
                let meets = plain.meets(fromX: x, fromY: y, toX: tx, toY: ty, radiusMeters: 3)
                for (index, other) in others.enumerated() {
                    let (dx, dy) = index == 2 ? (4096.5, -1024.25) : (0, 0)
                    #expect(other.contains(x: x + dx, y: y + dy) == inside)
                    #expect(
                        other.meets(
                            fromX: x + dx, fromY: y + dy, toX: tx + dx, toY: ty + dy, radiusMeters: 3)
                            == meets)
                    // Back along the same way.
                    #expect(
                        other.meets(
                            fromX: tx + dx, fromY: ty + dy, toX: x + dx, toY: y + dy, radiusMeters: 3)
                            == (meets || plain.contains(x: tx, y: ty)))
                }
            }
        }
    }

    @Test func badOutlinesAreRefused() {
        func fault(_ rings: [Ring]) -> FenceFault? {
            do { _ = try FenceOutline(rings: rings) } catch { return error }
            return nil
        }
        let square: Ring = [(0, 0), (10, 0), (10, 10), (0, 10)]
        #expect(
            fault([[(0, 0), (10, 10), (10, 0), (0, 10)]])
                == .edgesIntersect(ring: 0, edge: 0, otherRing: 0, otherEdge: 2))
        #expect(fault([[(0, 0), (10, 0), (5, 0)]]) != nil)
        #expect(fault([[(0, 0), (0, 0), (1, 1)]]) == .tooFewVertices(ring: 0, count: 2))
        #expect(fault([[(0, 0), (.nan, 0), (1, 1)]]) == .coordinateOutOfRange(ring: 0, vertex: 1))
        #expect(fault([[(0, 0), (2e6, 0), (1, 1)]]) == .coordinateOutOfRange(ring: 0, vertex: 1))
        #expect(fault([]) == .tooFewVertices(ring: 0, count: 0))
        #expect(fault([square, [(20, 20), (21, 20), (21, 21)]]) == .holeOutside(ring: 1))
        #expect(fault([square, [(5, 5), (15, 5), (5, 6)]]) != nil)
        #expect(
            fault([square, [(2, 2), (8, 2), (8, 8), (2, 8)], [(4, 4), (6, 4), (6, 6)]])
                == .holeInHole(ring: 2, otherRing: 1))
        #expect(fault([(0..<10_001).map { (Double($0), Double($0 * $0 % 97)) }]) != nil)
        // A hole may touch the outline in one point, and another hole; not along an edge.
        #expect(fault([square, [(0, 5), (5, 3), (5, 7)], [(5, 3), (8, 2), (8, 4)]]) == nil)
        #expect(fault([square, [(0, 4), (5, 5), (0, 6)]]) != nil)
        #expect(fault([square + [(0, 0)]]) == nil)
    }

    @Test func circles() throws {
        let shape = FenceShape(try FenceOutline(centerX: 3, centerY: 4, radiusMeters: 5))
        #expect(shape.contains(x: 0, y: 0))
        #expect(!shape.contains(x: -0.000000001, y: 0))
        #expect(shape.firstContact(fromX: -7, fromY: 4, toX: 13, toY: 4) == 0.25)
        #expect(shape.firstContact(fromX: -7, fromY: 4, toX: 13, toY: 4, radiusMeters: 1) == 0.2)
        #expect(shape.meets(fromX: -7, fromY: 9, toX: 13, toY: 9))
        #expect(!shape.meets(fromX: -7, fromY: 9.000000001, toX: 13, toY: 9.000000001))
        #expect(shape.clearanceMeters(x: 3, y: 14) == 5)
    }

    /// Ten thousand corners: the tree has five levels, and many edges are near a path at once.
    @Test func manyCorners() throws {
        let ring: Ring = (0..<9_999).map { i in
            let t = Double(i) / 9_999 * 2 - 1
            // A circle by its rational parameter, left half folded over.
            return (1000 * (1 - t * t) / (1 + t * t), 2000 * t / (1 + t * t))
        }
        for shape in try Self.shapes([ring]) {
            #expect(shape.contains(x: 500, y: 0))
            #expect(!shape.contains(x: -10, y: 0))
            let first = try #require(
                shape.firstContact(fromX: 2000, fromY: 0, toX: 0, toY: 0, radiusMeters: 200))
            #expect((first - 0.4).magnitude < 1e-6)
            #expect(!shape.meets(fromX: 1100, fromY: -900, toX: 1100, toY: 900, radiusMeters: 99))
        }
    }
}
