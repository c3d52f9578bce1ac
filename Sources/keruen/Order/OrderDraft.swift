import Controller
import Station
import World

/// An order as a person writes it, on the command line or in a file: places by name, kilograms, times as text.
struct OrderDraft: Decodable {
    var key: String?
    var company: String?
    var from: String?
    var to: String?
    var kg: Double?
    var liters: UInt32?
    var cargo: String?
    var ready: String?
    var by: String?
    var kinds: [String]?

    /// Members of the JSON form and columns of the CSV form.
    enum Field: String, CodingKey, CaseIterable {
        case key, company, from, to, kg, liters, cargo, ready, by, kinds
    }

    /// What is wrong with one field.
    struct Fault: Error {
        var field: Field
        var text: String
        init(_ field: Field, _ text: String) {
            self.field = field
            self.text = text
        }
    }

    init() {}

    /// From JSON; a member that is not known is refused, since it may be a misspelt one that matters.
    init(from decoder: any Decoder) throws {
        let known = Set(Field.allCases.map(\.rawValue))
        let all = try decoder.container(keyedBy: AnyName.self)
        if let strange = all.allKeys.map(\.stringValue).filter({ !known.contains($0) }).min() {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: [AnyName(stringValue: strange)],
                    debugDescription: "there is no such member; known are "
                        + Field.allCases.map(\.rawValue).joined(separator: ", ")))
        }
        let object = try decoder.container(keyedBy: Field.self)
        key = try object.decodeIfPresent(String.self, forKey: .key)
        company = try object.decodeIfPresent(String.self, forKey: .company)
        from = try object.decodeIfPresent(String.self, forKey: .from)
        to = try object.decodeIfPresent(String.self, forKey: .to)
        kg = try object.decodeIfPresent(Double.self, forKey: .kg)
        liters = try object.decodeIfPresent(UInt32.self, forKey: .liters)
        cargo = try object.decodeIfPresent(String.self, forKey: .cargo)
        ready = try object.decodeIfPresent(String.self, forKey: .ready)
        by = try object.decodeIfPresent(String.self, forKey: .by)
        kinds = try object.decodeIfPresent([String].self, forKey: .kinds)
    }

    private struct AnyName: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The order as the station takes it.
    /// - Parameter now: for times such as `+2h`.
    func request(
        _ places: PlaceFinder, suggestsPlaces: Bool = true, now: () throws -> Instant
    ) throws -> OrderRequest {
        func stop(_ text: String?, _ field: Field) throws -> Stop {
            guard let text else { throw Fault(field, "is missing; give a place or LAT,LON") }
            do { return try places.stop(text, suggests: suggestsPlaces) } catch {
                throw Fault(field, error.text)
            }
        }
        return OrderRequest(
            key: try word(key, .key), company: try word(company, .company), pickup: try stop(from, .from),
            delivery: try stop(to, .to), massGrams: try grams(), volumeLiters: liters ?? 0,
            cargo: try oneOf(cargo ?? CargoClass.general.rawValue, .cargo),
            readyAt: try ready.map { try moment($0, .ready, now) } ?? ControlLimits.atOnce,
            deliverBy: try by.map { try moment($0, .by, now) },
            kinds: try kinds.flatMap { $0.isEmpty ? nil : try $0.map { try oneOf($0, .kinds) } })
    }

    private func word(_ text: String?, _ field: Field) throws -> String {
        guard let text else { throw Fault(field, "is missing") }
        guard (1...ControlLimits.textMax).contains(text.utf8.count), Terminal.clean(text) == text else {
            throw Fault(field, "must have 1 to \(ControlLimits.textMax) bytes and no control characters")
        }
        return text
    }

    private func grams() throws -> UInt32 {
        guard let kg else { throw Fault(.kg, "is missing") }
        guard kg >= 0.001, kg <= 1_000_000 else { throw Fault(.kg, "is \(kg), not 0.001 to 1000000") }
        return UInt32((kg * 1000).rounded())
    }

    private func oneOf<T: RawRepresentable & CaseIterable>(_ text: String, _ field: Field) throws -> T
    where T.RawValue == String {
        guard let value = T(rawValue: text) else {
            let known = T.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(field, "'\(text.prefix(40))' is none of \(known)")
        }
        return value
    }

    private func moment(_ text: String, _ field: Field, _ now: () throws -> Instant) throws -> Instant {
        if let instant = Instant(iso8601: text) { return instant }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
        guard text.first == "+", text.count <= 12, let unit = text.last.flatMap({ units[$0] }),
            let count = UInt32(text.dropFirst().dropLast()), Double(count) * unit <= 60 * 86400
        else {
            throw Fault(
                field,
                "'\(text.prefix(40))' is no time; use 2026-06-01T14:00:00Z, or +90m, +2h, +1d from now (60 days at most)"
            )
        }
        // Whole seconds, as a person means it.
        let second: Int64 = 1_000_000_000
        let start = Instant(nanoseconds: try now().nanoseconds / second * second)
        return start.advanced(bySeconds: Double(count) * unit)
    }
}
