import Glibc

/// Standard output and error, unbuffered: a line is out when it is written.
struct FileOutput {
    static let standard = FileOutput(descriptor: 1)
    static let error = FileOutput(descriptor: 2)
    let descriptor: Int32

    /// What cannot be written (the reader has gone) is lost.
    func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count, let base = bytes.baseAddress {
                let written = Glibc.write(descriptor, base + offset, bytes.count - offset)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else { return }
                offset += written
            }
        }
    }
}
