internal import Foundation
internal import Logging

/// Writes each line of the log as one JSON object: `time`, `level`, `node`, `message`, and the
/// line's own fields, all of them text.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    private let write: @Sendable (String) -> Void

    init(
        label: String,
        write: @escaping @Sendable (String) -> Void = {
            FileHandle.standardError.write(Data($0.utf8))
        }
    ) {
        self.label = label
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        fields["time"] = Date.now.ISO8601Format(.init(includingFractionalSeconds: true))
        fields["level"] = event.level.rawValue
        fields["node"] = label
        fields["message"] = event.message.description
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(fields) else { return }
        write(String(decoding: bytes, as: UTF8.self) + "\n")
    }
}
