// The float filter of fence tests over a tree of a polygon's edges, eight children to a node: it names every edge that
// can be within reach of a straight path, and some that are not; who calls decides in double.
//
// A leaf is six planes of eight floats: middle x, middle y, half vector x, half vector y, unit normal x, unit normal y.
// A node is four: box middle x, middle y, half width, half height. Empty lanes lie far away.

/// Floats of a leaf and of a node.
public let fenceLeafFloats = 48
public let fenceNodeFloats = 32

/// A path in middle and half vector form with its unit normal, and how near is near.
private struct PathQuery {
    let mx: Float
    let my: Float
    let hx: Float
    let hy: Float
    let nx: Float
    let ny: Float
    /// |half vector|.
    let half: Float
    let reach: Float
    let leaves: UnsafePointer<Float>
    let nodes: UnsafePointer<Float>
    let levelStarts: UnsafePointer<Int32>
    let found: UnsafeMutablePointer<UInt16>
    let capacity: Int
}

@inline(__always)
private func lanes(_ base: UnsafePointer<Float>, _ plane: Int) -> SIMD8<Float> {
    UnsafeRawPointer(base + plane &* 8).loadUnaligned(as: SIMD8<Float>.self)
}

@inline(__always)
private func magnitude(_ v: SIMD8<Float>) -> SIMD8<Float> {
    unsafeBitCast(
        unsafeBitCast(v, to: SIMD8<UInt32>.self) & SIMD8<UInt32>(repeating: 0x7FFF_FFFF),
        to: SIMD8<Float>.self)
}

@inline(__always)
private func magnitude(_ v: Float) -> Float { Float(bitPattern: v.bitPattern & 0x7FFF_FFFF) }

/// One bit a lane.
@inline(__always)
private func bits(_ mask: SIMDMask<SIMD8<Int32>>) -> UInt32 {
    let weights = SIMD8<UInt32>(1, 2, 4, 8, 16, 32, 64, 128)
    let set = SIMD8<UInt32>(repeating: 0).replacing(with: weights, where: mask)
    let four = set.lowHalf | set.highHalf
    let two = four.lowHalf | four.highHalf
    return two.x | two.y
}

/// Boxes that the path can reach: the axes of the box and the path's normal.
@inline(__always)
private func nearBoxes(_ q: PathQuery, _ node: UnsafePointer<Float>) -> UInt32 {
    let (hx, hy) = (lanes(node, 2), lanes(node, 3))
    let dx = lanes(node, 0) - q.mx
    let dy = lanes(node, 1) - q.my
    let across = magnitude(dx * q.nx + dy * q.ny)
    let acrossReach = hx * magnitude(q.nx) + hy * magnitude(q.ny) + q.reach
    let near =
        (magnitude(dx) .<= hx + (magnitude(q.hx) + q.reach))
        .& (magnitude(dy) .<= hy + (magnitude(q.hy) + q.reach)) .& (across .<= acrossReach)
    return bits(near)
}

/// Edges that the path can reach: normals and directions of path and edges.
@inline(__always)
private func nearEdges(_ q: PathQuery, _ leaf: UnsafePointer<Float>) -> UInt32 {
    let (hx, hy) = (lanes(leaf, 2), lanes(leaf, 3))
    let (nx, ny) = (lanes(leaf, 4), lanes(leaf, 5))
    let dx = lanes(leaf, 0) - q.mx
    let dy = lanes(leaf, 1) - q.my
    let across = magnitude(dx * q.nx + dy * q.ny)
    let along = magnitude(dx * q.ny - dy * q.nx)
    let edgeAcross = magnitude(dx * nx + dy * ny)
    let near =
        (across .<= magnitude(hx * q.nx + hy * q.ny) + q.reach)
        .& (along .<= magnitude(hx * q.ny - hy * q.nx) + (q.half + q.reach))
        .& (edgeAcross .<= magnitude(nx * q.hx + ny * q.hy) + q.reach)
    return bits(near)
}

