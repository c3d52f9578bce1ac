import World

/// Words and numbers of a text file.
enum FieldText {
    /// Plain decimal, finite, at most 40 bytes: what JSON and the benchmarks write, no hexadecimal, `inf` or `nan`.
    static func number(_ bytes: ArraySlice<UInt8>) -> Double? {
        guard (1...40).contains(bytes.count), let first = bytes.first, first != UInt8(ascii: "+"),
            bytes.allSatisfy({ allowed.contains($0) }),
            let value = Double(String(decoding: bytes, as: UTF8.self)),
            value.isFinite
        else { return nil }
        return value
    }
    private static let allowed = Set("0123456789+-.eE".utf8)

    /// What errors may repeat of a file: short, without what would move a terminal's cursor.
    static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        String(
            String.UnicodeScalarView(
                String(decoding: bytes.prefix(40), as: UTF8.self).unicodeScalars.filter {
                    $0.value >= 32 && $0.value != 127
                }))
    }
}

/// The lines of a text file that are not blank, one after another, as words parted by blanks or tabs.
struct LineReader {
    let file: String
    private let bytes: [UInt8]
    private var next = 0
    /// Of the line last read, from 1.
    private(set) var line = 0
    /// Reading stops with an error at a line of more words.
    static let mostWords = 64

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
    }

    /// Nil at the end.
    mutating func words() throws(DataError) -> [ArraySlice<UInt8>]? {
        while next < bytes.count {
            line += 1
            var words: [ArraySlice<UInt8>] = []
            var start: Int?
            var isOpen = true
            while isOpen {
                let byte = next < bytes.count ? bytes[next] : 0x0A
                isOpen = byte != 0x0A
                if byte > 0x20 {
                    start = start ?? next
                } else if let from = start {
                    guard words.count < Self.mostWords else {
                        throw error("", "has more than \(Self.mostWords) words")
                    }
                    words.append(bytes[from..<next])
                    start = nil
                }
                next += 1
            }
            if !words.isEmpty { return words }
        }
        return nil
    }

    func error(_ column: String, _ problem: String) -> DataError {
        DataError(file: file, line: line, column: column, problem: problem)
    }

    func number(
        _ word: ArraySlice<UInt8>, _ column: String, in range: ClosedRange<Double>
    ) throws(DataError) -> Double {
        guard let value = FieldText.number(word), range.contains(value) else {
            throw error(
                column,
                "\"\(FieldText.shown(word))\" is no number from \(plain(range.lowerBound)) to "
                    + plain(range.upperBound))
        }
        return value
    }

    func integer(
        _ word: ArraySlice<UInt8>, _ column: String, in range: ClosedRange<Int>
    ) throws(DataError) -> Int {
        guard let number = FieldText.number(word), let value = Int(exactly: number), range.contains(value)
        else {
            throw error(
                column,
                "\"\(FieldText.shown(word))\" is no whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    private func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
}
