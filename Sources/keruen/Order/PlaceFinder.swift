import Controller
import World

/// Finds the point that a person means: an id or name of the world data, or `lat,lon` in degrees.
struct PlaceFinder {
    private let world: WorldData
    private let byWord: [String: [Place]]

    init(_ world: WorldData) {
        self.world = world
        var byWord: [String: [Place]] = [:]
        // In the order of precedence: a city before the aerodrome that has its name.
        for place in world.places + world.checkpoints + world.airports + world.towns {
            byWord[Self.folded(place.name), default: []].append(place)
            byWord[Self.folded(place.id), default: []].insert(place, at: 0)
        }
        self.byWord = byWord
    }

    /// Why nothing was found, and what may be meant.
    struct Failure: Error {
        var text: String
    }

    /// - Parameter suggests: looks for places with a name alike, which takes milliseconds.
    func stop(_ text: String, suggests: Bool = true) throws(Failure) -> Stop {
        let words = text.split(separator: ",", omittingEmptySubsequences: false)
        if words.count == 2, let latitude = Self.degrees(words[0]), let longitude = Self.degrees(words[1]) {
            guard let point = Coordinate(latitudeDegrees: latitude, longitudeDegrees: longitude) else {
                throw Failure(
                    text: "'\(text.prefix(64))' is beyond 90 degrees of latitude or 180 of longitude")
            }
            return Stop(
                place: "\(latitude),\(longitude)", coordinate: point, ground: world.terrain.ground(at: point))
        }
        guard (1...64).contains(text.utf8.count) else {
            throw Failure(text: "a place has 1 to 64 bytes, this has \(text.utf8.count)")
        }
        if let places = byWord[Self.folded(text)], let first = places.first {
            // Places of one name and sort, such as two villages, are told apart by id only.
            let rivals = places.filter { $0.kind == first.kind }
            guard rivals.count == 1 || Self.folded(first.id) == Self.folded(text) else {
                let ids = rivals.prefix(5).map { "\($0.id) (\(Self.rough($0.coordinate)))" }
                throw Failure(
                    text: "there are \(rivals.count) places called '\(text)'; use one of "
                        + ids.joined(separator: ", "))
            }
            return Stop(place: first.id, coordinate: first.coordinate, ground: first.ground)
        }
        let near = suggests ? similar(to: Self.folded(text)) : []
        let hint =
            near.isEmpty
            ? "give an id or name of the world data, or LAT,LON in degrees"
            : "did you mean " + near.map { "\($0.name) (\($0.id))" }.joined(separator: ", ") + "?"
        throw Failure(text: "there is no place '\(text)'; \(hint)")
    }

    /// At most three, the nearest in writing first, and of those the most populous.
    private func similar(to word: String) -> [Place] {
        let limit = max(1, word.count / 3)
        var found: [(distance: Int, place: Place)] = []
        for (name, places) in byWord {
            guard let place = places.first else { continue }
            let isBeginning = word.count >= 3 && name.hasPrefix(word)
            let distance = isBeginning ? 1 : editDistance(word, name, limit: limit)
            if distance <= limit { found.append((distance, place)) }
        }
        found.sort { a, b in
            (a.distance, -a.place.population, a.place.id) < (b.distance, -b.place.population, b.place.id)
        }
        var places: [Place] = []
        for (_, place) in found where places.count < 3 && !places.contains(place) { places.append(place) }
        return places
    }

    /// Small letters without spaces and hyphens: `ust kamenogorsk` is `Ust-Kamenogorsk`.
    private static func folded(_ text: String) -> String {
        text.lowercased().filter { $0 != " " && $0 != "-" && $0 != "'" }
    }

    private static func degrees(_ text: Substring) -> Double? {
        let trimmed = text.drop { $0 == " " }
        // No exponents, no hexadecimal, no "nan": a coordinate as people write one.
        guard !trimmed.isEmpty, trimmed.count <= 16,
            trimmed.allSatisfy({ "+-.0123456789".contains($0) })
        else { return nil }
        return Double(trimmed)
    }

    private static func rough(_ c: Coordinate) -> String {
        fixed(c.latitudeDegrees, 2) + "," + fixed(c.longitudeDegrees, 2)
    }
}

/// Fewest insertions, deletions, replacements and swaps of neighbours between two words; above `limit` any number
/// above it.
func editDistance(_ a: String, _ b: String, limit: Int) -> Int {
    let (a, b) = (Array(a), Array(b))
    guard abs(a.count - b.count) <= limit, !a.isEmpty, !b.isEmpty else { return limit + 1 }
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            let change = a[i - 1] == b[j - 1] ? 0 : 1
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                row[j] = min(row[j], before[j - 2] + 1)
            }
        }
        (before, last) = (last, row)
    }
    return last[b.count]
}
