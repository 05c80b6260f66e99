internal import Foundation

/// What came of each seed of a long run, a line each, so that the run can be ended and goes on
/// where it was, and so that several runs' lines can be put together.
final class SeedRecord {
    /// A line: what the seed came to, and how long that took on this machine.
    struct Line: Codable {
        let seconds: Double
        let result: SeedView
    }

    /// What the file held at first.
    let lines: [Line]
    private let path: String
    private let handle: FileHandle

    /// The record in a file, which is made where it is not there; a line that was cut off by the
    /// end of a process is dropped.
    init(_ path: String) throws(Failure) {
        if !Files.isThere(path) { try Files.write([], to: path) }
        var kept: [UInt8] = []
        var lines: [Line] = []
        for text in try Files.read(path).split(separator: UInt8(ascii: "\n")) {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(text)) else {
                continue
            }
            kept += text + [UInt8(ascii: "\n")]
            lines.append(line)
        }
        try Files.write(kept, to: path)
        guard let handle = FileHandle(forUpdatingAtPath: path),
            (try? handle.seekToEnd()) != nil
        else { throw Failure(.file, "cannot write \(path)") }
        self.path = path
        self.lines = lines
        self.handle = handle
    }

    func add(_ line: Line) throws(Failure) {
        do {
            try handle.write(contentsOf: Data((JSONText.of(line) + "\n").utf8))
        } catch {
            throw Failure(.file, "cannot write \(path): \(error)")
        }
    }
}
