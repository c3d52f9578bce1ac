import ArgumentParser
import Foundation
import World

/// A text file somebody gave us: whole, bounded, without a byte order mark. `-` is standard input.
struct DataFile {
    static let bytesMax = 1 << 30

    /// As errors call it.
    let name: String
    let bytes: [UInt8]

    init(path: String) throws {
        name = path == "-" ? "standard input" : path
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
        } else {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
                !isDirectory.boolValue, let opened = FileHandle(forReadingAtPath: path)
            else {
                throw DataError(file: name, problem: "cannot be read; give a file, or - for standard input")
            }
            handle = opened
        }
        var bytes: [UInt8] = []
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            bytes.append(contentsOf: chunk)
            guard bytes.count <= Self.bytesMax else {
                throw DataError(file: name, problem: "is larger than \(Self.bytesMax) bytes; split it")
            }
        }
        guard !bytes.contains(0) else { throw DataError(file: name, problem: "holds zero bytes, is no text") }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        self.bytes = bytes
    }

    /// The lines that are not blank, with their numbers.
    var lines: [(number: Int, bytes: ArraySlice<UInt8>)] {
        bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
            .filter { $1.contains { $0 > 0x20 } }.map { ($0 + 1, $1) }
    }
}

/// Runs `body`; wrong data is told on standard error, without what would move a terminal's cursor, and ends the
/// program with 65.
func orDataError<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DataError {
        let text = String(String.UnicodeScalarView("\(error)".unicodeScalars.filter { $0.value >= 32 }))
        FileHandle.standardError.write(Data("keruen: \(text)\n".utf8))
        throw ExitCode(65)
    }
}
