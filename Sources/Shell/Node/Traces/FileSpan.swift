internal import Synchronization
internal import Tracing

/// A span that a ``FileTracer`` writes down when it ends.
final class FileSpan: Span {
    /// What is known of a span when it ends.
    struct Record: Sendable {
        let identity: SpanIdentity
        let parent: UInt64?
        let kind: SpanKind
        let start: UInt64
        var name: String
        var attributes = SpanAttributes()
        var status: SpanStatus?
        var events: [SpanEvent] = []
        var end: UInt64?
    }

    let context: InstrumentationContext
    let isRecording: Bool
    private let record: Mutex<Record>
    private let ended: @Sendable (Record) -> Void

    init(
        _ record: Record, context: InstrumentationContext, isRecording: Bool,
        ended: @escaping @Sendable (Record) -> Void
    ) {
        self.context = context
        self.isRecording = isRecording
        self.record = Mutex(record)
        self.ended = ended
    }

    var operationName: String {
        get { record.withLock { $0.name } }
        set { record.withLock { $0.name = newValue } }
    }

    var attributes: SpanAttributes {
        get { record.withLock { $0.attributes } }
        set { record.withLock { $0.attributes = newValue } }
    }

    func setStatus(_ status: SpanStatus) { record.withLock { $0.status = status } }

    func addEvent(_ event: SpanEvent) { record.withLock { $0.events.append(event) } }

    func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        var attributes = attributes
        attributes.set("exception.message", value: .string("\(error)"))
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    /// Links are not written.
    func addLink(_ link: SpanLink) {}

    func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let moment = instant().nanosecondsSinceEpoch
        let record = self.record.withLock { record -> Record? in
            guard record.end == nil else { return nil }
            record.end = moment
            return record
        }
        if isRecording, let record { ended(record) }
    }
}
