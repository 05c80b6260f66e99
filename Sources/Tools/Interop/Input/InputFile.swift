internal import Foundation

/// One file of an input, plain or compressed by gzip.
public struct InputFile: Equatable, Sendable {
    public enum Format: Equatable, Sendable {
        /// One JSON value a line.
        case ndjson
        /// One JSON value a file.
        case json
        case csv
    }

    public let path: String
    public let format: Format
    public let isCompressed: Bool

    /// The file's name without its folder.
    public var name: String { (path as NSString).lastPathComponent }

    /// A file whose name tells its format: `.ndjson`, `.json` or `.csv`, each also with `.gz`.
    public init?(path: String) {
        var name = path
        isCompressed = name.hasSuffix(".gz")
        if isCompressed { name.removeLast(3) }
        if name.hasSuffix(".ndjson") {
            format = .ndjson
        } else if name.hasSuffix(".json") {
            format = .json
        } else if name.hasSuffix(".csv") {
            format = .csv
        } else {
            return nil
        }
        self.path = path
    }

    /// The files that these paths name: files as given, folders as the files that lie in them.
    ///
    /// A folder's files come in the order of their names; those of other formats are left out.
    ///
    /// - Throws: ``InteropError/unreadable(path:reason:)``.
    public static func list(
        _ paths: [String], formats: [Format] = [.ndjson, .json]
    ) throws(InteropError) -> [InputFile] {
        var files: [InputFile] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            else { throw .unreadable(path: path, reason: "there is no such file or folder") }
            if isFolder.boolValue {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
                for name in names.sorted() {
                    if let file = InputFile(path: "\(path)/\(name)"), formats.contains(file.format)
                    {
                        files.append(file)
                    }
                }
            } else if let file = InputFile(path: path) {
                files.append(file)
            } else {
                throw .unreadable(
                    path: path, reason: "its name ends in none of .ndjson, .json, .csv, .gz")
            }
        }
        return files
    }
}
