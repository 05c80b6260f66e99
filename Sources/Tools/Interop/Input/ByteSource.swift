internal import Foundation

/// The bytes of a file in pieces, decompressed where it is compressed.
///
/// Compressed files are read through the system's `gzip -dc`, started as a process without a
/// shell: no library of ours reads that format, and every system has the program.
final class ByteSource {
    private let path: String
    private let handle: FileHandle
    private var process: Process?

    private static let chunkByteCount = 1 << 20

    init(_ file: InputFile) throws(InteropError) {
        path = file.path
        guard FileManager.default.isReadableFile(atPath: path),
            let handle = FileHandle(forReadingAtPath: path)
        else { throw .unreadable(path: path, reason: "there is no such file, or no permission") }
        guard file.isCompressed else {
            self.handle = handle
            return
        }
        let pipe = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc"]
        process.standardInput = handle
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw .unreadable(path: path, reason: "gzip could not be started: \(error)")
        }
        self.process = process
        self.handle = pipe.fileHandleForReading
    }

    /// The next piece, or nil at the end of the file.
    ///
    /// - Throws: ``InteropError/unreadable(path:reason:)``, also where the compression is broken.
    func next() throws(InteropError) -> [UInt8]? {
        let data: Data?
        do {
            data = try handle.read(upToCount: ByteSource.chunkByteCount)
        } catch {
            throw .unreadable(path: path, reason: "\(error)")
        }
        if let data, !data.isEmpty { return [UInt8](data) }
        if let process {
            process.waitUntilExit()
            self.process = nil
            guard process.terminationStatus == 0 else {
                throw .unreadable(
                    path: path,
                    reason: "gzip stopped with status \(process.terminationStatus); "
                        + "the file is cut short or not compressed")
            }
        }
        return nil
    }

    deinit {
        // Who stops early must not leave a process behind. A child inherits the signals that the
        // thread which started it blocks, so that it may never hear of a polite one.
        guard let process, process.isRunning else { return }
        try? handle.close()
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
