internal import Foundation

/// A process that this one started, with its output in a file; ended by its id and no other way.
final class ChildProcess: Sendable {
    let name: String
    private let process: Process
    /// Its other end is the child's standard input, which ends with this process at the latest.
    private let lifeline = Pipe()

    var processID: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// Starts this very program again, with other arguments.
    init(
        named name: String, arguments: [String], log: String,
        ended: @escaping @Sendable (_ name: String, _ status: Int32) -> Void
    ) throws(Failure) {
        self.name = name
        process = Process()
        process.executableURL = URL(filePath: try Self.thisProgram())
        process.arguments = arguments
        process.standardInput = lifeline.fileHandleForReading
        // No other child may hold it open.
        _ = fcntl(lifeline.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        if !Files.isThere(log) { try Files.write([], to: log) }
        guard let file = FileHandle(forWritingAtPath: log) else {
            throw Failure(.file, "cannot write \(log)")
        }
        _ = try? file.seekToEnd()
        process.standardOutput = file
        process.standardError = file
        process.terminationHandler = { ended(name, $0.terminationStatus) }
        do {
            try process.run()
        } catch {
            throw Failure(.other, "cannot start \(name): \(error.localizedDescription)")
        }
    }

    /// Asks it to end, and after `patience` seconds makes it.
    func stop(patience: Double = 15) async {
        guard process.isRunning else { return }
        process.terminate()
        let limit = ContinuousClock.now + .seconds(patience)
        while process.isRunning, ContinuousClock.now < limit {
            try? await Task.sleep(for: .milliseconds(50))
        }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    private static func thisProgram() throws(Failure) -> String {
        do {
            return try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        } catch {
            throw Failure(.other, "cannot tell which program this is: \(error)")
        }
    }
}
