import FoundationEssentials
import Glibc

/// One line of the allow list: a vehicle, its public key, and whether it may still connect.
public struct Enrolment: Hashable, Sendable {
    public enum Status: String, Sendable { case allowed, revoked }
    public var id: UInt32
    public var name: String
    /// `multirotor`, `vtol` or `truck`.
    public var kind: String
    public var company: String
    public var publicKey: CurvePublicKey
    /// Grows with each new key of the same vehicle.
    public var generation: UInt32
    public var status: Status

    public init(
        id: UInt32, name: String, kind: String, company: String, publicKey: CurvePublicKey,
        generation: UInt32 = 1,
        status: Status = .allowed
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.company = company
        self.publicKey = publicKey
        self.generation = generation
        self.status = status
    }

    static let kinds = ["multirotor", "vtol", "truck"]
    /// Ids and generations; there is always a next one.
    static let numbers = UInt32(1)...UInt32.max - 1

    /// Whether a name can stand in a list, in a path and on a terminal.
    static func isWord(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: ".")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}

/// A file of keys that cannot be used, with where and why.
public struct KeyFileError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// The allow list as a text file: `id name kind company publicKeyZ85 generation status`, one vehicle a line,
/// `#` starts a comment. Sorted by id; ids, names and keys are unique.
public struct Keyring: Sendable {
    public var enrolments: [Enrolment]

    public init(enrolments: [Enrolment] = []) { self.enrolments = enrolments }

    public init(contentsOf path: String) throws {
        let hint = "make keys with 'keruen key new NAME --kind KIND'"
        try self.init(text: try readText(path, sizeMax: 16 << 20, hint: hint), path: path)
    }

    public init(text: String, path: String = "fleet.keys") throws {
        var enrolments: [Enrolment] = []
        var ids = Set<UInt32>()
        var names = Set<String>()
        var keys = Set<CurvePublicKey>()
        for (index, line) in linesOf(text).enumerated() {
            if line.first == "#" { continue }
            let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(
                String.init)
            if fields.isEmpty { continue }
            let place = "\(path):\(index + 1)"
            guard fields.count == 7 else { throw KeyFileError("\(place): \(fields.count) fields, need 7") }
            guard let id = UInt32(fields[0]), Enrolment.numbers.contains(id) else {
                throw KeyFileError("\(place): the id is not a number from 1 to 4294967294")
            }
            guard Enrolment.isWord(fields[1]), Enrolment.isWord(fields[3]) else {
                throw KeyFileError(
                    "\(place): name and company must be 1 to 64 letters, digits, '-', '_' and '.'")
            }
            guard Enrolment.kinds.contains(fields[2]) else {
                throw KeyFileError("\(place): the kind is not multirotor, vtol or truck")
            }
            guard let key = CurvePublicKey(z85: fields[4]) else {
                throw KeyFileError("\(place): not a Z85 public key")
            }
            guard let generation = UInt32(fields[5]), Enrolment.numbers.contains(generation),
                let status = Enrolment.Status(rawValue: fields[6])
            else {
                throw KeyFileError("\(place): generation and status must be a number and allowed or revoked")
            }
            guard ids.insert(id).inserted, names.insert(fields[1]).inserted else {
                throw KeyFileError("\(place): vehicle \(id) '\(fields[1])' stands in the list twice")
            }
            // Whoever holds a key is the vehicle: one key cannot be two.
            guard keys.insert(key).inserted else {
                throw KeyFileError("\(place): another vehicle has the same key; make one for \(fields[1])")
            }
            enrolments.append(
                Enrolment(
                    id: id, name: fields[1], kind: fields[2], company: fields[3], publicKey: key,
                    generation: generation,
                    status: status))
        }
        self.enrolments = enrolments.sorted { $0.id < $1.id }
    }

    public var text: String {
        var text = "# id name kind company publicKey generation status\n"
        for e in enrolments {
            text +=
                "\(e.id) \(e.name) \(e.kind) \(e.company) \(e.publicKey) \(e.generation) \(e.status.rawValue)\n"
        }
        return text
    }

