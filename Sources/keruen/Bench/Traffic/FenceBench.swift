import CLinux
import Traffic
import World

/// Fence tests on outlines of 64 vertices, every answer checked against a slow one first.
func fenceBench() -> [BenchRow] {
    let world = FenceBenchWorld(fences: 1, seed: 64)
    let many = FenceBenchWorld(fences: 5000, seed: 65)
    let wrong = world.disagreements() + many.disagreements()
    let reference =
        "PolyCARP C++ 0.38 M/s inside, 0.13 M/s swept; \(wrong) answers differ from the slow exact reference"
    let inside = world.insidePerSecond()
    let swept = world.sweptPerSecond(wantsFirst: false)
    let first = world.sweptPerSecond(wantsFirst: true)
    return [
        .atLeast(
            inside.best, must: wrong == 0 ? 20 : .infinity, goal: 100,
            "fence tests, 64 vertices, inside, M per core-second",
            reference: "mean \(BenchRow.figure(inside.mean)); points over the outline's box; " + reference),
        .atLeast(
            swept.best, must: wrong == 0 ? 5 : .infinity, goal: 20,
            "fence tests, 64 vertices, swept 60 s, M per core-second",
            reference:
                "mean \(BenchRow.figure(swept.mean)); with first contact \(BenchRow.figure(first.best)); tube "
                + "10 m, starts over the box grown by half; " + reference),
        .told(
            "the same over 5,000 fences at random",
            "\(BenchRow.figure(many.insidePerSecond().best)) M inside, "
                + "\(BenchRow.figure(many.sweptPerSecond(wantsFirst: false).best)) M swept per core-second",
            reference: "bounded by memory latency: every test is another fence"),
    ]
}

/// Star-shaped outlines of 64 vertices about the origin, and points and paths for each.
private struct FenceBenchWorld {
    private struct Path {
        var fence: Int
        var (x0, y0, x1, y1) = (0.0, 0.0, 0.0, 0.0)
    }

    private var outlines: [[(x: Double, y: Double)]] = []
    private var shapes: [FenceShape] = []
    private var paths: [Path] = []
    private static let tests = 1 << 16
    private static let tube = 10.0

    init(fences: Int, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<fences {
            let size = 500 + 1000 * random.unit()
            let outline = (0..<64).map { step in
                let angle = Double(step) * (2 * Double.pi / 64)
                let radius = size * (0.6 + 0.4 * random.unit())
                return (x: radius * cosine(angle), y: radius * cosine(angle - Double.pi / 2))
            }
            guard let checked = try? FenceOutline(rings: [outline]) else { continue }
            outlines.append(outline)
            shapes.append(FenceShape(checked))
        }
        for _ in 0..<Self.tests {
            let fence = Int(random.next() % UInt64(shapes.count))
            let box = outlines[fence].reduce(0) { max($0, max($1.x.magnitude, $1.y.magnitude)) }
            let angle = 2 * Double.pi * random.unit()
            let length = 60 * (5 + 20 * random.unit())
            let (x, y) = ((2 * random.unit() - 1) * box, (2 * random.unit() - 1) * box)
            paths.append(
                Path(
                    fence: fence, x0: x, y0: y, x1: 1.5 * x + length * cosine(angle),
                    y1: 1.5 * y + length * cosine(angle - Double.pi / 2)))
        }
    }

    func insidePerSecond() -> (best: Double, mean: Double) {
        measure { () -> Int in
            var hits = 0
            if shapes.count == 1 {
                let shape = shapes[0]
                for path in paths { hits &+= shape.contains(x: path.x0, y: path.y0) ? 1 : 0 }
            } else {
                for path in paths { hits &+= shapes[path.fence].contains(x: path.x0, y: path.y0) ? 1 : 0 }
            }
            return hits
        }
    }

    func sweptPerSecond(wantsFirst: Bool) -> (best: Double, mean: Double) {
        measure { () -> Int in
            var hits = 0
            for path in paths {
                let (x, y) = (path.x0 * 1.5, path.y0 * 1.5)
                let shape = shapes[path.fence]
                if wantsFirst {
                    let first = shape.firstContact(
                        fromX: x, fromY: y, toX: path.x1, toY: path.y1, radiusMeters: Self.tube)
                    hits &+= first == nil ? 0 : 1
                } else {
                    hits &+=
                        shape.meets(fromX: x, fromY: y, toX: path.x1, toY: path.y1, radiusMeters: Self.tube)
                        ? 1 : 0
                }
            }
            return hits
        }
    }