private func collect(_ q: PathQuery, level: Int, index: Int, _ count: inout Int) {
    let node = q.nodes + (Int(q.levelStarts[level]) &+ index) &* 32
    var boxes = nearBoxes(q, node)
    while boxes != 0 {
        let child = index &* 8 &+ boxes.trailingZeroBitCount
        boxes &= boxes &- 1
        if level > 0 {
            collect(q, level: level &- 1, index: child, &count)
            continue
        }
        var edges = nearEdges(q, q.leaves + child &* 48)
        while edges != 0 {
            if count < q.capacity {
                q.found[count] = UInt16(truncatingIfNeeded: child &* 8 &+ edges.trailingZeroBitCount)
            }
            count &+= 1
            edges &= edges &- 1
        }
    }
}

/// Slots (leaf times eight plus lane) of all edges that can be within `reach` of the path with middle m, half vector h
/// and unit normal n, in ascending order, into `found`. Returns how many there are, also where `capacity` held less.
public func fenceEdgesNear(
    leaves: UnsafePointer<Float>, nodes: UnsafePointer<Float>, levelStarts: UnsafePointer<Int32>, levels: Int,
    mx: Float, my: Float, hx: Float, hy: Float, nx: Float, ny: Float, half: Float, reach: Float,
    found: UnsafeMutablePointer<UInt16>, capacity: Int
) -> Int {
    let query = PathQuery(
        mx: mx, my: my, hx: hx, hy: hy, nx: nx, ny: ny, half: half, reach: reach, leaves: leaves,
        nodes: nodes,
        levelStarts: levelStarts, found: found, capacity: capacity)
    var count = 0
    collect(query, level: levels &- 1, index: 0, &count)
    return count
}

/// Least lane.
@inline(__always)
private func least(_ v: SIMD8<Float>) -> Float {
    let (a, b) = (v.lowHalf, v.highHalf)
    let four = a.replacing(with: b, where: b .< a)
    let (c, d) = (four.lowHalf, four.highHalf)
    let two = c.replacing(with: d, where: d .< c)
    return two.x < two.y ? two.x : two.y
}

private func descend(
    _ leaves: UnsafePointer<Float>, _ nodes: UnsafePointer<Float>, _ levelStarts: UnsafePointer<Int32>,
    level: Int, index: Int, _ x: Float, _ y: Float, _ best: inout Float
) {
    let node = nodes + (Int(levelStarts[level]) &+ index) &* 32
    let zero = SIMD8<Float>(repeating: 0)
    var bx = magnitude(lanes(node, 0) - x) - lanes(node, 2)
    var by = magnitude(lanes(node, 1) - y) - lanes(node, 3)
    bx.replace(with: zero, where: bx .< zero)
    by.replace(with: zero, where: by .< zero)
    let bound = bx * bx + by * by
    var boxes = bits(bound .<= SIMD8<Float>(repeating: best))
    while boxes != 0 {
        let lane = boxes.trailingZeroBitCount
        boxes &= boxes &- 1
        if bound[lane] > best { continue }
        let child = index &* 8 &+ lane
        if level > 0 {
            descend(leaves, nodes, levelStarts, level: level &- 1, index: child, x, y, &best)
            continue
        }
        let leaf = leaves + child &* 48
        let (nx, ny) = (lanes(leaf, 4), lanes(leaf, 5))
        let dx = lanes(leaf, 0) - x
        let dy = lanes(leaf, 1) - y
        let across = dx * nx + dy * ny
        var along = magnitude(dx * ny - dy * nx) - magnitude(lanes(leaf, 2) * ny - lanes(leaf, 3) * nx)
        along.replace(with: zero, where: along .< zero)
        let nearest = least(across * across + along * along)
        if nearest < best { best = nearest }
    }
}

/// About the square of the distance from a point to the nearest edge, or `limit` when none is nearer.
public func fenceDistanceSquared(
    leaves: UnsafePointer<Float>, nodes: UnsafePointer<Float>, levelStarts: UnsafePointer<Int32>, levels: Int,
    x: Float, y: Float, limit: Float
) -> Float {
    var best = limit
    descend(leaves, nodes, levelStarts, level: levels &- 1, index: 0, x, y, &best)
    return best
}
