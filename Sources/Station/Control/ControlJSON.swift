import Controller
import World

/// A member's name that is known only when read.
struct MemberName: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringLiteral value: String) { stringValue = value }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

typealias Members = KeyedDecodingContainer<MemberName>

extension Decoder {
    /// The single member of the object, and its name.
    func onlyMember(_ what: String) throws -> (name: String, object: Members) {
        let object = try container(keyedBy: MemberName.self)
        guard object.allKeys.count == 1, let name = object.allKeys.first?.stringValue else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: codingPath,
                    debugDescription: "\(what) has one member, this has \(object.allKeys.count)"))
        }
        return (name, object)
    }
}

extension Members {
    /// The object below `name`, which must have no members but `known`: a misspelt filter must not pass as none.
    func object(_ name: MemberName, _ known: Set<String>) throws -> Members {
        let inner = try nestedContainer(keyedBy: MemberName.self, forKey: name)
        if let strange = inner.allKeys.map(\.stringValue).filter({ !known.contains($0) }).min() {
            throw inner.fault(
                MemberName(stringValue: strange),
                "there is no such member; known are \(known.sorted().joined(separator: ", "))")
        }
        return inner
    }

    func fault(_ name: MemberName, _ text: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath + [name], debugDescription: text))
    }

    /// 1 to `ControlLimits.textMax` bytes.
    func text(_ name: MemberName) throws -> String {
        let text = try decode(String.self, forKey: name)
        guard (1...ControlLimits.textMax).contains(text.utf8.count) else {
            throw fault(name, "it has \(text.utf8.count) bytes, not 1 to \(ControlLimits.textMax)")
        }
        return text
    }

    func value<T: Decodable>(_ name: MemberName, as type: T.Type = T.self) throws -> T {
        try decode(type, forKey: name)
    }

    func optional<T: Decodable>(_ name: MemberName, as type: T.Type = T.self) throws -> T? {
        try decodeIfPresent(type, forKey: name)
    }

    /// An identifier of text; the message names those there are.
    func word<T: RawRepresentable & CaseIterable>(_ name: MemberName, as type: T.Type = T.self) throws -> T
    where T.RawValue == String {
        let text = try decode(String.self, forKey: name)
        guard let value = T(rawValue: text) else {
            throw fault(name, "it is none of \(T.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }

    func optionalWord<T: RawRepresentable & CaseIterable>(
        _ name: MemberName, as type: T.Type = T.self
    ) throws -> T? where T.RawValue == String {
        try contains(name) && !decodeNil(forKey: name) ? word(name) : nil
    }

    func page() throws -> Page {
        let limit = try optional("limit", as: Int.self) ?? ControlLimits.pageDefault
        guard (1...ControlLimits.pageMax).contains(limit) else {
            throw fault("limit", "it is \(limit), not 1 to \(ControlLimits.pageMax)")
        }
        return Page(after: try optional("after") ?? 0, limit: limit)
    }
}

extension KeyedEncodingContainer<MemberName> {
    mutating func page(_ page: Page) throws {
        try encode(page.after, forKey: "after")
        try encode(page.limit, forKey: "limit")
    }
}

extension VehicleMode {
    /// By the name it has in JSON and on the command line.
    public init?(name: String) {
        guard let mode = Self.all.first(where: { "\($0)" == name }) else { return nil }
        self = mode
    }
    public static var all: [VehicleMode] { (0...UInt8.max).compactMap(VehicleMode.init(rawValue:)) }
}
