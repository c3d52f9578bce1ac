/// A vehicle for ever: bound to its key at enrolment, never given to another. 0 addresses all vehicles on the wire.
public struct VehicleID: Hashable, Comparable, Sendable, Codable {
    public var number: UInt32
    public init(_ number: UInt32) { self.number = number }
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(UInt32.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// An order, numbered by the controller from 1.
public struct OrderID: Hashable, Comparable, Sendable, Codable {
    public var number: UInt64
    public init(_ number: UInt64) { self.number = number }
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(UInt64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// A mission, numbered by the controller from 1; below 2^40 so that it fits the wire.
public struct MissionID: Hashable, Comparable, Sendable, Codable {
    public var number: UInt64
    public init(_ number: UInt64) { self.number = number }
    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(UInt64.self)
    }
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}

/// What a vehicle is.
public enum VehicleKind: String, Sendable, Codable, CaseIterable {
    case multirotor, vtol, truck
    public var flies: Bool { self != .truck }
}