    public func save(to path: String) throws { try writeFile(text, to: path, mode: 0o644) }
}

/// A vehicle's secret as it is carried to the vehicle: `id`, `name`, `kind`, `company`, `secret` and the
/// station's public key `station`, one `word value` a line.
public struct VehicleSecret: Sendable {
    public var id: UInt32
    public var name: String
    public var kind: String
    public var company: String
    public var keys: CurveKeyPair
    public var station: CurvePublicKey

    public init(
        id: UInt32, name: String, kind: String, company: String, keys: CurveKeyPair, station: CurvePublicKey
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.company = company
        self.keys = keys
        self.station = station
    }

    public init(contentsOf path: String) throws {
        try self.init(text: try readText(path, sizeMax: 65536), path: path)
    }

    public init(text: String, path: String = "vehicle.secret") throws {
        let words = wordsOf(text)
        guard let id = words["id"].flatMap(UInt32.init), Enrolment.numbers.contains(id),
            let name = words["name"], let kind = words["kind"], let company = words["company"],
            let keys = words["secret"].flatMap(CurveKeyPair.init(secretZ85:)),
            let station = words["station"].flatMap(CurvePublicKey.init(z85:))
        else { throw KeyFileError("\(path): needs the lines id, name, kind, company, secret and station") }
        guard Enrolment.isWord(name), Enrolment.isWord(company), Enrolment.kinds.contains(kind) else {
            throw KeyFileError("\(path): name, kind or company is not as in an allow list")
        }
        self.init(id: id, name: name, kind: kind, company: company, keys: keys, station: station)
    }

    /// What the file holds, the secret in it.
    public var text: String {
        """
        id \(id)
        name \(name)
        kind \(kind)
        company \(company)
        secret \(keys.secretZ85)
        station \(station)

        """
    }

    public func save(to path: String) throws { try writeFile(text, to: path, mode: 0o600) }
}

/// The station's own key pair in a file of one line `secret Z85`, mode 0600; made when it does not exist.
public func stationKeys(at path: String) throws -> CurveKeyPair {
    if FileManager.default.fileExists(atPath: path) {
        guard
            let keys = wordsOf(try readText(path, sizeMax: 65536))["secret"].flatMap(
                CurveKeyPair.init(secretZ85:))
        else {
            throw KeyFileError("\(path): needs a line 'secret' with 40 characters of Z85")
        }
        return keys
    }
    let keys = try CurveKeyPair.generate()
    try writeFile("secret \(keys.secretZ85)\n", to: path, mode: 0o600)
    return keys
}

/// Bounded and UTF-8, or an error that says which file.
private func readText(_ path: String, sizeMax: Int, hint: String = "see 'keruen key --help'") throws -> String
{
    guard let file = FileManager.default.contents(atPath: path) else {
        throw KeyFileError("\(path): cannot be read; \(hint)")
    }
    guard file.count <= sizeMax, let text = String(validating: file, as: UTF8.self) else {
        throw KeyFileError("\(path): it is longer than \(sizeMax) bytes, or not UTF-8; \(hint)")
    }
    return text
}

/// Lines however they end; in Swift "\r\n" is one character, and not "\n".
private func linesOf(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
}

private func wordsOf(_ text: String) -> [String: String] {
    var words: [String: String] = [:]
    for line in linesOf(text) where line.first != "#" {
        let parts = line.split(separator: " ", maxSplits: 1)
        if parts.count == 2 { words[String(parts[0])] = String(parts[1]) }
    }
    return words
}

/// Writes beside the target and renames, so that a reader sees the old file or the new one, never a part.
private func writeFile(_ text: String, to path: String, mode: mode_t) throws {
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw KeyFileError("\(path): \(String(cString: strerror(errno)))") }
    let bytes = Array(text.utf8)
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    let synced = fsync(descriptor)
    close(descriptor)
    guard written == bytes.count, synced == 0, rename(temporary, path) == 0 else {
        unlink(temporary)
        throw KeyFileError("\(path): \(String(cString: strerror(errno)))")
    }
}
