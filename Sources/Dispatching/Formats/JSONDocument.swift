import World

/// A JSON text (RFC 8259) from outside, as a tree that knows its lines. Depth, size and counts are bounded; numbers are
/// finite; no member is given twice.
struct JSONDocument {
    static let deepest = 24
    static let mostNodes = 1 << 25

    struct Node {
        let line: Int
        let value: Value
    }
    indirect enum Value {
        case null
        case bool(Bool)
        case number(Double)
        case text(String)
        case array([Node])
        case object([(name: String, value: Node)])
    }

    /// - Throws: what is wrong, with its line.
    static func parse(_ bytes: [UInt8], file: String) throws(DataError) -> Node {
        var reader = JSONReader(bytes: bytes, file: file)
        return try reader.document()
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    let file: String
    var next = 0
    var line = 1
    var nodes = 0

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    mutating func document() throws(DataError) -> JSONDocument.Node {
        let node = try value(0)
        guard peek() == nil else { throw error("something follows the end of the document") }
        return node
    }

    func error(_ problem: String) -> DataError { DataError(file: file, line: line, problem: problem) }

    /// The next byte that is no white space.
    private mutating func peek() -> UInt8? {
        while next < bytes.count {
            switch bytes[next] {
            case 0x0A: line += 1
            case 0x20, 0x09, 0x0D: break
            default: return bytes[next]
            }
            next += 1
        }
        return nil
    }

    private mutating func value(_ depth: Int) throws(DataError) -> JSONDocument.Node {
        guard let byte = peek() else { throw error("the file ends too early; it may be cut off") }
        guard depth <= JSONDocument.deepest else {
            throw error("is nested deeper than \(JSONDocument.deepest)")
        }
        nodes += 1
        guard nodes <= JSONDocument.mostNodes else {
            throw error("holds more than \(JSONDocument.mostNodes) values")
        }
        let start = line
        func node(_ value: JSONDocument.Value) -> JSONDocument.Node {
            JSONDocument.Node(line: start, value: value)
        }
        switch byte {
        case UInt8(ascii: "{"): return node(.object(try members(depth)))
        case UInt8(ascii: "["): return node(.array(try elements(depth)))
        case UInt8(ascii: "\""): return node(.text(try text()))
        case UInt8(ascii: "t"): return node(try word("true", .bool(true)))
        case UInt8(ascii: "f"): return node(try word("false", .bool(false)))
        case UInt8(ascii: "n"): return node(try word("null", .null))
        default: return node(.number(try number()))
        }
    }

    private mutating func elements(_ depth: Int) throws(DataError) -> [JSONDocument.Node] {
        var all: [JSONDocument.Node] = []
        next += 1
        if peek() == UInt8(ascii: "]") {
            next += 1
            return all
        }
        while true {
            all.append(try value(depth + 1))
            if try ends(UInt8(ascii: "]"), "a comma or ] is missing") { return all }
        }
    }

    private mutating func members(_ depth: Int) throws(DataError) -> [(
        name: String, value: JSONDocument.Node
    )] {
        var all: [(name: String, value: JSONDocument.Node)] = []
        next += 1
        if peek() == UInt8(ascii: "}") {
            next += 1
            return all
        }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw error("a member's name in quotes is missing") }
            let name = try text()
            guard all.count < 256 else { throw error("an object has more than 256 members") }
            guard !all.contains(where: { $0.name == name }) else {
                throw error("\"\(name.prefix(40))\" is given twice in one object")
            }
            guard peek() == UInt8(ascii: ":") else { throw error("a colon is missing after a name") }
            next += 1
            all.append((name, try value(depth + 1)))
            if try ends(UInt8(ascii: "}"), "a comma or } is missing") { return all }
        }
    }

    /// After an element: false when another follows.
    private mutating func ends(_ close: UInt8, _ problem: String) throws(DataError) -> Bool {
        let byte = peek()
        guard let byte else { throw error("the file ends too early; it may be cut off") }
        guard byte == close || byte == UInt8(ascii: ",") else { throw error(problem) }
        next += 1
        return byte == close
    }

    private mutating func word(
        _ word: StaticString, _ value: JSONDocument.Value
    ) throws(DataError) -> JSONDocument.Value {
        let end = next + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[next..<end].elementsEqual("\(word)".utf8) else {
            throw error("is no value of JSON; texts stand in quotes")
        }
        next = end
        return value
    }

    private mutating func number() throws(DataError) -> Double {
        let start = next
        while next < bytes.count, next - start < 64 {
            switch bytes[next] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "."),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                next += 1
                continue
            default: break
            }
            break
        }
        guard let value = FieldText.number(bytes[start..<next]) else {
            throw error("is no value of JSON; texts stand in quotes, numbers are finite")
        }
        return value
    }

    private mutating func text() throws(DataError) -> String {
        var content: [UInt8] = []
        next += 1
        while next < bytes.count {
            let byte = bytes[next]
            next += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw error("a text is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw error("a control character stands in a text; is its quote missing?")
            default: content.append(byte)
            }
        }
        throw error("a text is never closed; the file may be cut off")
    }

    private mutating func escape(into content: inout [UInt8]) throws(DataError) {
        guard next < bytes.count else { throw error("the file ends too early; it may be cut off") }
        let byte = bytes[next]
        next += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(8)
        case UInt8(ascii: "f"): content.append(12)
        case UInt8(ascii: "n"): content.append(10)
        case UInt8(ascii: "r"): content.append(13)
        case UInt8(ascii: "t"): content.append(9)
        case UInt8(ascii: "u"):
            var code = try codeUnit()
            if code >> 10 == 0x36, next + 1 < bytes.count, bytes[next] == UInt8(ascii: "\\"),
                bytes[next + 1] == UInt8(ascii: "u")
            {
                next += 2
                code = 0x10000 + (code & 0x3FF) << 10 + (try codeUnit()) & 0x3FF
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("\\u is no character") }
            content.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw error("a text has an unknown escape")
        }
    }

    private mutating func codeUnit() throws(DataError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard next < bytes.count,
                let digit = Character(Unicode.Scalar(bytes[next])).hexDigitValue
            else { throw error("\\u needs four hexadecimal digits") }
            code = code << 4 | UInt32(digit)
            next += 1
        }
        return code
    }
}
