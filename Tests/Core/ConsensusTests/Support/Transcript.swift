import Foundation

/// A text file of commands and what they led to, block by block.
///
/// ```
/// # why this block is here
/// command
/// command
/// ----
/// answer
/// answer
/// ```
///
/// Blocks are separated by empty lines. With `REWRITE=1` in the environment the answers are
/// written anew, for a human to read the difference.
struct Transcript {
    struct Block: Equatable {
        var comments: [String]
        var commands: [String]
        var answers: [String]
    }

    let file: URL
    var blocks: [Block]

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Transcripts")

    static var names: [String] {
        let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (files ?? []).filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }.sorted()
    }

    static var isRewriting: Bool { ProcessInfo.processInfo.environment["REWRITE"] == "1" }

    init(named name: String) throws {
        file = Transcript.folder.appendingPathComponent("\(name).txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        blocks = text.components(separatedBy: "\n\n").compactMap { part in
            let lines = part.split(separator: "\n").map(String.init)
            guard !lines.isEmpty else { return nil }
            let comments = lines.filter { $0.hasPrefix("#") }
            let rest = lines.filter { !$0.hasPrefix("#") }
            let bar = rest.firstIndex(of: "----") ?? rest.count
            return Block(
                comments: comments, commands: Array(rest[..<bar]),
                answers: Array(rest[min(bar + 1, rest.count)...]))
        }
    }

    func rewrite() throws {
        let text = blocks.map { block in
            guard !block.commands.isEmpty else { return block.comments.joined(separator: "\n") }
            return (block.comments + block.commands + ["----"] + block.answers)
                .joined(separator: "\n")
        }
        try (text.joined(separator: "\n\n") + "\n").write(
            to: file, atomically: true, encoding: .utf8)
    }
}
