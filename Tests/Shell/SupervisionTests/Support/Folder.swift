import Foundation

/// A directory that is gone when the test is.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "custos-supervision-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Every file below `path`, with its bytes.
    static func files(below path: String) -> [(path: String, bytes: [UInt8])] {
        guard let names = FileManager.default.enumerator(atPath: path) else { return [] }
        var files: [(path: String, bytes: [UInt8])] = []
        for case let name as String in names {
            let inner = path + "/" + name
            var isFolder: ObjCBool = false
            let isThere = unsafe FileManager.default.fileExists(
                atPath: inner, isDirectory: &isFolder)
            guard isThere, !isFolder.boolValue,
                let data = FileManager.default.contents(atPath: inner)
            else { continue }
            files.append((inner, [UInt8](data)))
        }
        return files
    }

    /// The files below `path` in which the text stands.
    static func files(below path: String, containing text: String) -> [String] {
        files(below: path).filter { $0.bytes.firstRange(of: Array(text.utf8)) != nil }.map(\.path)
    }
}
