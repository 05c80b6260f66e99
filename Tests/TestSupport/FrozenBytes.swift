internal import Foundation
internal import Primitives

/// Frozen encodings, one a line: name, a tab, the bytes in hex.
///
/// A byte that changes breaks every ledger there is. `REWRITE=1` writes the file anew, for a
/// person to read the difference.
public enum FrozenBytes {
    /// The first difference from the file of this name under `Tests/Vectors/formats`, or nil.
    public static func check(
        _ file: String, _ items: [(name: String, bytes: [UInt8])]
    ) throws -> String? {
        let text = items.map { "\($0.name)\t\($0.bytes.hex)\n" }.joined()
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vectors/formats/\(file)").standardized
        if ProcessInfo.processInfo.environment["REWRITE"] == "1" {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        let frozen = try String(decoding: Data(contentsOf: url), as: UTF8.self)
        let now = text.split(separator: "\n")
        let then = frozen.split(separator: "\n")
        if let index = zip(now, then).enumerated().first(where: { $1.0 != $1.1 })?.offset {
            return "frozen: \(then[index]), now: \(now[index])"
        }
        return now.count == then.count ? nil : "\(then.count) are frozen, \(now.count) are written"
    }
}
