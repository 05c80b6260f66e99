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

/// A program in Python that serves until it is told to end, or nobody holds it any more.
public final class PythonServer {
    /// The first line that it said: where it stands.
    public let firstLine: String
    private let process: Process

    /// Starts the program, and waits for its first line.
    public init(_ arguments: [String]) throws {
        let process = Python.process(arguments)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
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

    public func end() {
        if process.isRunning { process.terminate() }
    }
}
