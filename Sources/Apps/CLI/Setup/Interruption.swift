internal import Dispatch
internal import Foundation

/// The wish of a person or a supervisor that this program ends: SIGINT or SIGTERM.
enum Interruption {
    /// Returns when one of the two signals has come, or standard input has ended if that counts.
    ///
    /// The program that started this one holds the other end of its input, and however that program
    /// ends, the kernel closes it.
    static func wait(orInputEnds: Bool = false) async {
        let (signals, continuation) = AsyncStream.makeStream(of: Int32.self)
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
        if orInputEnds {
            Thread.detachNewThread {
                while let bytes = try? FileHandle.standardInput.read(upToCount: 4_096),
                    !bytes.isEmpty
                {}
                continuation.yield(0)
            }
        }
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }

    /// Calls `reload` at each SIGHUP until the task is cancelled.
    static func watchForReload(_ reload: () -> Void) async {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self)
        signal(SIGHUP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP)
        source.setEventHandler { continuation.yield() }
        source.resume()
        for await _ in signals { reload() }
        source.cancel()
    }
}
