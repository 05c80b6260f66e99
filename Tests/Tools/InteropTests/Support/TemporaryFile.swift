import Foundation
import Interop
import Testing

/// A file in a folder of its own, gone with the value.
final class TemporaryFile {
    let folder: String
    let path: String

    init(_ bytes: [UInt8], name: String) throws {
        folder = FileManager.default.temporaryDirectory.path + "/interop-\(UUID().uuidString)"
        path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    convenience init(_ lines: [String], name: String) throws {
        try self.init(Array(lines.joined(separator: "\n").utf8), name: name)
    }

    var input: InputFile {
        get throws { try #require(InputFile(path: path)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}

extension TemporaryFile {
    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    /// Puts a gzip copy beside the file and returns its path.
    func compressed() throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-k", path]
        try process.run()
        process.waitUntilExit()
        return path + ".gz"
    }
}
