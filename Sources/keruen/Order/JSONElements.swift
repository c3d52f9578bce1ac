import World

/// The objects of a JSON array, or of a sequence of objects such as one in each line, with the line where each begins.
/// Finds their ends only; what is in them is for a decoder.
struct JSONElements {
    /// Bytes of one object.
    static let elementMax = 1 << 16

    struct Element {
        /// From 1.
        var line: Int
        var bytes: ArraySlice<UInt8>
    }

    private let file: String
    private let bytes: [UInt8]
    private var next: Int
    private var line = 1

    static func split(_ bytes: [UInt8], file: String) throws(DataError) -> [Element] {
        var scanner = JSONElements(
            file: file, bytes: bytes, next: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        return try scanner.elements()
    }

    private init(file: String, bytes: [UInt8], next: Int) {
        self.file = file
        self.bytes = bytes
        self.next = next
    }

    private mutating func elements() throws(DataError) -> [Element] {
        var elements: [Element] = []
        let isArray = peek() == UInt8(ascii: "[")
        if isArray { next += 1 }
        while let byte = peek() {
            if isArray, byte == UInt8(ascii: "]") {
                next += 1
                guard peek() == nil else { throw error("something follows the end of the array") }
                return elements
            }
            if isArray, !elements.isEmpty {
                guard byte == UInt8(ascii: ",") else { throw error("a comma or ] is missing here") }
                next += 1
            }
            elements.append(try element())
        }
        if isArray { throw error("the array is never closed") }
        return elements
    }

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

    private mutating func element() throws(DataError) -> Element {
        guard peek() == UInt8(ascii: "{") else { throw error("an order is a JSON object in braces") }
        let (start, startLine) = (next, line)
        var depth = 0
        var isText = false
        while next < bytes.count, next - start < Self.elementMax {
            let byte = bytes[next]
            next += 1
            if byte == 0x0A { line += 1 }
            switch byte {
            case UInt8(ascii: "\\") where isText: next += 1
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "{") where !isText, UInt8(ascii: "[") where !isText: depth += 1
            case UInt8(ascii: "}") where !isText, UInt8(ascii: "]") where !isText:
                depth -= 1
                if depth == 0 { return Element(line: startLine, bytes: bytes[start..<next]) }
            default: break
            }
        }
        line = startLine
        throw error("the order that begins here does not end within \(Self.elementMax) bytes")
    }

    private func error(_ problem: String) -> DataError { DataError(file: file, line: line, problem: problem) }
}
