internal import Foundation

/// A file that grows row by row, written in large pieces.
struct OutputFile: ~Copyable {
    private let path: String
    private let handle: FileHandle
    private var bytes: [UInt8] = []

    private static let pieceByteCount = 1 << 18

    /// Makes the file anew.
    ///
    /// - Throws: ``SynthesisError/unwritable(path:reason:)``.
    init(path: String) throws(SynthesisError) {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw .unwritable(path: path, reason: "no such folder, or no permission") }
        self.path = path
        self.handle = handle
        bytes.reserveCapacity(OutputFile.pieceByteCount + 4_096)
    }

    /// Takes a row of `body`'s making.
    mutating func row(_ body: (inout [UInt8]) -> Void) throws(SynthesisError) {
        body(&bytes)
        if bytes.count >= OutputFile.pieceByteCount { try flush() }
    }

    mutating func flush() throws(SynthesisError) {
        do {
            try handle.write(contentsOf: bytes)
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
