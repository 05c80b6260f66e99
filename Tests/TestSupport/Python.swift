internal import Foundation

/// Runs programs in Python, which know nothing of Custos but its formats.
///
/// `$CUSTOS_PYTHON` where it is set, else the one that `./custos.sh test` made under `.build`, else
/// the system's.
public enum Python {
    /// How a program ended, and what it said.
    public struct Ending: Sendable {
        /// Whether it ended with 0.
        public let isGood: Bool
        /// Standard output.
        public let output: String
        /// Standard error: where it ended badly, why.
        public let complaint: String
    }

    /// Whether these modules can be imported.
    public static func has(_ modules: String...) -> Bool {
        (try? run(["-c", "import " + modules.joined(separator: ", ")]).isGood) ?? false
    }

    /// Runs `python3` with these arguments, of which the first is most often a path in this
    /// repository, and waits for its end.
    public static func run(_ arguments: [String]) throws -> Ending {
        let process = process(arguments)
        let (output, errors) = (Pipe(), FileManager.default.temporaryDirectory)
        let complaints = errors.appending(path: UUID().uuidString)
        try Data().write(to: complaints)
        defer { try? FileManager.default.removeItem(at: complaints) }
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: complaints)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ending(
            isGood: process.terminationStatus == 0, output: String(decoding: said, as: UTF8.self),
            complaint: String(decoding: try Data(contentsOf: complaints), as: UTF8.self))
    }

    /// A file of this repository, by its path from the root.
    public static func path(_ file: String) -> String { root.appending(path: file).path }

    static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [interpreter] + arguments
        return process
    }

    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "../..").standardized

    private static let interpreter: String = {
        if let named = ProcessInfo.processInfo.environment["CUSTOS_PYTHON"] { return named }
        let own = root.appending(path: ".build/python/bin/python3").path
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }()
}
