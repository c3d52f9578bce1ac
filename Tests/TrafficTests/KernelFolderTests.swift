import Foundation
import Testing

@Suite struct KernelFolderTests {
    /// The wide kernels are the portable ones, file by file.
    @Test func wideKernelsAreTheSameFiles() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: sources.appending(path: "TrafficKernels").path)
        #expect(!names.isEmpty)
        let wide = sources.appending(path: "TrafficKernelsWide")
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: wide.path)) == Set(names))
        for name in names {
            let target = try FileManager.default.destinationOfSymbolicLink(
                atPath: wide.appending(path: name).path)
            #expect(target == "../TrafficKernels/\(name)")
        }
    }
}
