internal import Foundation

/// The program `custos`, as it was built beside these tests, in processes of its own.
enum Program {
    /// How a run of it ended, and what it said.
    struct Run: Sendable {
        let status: Int32
        let output: String
        let complaint: String
    }

    private static let url = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "custos")

    /// Runs it to its end, or a program of the system's.
    static func run(_ arguments: [String], of name: String? = nil) async throws -> Run {
        let folder = try TemporaryFolder()
        let files = try ["output", "complaint"].map { try folder.file($0, "") }
        let process = Process()
        process.executableURL = name == nil ? url : URL(filePath: "/usr/bin/env")
        process.arguments = (name.map { [$0] } ?? []) + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        let status = try await ended(process) { try process.run() }
        let said = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        return Run(status: status, output: said[0], complaint: said[1])
    }

    /// Starts a node, whose standard input ends with this process at the latest, and it with that.
    static func startNode(_ folder: String, lifeline: Pipe) throws -> Process {
        let process = Process()
        process.executableURL = url
        process.arguments = [
            "node", folder, "--ledger-only", "--until-input-ends", "--log", "warning",
        ]
        // No other child may hold it open.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = lifeline.fileHandleForReading
        let log = folder + "/node.log"
        if !FileManager.default.fileExists(atPath: log) {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
        }
        let file = FileHandle(forWritingAtPath: log)
        _ = try file?.seekToEnd()
        process.standardOutput = file
        process.standardError = file
        try process.run()
        return process
    }

    /// Waits for the end of a process without holding a thread for it.
    private static func ended(_ process: Process, _ start: () throws -> Void) async throws -> Int32
    {
        try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try start()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}
