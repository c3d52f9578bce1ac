/// One straight flight at constant velocity: where and when it begins, its velocity, how long it lasts.
struct PlanSegment {
    var x: Double
    var y: Double
    var z: Double
    var start: Double
    var vx: Double
    var vy: Double
    var vz: Double
    var duration: Double

    init(_ a: Waypoint, _ b: Waypoint) {
        (x, y, z, start) = (a.x, a.y, a.z, a.seconds)
        duration = b.seconds - a.seconds
        (vx, vy, vz) = ((b.x - a.x) / duration, (b.y - a.y) / duration, (b.z - a.z) / duration)
    }
}

/// How near two segments may come to each other: sums of both tubes.
struct PairLimits {
    var reach: Double
    var height: Double
}

/// For which delays of a plan one of its segments is too near one of another plan, in closed form.
///
/// With u seconds into segment A and v into B, "too near" is a convex set K of (u, v): the rectangle of both durations,
/// cut by the strip |za - zb| <= height, cut by the ellipse |pa(u) - pb(v)| <= reach. Delaying A by d lets both be in K
/// at one time where d = (start of B + v) - (start of A + u); of a convex set that is one interval, whose ends are
/// found on the border of the polygon rectangle-and-strip or where the ellipse is tangent to v - u = constant.
/// Limits are included. Good to a millimetre for coordinates within 1,000 km.
@inline(__always)
func forbiddenDelays(_ a: PlanSegment, _ b: PlanSegment, _ limits: PairLimits) -> (low: Double, high: Double)?
{
    // B from A at both starts; the gap is s + vb v - va u.
    let (sx, sy, sz) = (b.x - a.x, b.y - a.y, b.z - a.z)
    var polygon = PlanePolygon(width: a.duration, height: b.duration)
    if a.vz == 0, b.vz == 0 {
        if sz > limits.height || sz < -limits.height { return nil }
    } else {
        polygon.clip(-a.vz, b.vz, limits.height - sz)
        polygon.clip(a.vz, -b.vz, limits.height + sz)
        if polygon.count == 0 { return nil }
    }
    let reach2 = limits.reach * limits.reach
    var low = Double.infinity
    var high = -Double.infinity
    var i = 0
    while i < polygon.count {
        let next = i &+ 1 == polygon.count ? 0 : i &+ 1
        let (u0, v0) = (polygon.us[i], polygon.vs[i])
        let (du, dv) = (polygon.us[next] - u0, polygon.vs[next] - v0)
        i = i &+ 1
        // The gap along this side: g + h t.
        let (gx, gy) = (sx + b.vx * v0 - a.vx * u0, sy + b.vy * v0 - a.vy * u0)
        let (hx, hy) = (b.vx * dv - a.vx * du, b.vy * dv - a.vy * du)
        let hh = hx * hx + hy * hy
        let gh = gx * hx + gy * hy
        let c = gx * gx + gy * gy - reach2
        var (from, to) = (0.0, 1.0)
        if hh > 0 {
            let discriminant = gh * gh - hh * c
            if discriminant < 0 { continue }
            let root = discriminant.squareRoot()
            let (t0, t1) = ((-gh - root) / hh, (-gh + root) / hh)
            if t0 > 1 || t1 < 0 { continue }
            if t0 > 0 { from = t0 }
            if t1 < 1 { to = t1 }
        } else if c > 0 {
            continue
        }
        let w0 = v0 - u0
        let slope = dv - du
        let (wa, wb) = (w0 + slope * from, w0 + slope * to)
        if wa < low { low = wa }
        if wb < low { low = wb }
        if wa > high { high = wa }
        if wb > high { high = wb }
    }
    // The ellipse's own extremes, where they lie in the polygon: gap = +-reach n with n orthogonal to the change of the
    // gap along v - u = constant, which is vb - va.
    let determinant = a.vy * b.vx - a.vx * b.vy
    let (rx, ry) = (b.vx - a.vx, b.vy - a.vy)
    let rr = rx * rx + ry * ry
    if determinant != 0, rr > 0 {
        let scale = limits.reach / rr.squareRoot()
        let (nx, ny) = (-ry * scale, rx * scale)
        for isMinus in [false, true] {
            let (ex, ey) = isMinus ? (-nx - sx, -ny - sy) : (nx - sx, ny - sy)
            // vb v - va u = e.
            let v = (a.vy * ex - a.vx * ey) / determinant
            let u = (b.vy * ex - b.vx * ey) / determinant
            guard polygon.contains(u, v, a, b, limits, sz) else { continue }
            let w = v - u
            if w < low { low = w }
            if w > high { high = w }
        }
    }
    guard low <= high else { return nil }
    let shift = b.start - a.start
    return (shift + low, shift + high)
}

/// A convex polygon of at most eight corners in the plane of (u, v).
struct PlanePolygon {
    var us = InlineArray<8, Double>(repeating: 0)
    var vs = InlineArray<8, Double>(repeating: 0)
    var count = 4

    init(width: Double, height: Double) {
        (us[1], us[2]) = (width, width)
        (vs[2], vs[3]) = (height, height)
    }

    /// Keeps what has p u + q v <= limit.
    mutating func clip(_ p: Double, _ q: Double, _ limit: Double) {
        var keptU = InlineArray<8, Double>(repeating: 0)
        var keptV = InlineArray<8, Double>(repeating: 0)
        var kept = 0
        func append(_ u: Double, _ v: Double) {
            guard kept < 8 else { return }
            keptU[kept] = u
            keptV[kept] = v
            kept += 1
        }
        var i = 0
        while i < count {
            let next = i + 1 == count ? 0 : i + 1
            let here = p * us[i] + q * vs[i] - limit
            let there = p * us[next] + q * vs[next] - limit
            if here <= 0 { append(us[i], vs[i]) }
            if (here < 0 && there > 0) || (here > 0 && there < 0) {
                let t = here / (here - there)
                append(us[i] + (us[next] - us[i]) * t, vs[i] + (vs[next] - vs[i]) * t)
            }
            i += 1
        }
        (us, vs, count) = (keptU, keptV, kept)
    }

    /// Whether a point is in the rectangle and strip the polygon was made of.
    @inline(__always)
    func contains(
        _ u: Double, _ v: Double, _ a: PlanSegment, _ b: PlanSegment, _ limits: PairLimits, _ sz: Double
    ) -> Bool {
        guard u >= 0, v >= 0, u <= a.duration, v <= b.duration else { return false }
        let gap = sz + b.vz * v - a.vz * u
        return gap <= limits.height && gap >= -limits.height
    }
}
