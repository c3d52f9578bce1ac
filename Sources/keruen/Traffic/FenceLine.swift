import Foundation
import Traffic
import World

/// One line of a fence file: a fence, and what is to be tested against it.
struct FenceLine {
    private let test: FenceTest
    private let points: [[Double]]
    private let segments: [[Double]]
    private let radius: Double
    private let halfHeight: Double
    private let id: Any
    private let project: (Double, Double) -> (x: Double, y: Double)?

    /// Most points and segments of a line.
    private static let itemsMax = 1_000_000

    static func answer(_ bytes: ArraySlice<UInt8>) throws -> String {
        guard bytes.count <= 32 << 20 else { throw FenceLineFault("", "is longer than 32 MiB; split it") }
        guard nestingIsBounded(bytes) else { throw FenceLineFault("", "is nested deeper than 16 brackets") }
        let value: Any
        do { value = try JSONSerialization.jsonObject(with: Data(bytes)) } catch {
            throw FenceLineFault("", "is not JSON: each line must be one object {...}")
        }
        guard let object = value as? [String: Any] else { throw FenceLineFault("", "is no object {...}") }
        return try FenceLine(FenceObject(object)).answer()
    }

    private static func nestingIsBounded(_ bytes: ArraySlice<UInt8>) -> Bool {
        var (depth, isText, isEscaped) = (0, false, false)
        for byte in bytes {
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == 92 {
                    isEscaped = true
                } else if byte == 34 {
                    isText = false
                }
            } else if byte == 34 {
                isText = true
            } else if byte == 91 || byte == 123 {
                depth += 1
                if depth > 16 { return false }
            } else if byte == 93 || byte == 125 {
                depth -= 1
            }
        }
        return true
    }

    private init(_ object: FenceObject) throws {
        id = try object.identifier()
        let kind: Geofence.Kind
        switch try object.text("type", "kind")?.lowercased() {
        case nil, "keep-out", "keepout", "keep_out", "exclusion": kind = .keepOut
        case "keep-in", "keepin", "keep_in", "inclusion": kind = .keepIn
        default: throw FenceLineFault("type", "must be keep-out or keep-in")
        }
        let rings = try object.rings()
        let circle = try object.circle()
        guard rings.isEmpty != (circle == nil) else {
            throw FenceLineFault("polygon", "a line needs either a polygon or a circle")
        }
        project = try object.projection(near: rings.first?.first ?? circle ?? [])
        let project = project
        func flat(_ pair: [Double], _ key: String) throws -> (x: Double, y: Double) {
            guard let point = project(pair[0], pair[1]) else {
                throw FenceLineFault(key, "\(pair[0]), \(pair[1]) is no place on Earth")
            }
            return point
        }
        do {
            let outline: FenceOutline
            if let circle {
                let center = try flat(circle, "circle")
                outline = try FenceOutline(centerX: center.x, centerY: center.y, radiusMeters: circle[2])
            } else {
                outline = try FenceOutline(rings: rings.map { try $0.map { try flat($0, "polygon") } })
            }
            test = FenceTest(
                try Geofence(
                    id: 0, kind: kind, outline: outline,
                    band: AltitudeBand(
                        floorMeters: try object.number("floor_m", "floor", "lower_m", "min_alt_m"),
                        ceilingMeters: try object.number("ceiling_m", "ceiling", "upper_m", "max_alt_m")),
                    windows: try object.windows()))
        } catch let fault as FenceFault {
            throw FenceLineFault(circle == nil ? "polygon" : "circle", fault.description)
        }
        points = try object.lists("points", "point")
        segments = try object.lists("segments", "sweeps", "paths")
        guard points.count <= Self.itemsMax, segments.count <= Self.itemsMax else {
            throw FenceLineFault("points", "more than \(Self.itemsMax) points or segments; split the line")
        }
        radius = try object.number("radius_m", "tube_m", "tube_radius_m") ?? 0
        halfHeight = try object.number("half_height_m") ?? 0
        guard (0...100_000).contains(radius), (0...100_000).contains(halfHeight) else {
            throw FenceLineFault("radius_m", "radius_m and half_height_m must be 0 to 100000")
        }
    }

    private func answer() throws -> String {
        var inside: [String] = []
        for (index, point) in points.enumerated() {
            inside.append(try isInside(point, index) ? "true" : "false")
        }
        var hits: [String] = []
        var first: [String] = []
        var breaches: [String] = []
        var firstBreach: [String] = []
        let isKeepIn = test.fence.kind == .keepIn
        for (index, segment) in segments.enumerated() {
            let answer = try sweep(segment, index)
            hits.append(answer.hit == nil ? "false" : "true")
            first.append(Self.text(answer.hit))
            breaches.append(answer.breach == nil ? "false" : "true")
            firstBreach.append(Self.text(answer.breach))
        }
        var line = "{\"id\":\(Self.json(id)),\"inside\":[\(inside.joined(separator: ","))]"
        line += ",\"hits\":[\(hits.joined(separator: ","))],\"first_hit\":[\(first.joined(separator: ","))]"
        if isKeepIn {
            line += ",\"breaches\":[\(breaches.joined(separator: ","))]"
            line += ",\"first_breach\":[\(firstBreach.joined(separator: ","))]"
        }
        return line + "}"
    }

    private static func text(_ fraction: Double?) -> String {
        guard let fraction else { return "null" }
        let micro = Int((fraction * 1e6).rounded().clamped(to: 0...1e6))
        return "\(micro / 1_000_000)." + String("\(1_000_000 + micro % 1_000_000)".dropFirst())
    }

    private static func json(_ value: Any) -> String {
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.fragmentsAllowed, .withoutEscapingSlashes])
        else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }

    private func place(_ x: Double, _ y: Double, _ key: String) throws -> (x: Double, y: Double) {
        guard let point = project(x, y), point.x.magnitude <= 1e6, point.y.magnitude <= 1e6 else {
            throw FenceLineFault(key, "is not within 1,000 km of the origin")
        }
        return point
    }

    private func height(_ z: Double, _ key: String) throws -> Double {
        guard z.magnitude <= 1e5 else {
            throw FenceLineFault(key, "heights must be within 100,000 m of zero")
        }
        return z
    }

    private func isInside(_ point: [Double], _ index: Int) throws -> Bool {
        let key = "points[\(index)]"
        guard (2...4).contains(point.count) else {
            throw FenceLineFault(key, "must be [x,y], [x,y,z] or [x,y,z,t]")
        }
        let (x, y) = try place(point[0], point[1], key)
        guard test.shape.contains(x: x, y: y) else { return false }
        if point.count >= 3 {
            let z = try height(point[2], key)
            guard z >= test.fence.band.floorMeters, z <= test.fence.band.ceilingMeters else { return false }
        }
        return try point.count < 4 || test.holds(at: FenceObject.instant(point[3], key))
    }

    private func sweep(_ values: [Double], _ index: Int) throws -> (hit: Double?, breach: Double?) {
        let key = "segments[\(index)]"
        let stride = values.count / 2
        guard [4, 6, 8].contains(values.count) else {
            throw FenceLineFault(key, "must be [x1,y1,x2,y2], with z after y, and t after z")
        }
        let (a, b) = (
            try place(values[0], values[1], key), try place(values[stride], values[stride + 1], key)
        )
        // Without a height or time the fence's own limits are left out.
        var fence = test
        if stride < 4, !fence.fence.windows.isEmpty || stride < 3 {
            fence = try FenceTest(
                unlimited: test, keepsBand: stride >= 3)
        }
        let (za, zb) =
            stride >= 3 ? (try height(values[2], key), try height(values[stride + 2], key)) : (0, 0)
        let times =
            stride == 4
            ? (try FenceObject.instant(values[3], key), try FenceObject.instant(values[7], key))
            : (Instant(nanoseconds: 0), Instant(nanoseconds: 0))
        let sweep = Sweep(
            from: (a.x, a.y, za), to: (b.x, b.y, zb), start: times.0, end: times.1, radiusMeters: radius,
            halfHeightMeters: halfHeight)
        guard sweep.isUsable else { throw FenceLineFault(key, "must end after it starts, within 52 days") }
        return (fence.firstContact(sweep), fence.fence.kind == .keepIn ? fence.firstBreach(sweep) : nil)
    }
}