    private func measure(_ round: () -> Int) -> (best: Double, mean: Double) {
        var (best, sum, hits) = (Double.infinity, 0.0, 0)
        let rounds = 15
        for _ in 0..<rounds {
            let start = keruen_thread_cpu_ns()
            hits &+= round()
            let nanoseconds = Double(keruen_thread_cpu_ns() - start)
            best = min(best, nanoseconds)
            sum += nanoseconds
        }
        precondition(hits > 0)
        let tests = Double(paths.count) * 1e3
        return (tests / best, tests * Double(rounds) / sum)
    }

    /// Answers that differ from ones found over all edges: crossings in whole nanometres for points, distances in double
    /// for paths (those within a micrometre of the tube are left out).
    func disagreements() -> Int {
        var wrong = 0
        for path in paths.prefix(20_000) {
            let (outline, shape) = (outlines[path.fence], shapes[path.fence])
            if shape.contains(x: path.x0, y: path.y0) != isInside(outline, path.x0, path.y0) { wrong += 1 }
            let (x, y) = (path.x0 * 1.5, path.y0 * 1.5)
            var near = Double.infinity
            for i in 0..<64 {
                let (a, b) = (outline[i], outline[(i + 1) % 64])
                near = min(near, distance(a, b, (x, y), (path.x1, path.y1)))
            }
            if (near - Self.tube).magnitude < 1e-6 { continue }
            let meets = near < Self.tube || isInside(outline, x, y)
            if meets != shape.meets(fromX: x, fromY: y, toX: path.x1, toY: path.y1, radiusMeters: Self.tube) {
                wrong += 1
            }
        }
        return wrong
    }

    private func isInside(_ outline: [(x: Double, y: Double)], _ px: Double, _ py: Double) -> Bool {
        func whole(_ meters: Double) -> Int128 { Int128(Int64((meters * 1e9).rounded(.toNearestOrEven))) }
        let (x, y) = (whole(px), whole(py))
        var isInside = false
        for i in outline.indices {
            let (a, b) = (outline[i], outline[(i + 1) % outline.count])
            let (ax, ay, bx, by) = (whole(a.x), whole(a.y), whole(b.x), whole(b.y))
            let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            if side == 0, min(ax, bx) <= x, x <= max(ax, bx), min(ay, by) <= y, y <= max(ay, by) {
                return true
            }
            if (ay > y) != (by > y), (by > ay) == (side > 0) { isInside.toggle() }
        }
        return isInside
    }

    private typealias Point = (x: Double, y: Double)

    private func distance(_ a: Point, _ b: Point, _ c: Point, _ d: Point) -> Double {
        func side(_ p: Point, _ q: Point, _ r: Point) -> Double {
            (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
        }
        if side(a, b, c) * side(a, b, d) < 0, side(c, d, a) * side(c, d, b) < 0 { return 0 }
        func toSegment(_ p: Point, _ q: Point, _ r: Point) -> Double {
            let (dx, dy) = (r.x - q.x, r.y - q.y)
            let t = max(0, min(1, ((p.x - q.x) * dx + (p.y - q.y) * dy) / (dx * dx + dy * dy)))
            let (ex, ey) = (p.x - q.x - dx * t, p.y - q.y - dy * t)
            return (ex * ex + ey * ey).squareRoot()
        }
        return min(toSegment(a, c, d), toSegment(b, c, d), toSegment(c, a, b), toSegment(d, a, b))
    }
}

/// By its series, good enough to draw with: no need of a mathematics library here.
private func cosine(_ angle: Double) -> Double {
    var x = angle.remainder(dividingBy: 2 * Double.pi)
    x *= x
    var (sum, term) = (1.0, 1.0)
    for k in stride(from: 1.0, to: 30, by: 2) {
        term *= -x / (k * (k + 1))
        sum += term
    }
    return sum
}
