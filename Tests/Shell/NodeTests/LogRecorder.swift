internal import Logging
internal import Synchronization

/// Keeps what is logged, with its events and fields, for a test to read.
struct LogRecorder: LogHandler {
    final class Lines: Sendable {
        private let all = Mutex<[[String: String]]>([])

        /// The fields of each line, in order.
        var fields: [[String: String]] { all.withLock { $0 } }

        fileprivate func add(_ fields: [String: String]) {
            all.withLock { $0.append(fields) }
        }
    }

    let lines: Lines
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.add((event.metadata ?? [:]).mapValues { "\($0)" })
    }
}
