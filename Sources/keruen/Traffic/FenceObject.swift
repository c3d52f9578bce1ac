import Foundation
import Traffic
import World

/// The values of a line by key, each checked when it is taken.
struct FenceObject {
    private let values: [String: Any]
    init(_ values: [String: Any]) { self.values = values }

    /// The first of several spellings that is there and not null.
    private func value(_ keys: [String]) -> (key: String, value: Any)? {
        for key in keys {
            if let value = values[key], !(value is NSNull) { return (key, value) }
        }
        return nil
    }

    static func double(_ value: Any) -> Double? {
        guard let number = value as? NSNumber, !(value is String), !(value is Bool) || !Self.isBool(number)
        else { return nil }
        let double = number.doubleValue
        return double.isFinite ? double : nil
    }

    private static func isBool(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    func identifier() throws -> Any {
        guard let id = values["id"], id is String || Self.double(id) != nil else {
            throw FenceLineFault("id", "must be text or a number")
        }
        return id
    }

    func text(_ keys: String...) throws -> String? {
        guard let (key, value) = value(keys) else { return nil }
        guard let text = value as? String else { throw FenceLineFault(key, "must be text") }
        return text
    }

    func number(_ keys: String...) throws -> Double? {
        guard let (key, value) = value(keys) else { return nil }
        guard let number = Self.double(value) else { throw FenceLineFault(key, "must be a number") }
        return number
    }

    private static func numbers(_ value: Any, _ key: String) throws -> [Double] {
        guard let list = value as? [Any] else { throw FenceLineFault(key, "must be a list of numbers") }
        var numbers: [Double] = []
        for item in list {
            if let number = double(item) {
                numbers.append(number)
            } else if item is [Any] {
                numbers += try Self.numbers(item, key)
            } else {
                throw FenceLineFault(key, "must hold finite numbers only")
            }
        }
        return numbers
    }

    /// Lists of numbers; one level of brackets more, as [[x1,y1],[x2,y2]], is taken away.
    func lists(_ keys: String...) throws -> [[Double]] {
        guard let (key, value) = value(keys) else { return [] }
        guard let list = value as? [Any] else { throw FenceLineFault(key, "must be a list of lists") }
        var result: [[Double]] = []
        for (index, item) in list.enumerated() { result.append(try Self.numbers(item, "\(key)[\(index)]")) }
        return result
    }

    func circle() throws -> [Double]? {
        guard let (key, value) = value(["circle"]) else { return nil }
        if let object = value as? [String: Any] {
            let inner = FenceObject(object)
            let center = try inner.lists("center").flatMap { $0 }
            let radius = try inner.number("radius_m", "radius", "r")
            guard center.count == 2, let radius else {
                throw FenceLineFault(key, "needs center and radius_m")
            }
            return center + [radius]
        }
        let numbers = try Self.numbers(value, key)
        guard numbers.count == 3 else { throw FenceLineFault(key, "must be [x,y,radius_m]") }
        return numbers
    }

    /// Outline and holes.
    func rings() throws -> [[[Double]]] {
        guard let (key, value) = value(["polygon", "outline", "vertices"]) else { return [] }
        var rings: [[[Double]]] = []
        if let list = value as? [[[Any]]], list.first?.first != nil {
            for ring in list { rings.append(try Self.ring(ring, key)) }
        } else {
            rings.append(try Self.ring(value, key))
        }
        if let (key, value) = self.value(["holes"]) {
            guard let list = value as? [Any] else { throw FenceLineFault(key, "must be a list of rings") }
            for (index, ring) in list.enumerated() { rings.append(try Self.ring(ring, "holes[\(index)]")) }
        }
        return rings
    }

    private static func ring(_ value: Any, _ key: String) throws -> [[Double]] {
        guard let list = value as? [Any] else { throw FenceLineFault(key, "must be a list of [x,y]") }
        var ring: [[Double]] = []
        for (index, item) in list.enumerated() {
            let pair = try numbers(item, "\(key)[\(index)]")
            guard pair.count == 2 else { throw FenceLineFault("\(key)[\(index)]", "must be [x,y]") }
            ring.append(pair)
        }
        return ring
    }

    /// Seconds or ISO 8601.
    static func instant(_ value: Any, _ key: String) throws -> Instant {
        if let text = value as? String, let instant = Instant(iso8601: text) { return instant }
        guard let seconds = double(value), seconds.magnitude <= 9e9 else {
            throw FenceLineFault(key, "needs a time in seconds, or as 2026-01-31T12:00:00Z")
        }
        return Instant(nanoseconds: Int64((seconds * 1e9).rounded()))
    }

    func windows() throws -> [TimeWindow] {
        guard let (key, value) = value(["windows", "active", "validity"]) else { return [] }
        guard let list = value as? [Any] else { throw FenceLineFault(key, "must be [[start,end],...]") }
        var windows: [TimeWindow] = []
        for (index, item) in list.enumerated() {
            guard let pair = item as? [Any], pair.count == 2 else {
                throw FenceLineFault("\(key)[\(index)]", "must be [start,end]")
            }
            windows.append(
                TimeWindow(
                    start: try Self.instant(pair[0], "\(key)[\(index)]"),
                    end: try Self.instant(pair[1], "\(key)[\(index)]")))
        }
        return windows
    }

    /// From the line's pairs of numbers to a plane in metres about its first place.
    func projection(near first: [Double]) throws -> (Double, Double) -> (x: Double, y: Double)? {
        let isLatitudeFirst: Bool
        switch try text("crs", "coordinates")?.lowercased() {
        case nil, "local", "enu": return { (x: $0, y: $1) }
        case "latlon": isLatitudeFirst = true
        case "lonlat": isLatitudeFirst = false
        default: throw FenceLineFault("crs", "must be local, latlon or lonlat")
        }
        guard first.count >= 2,
            let origin = Coordinate(
                latitudeDegrees: isLatitudeFirst ? first[0] : first[1],
                longitudeDegrees: isLatitudeFirst ? first[1] : first[0])
        else { throw FenceLineFault("polygon", "begins at no place on Earth") }
        let frame = LocalFrame(origin: Position(origin, altitude: Altitude(millimeters: 0)))
        return { a, b in
            let (latitude, longitude) = isLatitudeFirst ? (a, b) : (b, a)
            guard (-90...90).contains(latitude), (-180...180).contains(longitude) else { return nil }
            let point = frame.point(latitudeDegrees: latitude, longitudeDegrees: longitude, heightMeters: 0)
            return (point.east, point.north)
        }
    }
}
