internal import Foundation

extension Python {
    /// Runs a program apart from the threads on which tests wait for each other.
    public static func runApart(_ arguments: [String]) async throws -> Ending {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try run(arguments) })
            }
        }
    }
}

/// A program in Python that serves until its standard input ends: when it is told to, when nobody
/// holds it any more, and with this process at the latest.
public final class PythonServer {
    /// The first line that it said: where it stands.
    public let firstLine: String
    private let process: Process
    private let lifeline = Pipe()

    /// Starts the program, and waits for its first line.
    public init(_ arguments: [String]) throws {
        let process = Python.process(arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = lifeline
        // Whoever waits for the end of what tests print must not wait for this program as well.
        process.standardError = FileHandle.nullDevice
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        try process.run()
        var line = Data()
        while let byte = try pipe.fileHandleForReading.read(upToCount: 1), !byte.isEmpty,
            byte != Data([0x0a])
        {
            line += byte
        }
        firstLine = String(decoding: line, as: UTF8.self)
        self.process = process
    }

    deinit {
        end()
    }

    /// Ends it, and waits until it has ended.
    public func end() {
        guard process.isRunning else { return }
        try? lifeline.fileHandleForWriting.close()
        // A child never hears of the signals that the thread which started it blocks, but this one.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
