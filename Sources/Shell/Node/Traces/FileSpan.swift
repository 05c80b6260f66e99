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

/// By what a span is known: W3C Trace Context's ids.
struct SpanIdentity: Hashable, Sendable {
    let trace: TraceID
    let span: UInt64

    /// The trace's 16 bytes, as two numbers.
    struct TraceID: Hashable, Sendable {
        let high: UInt64
        let low: UInt64
    }

    init(trace: TraceID, span: UInt64) {
        self.trace = trace
        self.span = span
    }

    /// The identity that a header names, as W3C Trace Context has it; nil where it is none.
    init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
            let high = UInt64(parts[1].prefix(16), radix: 16),
            let low = UInt64(parts[1].dropFirst(16), radix: 16),
            let span = UInt64(parts[2], radix: 16), high != 0 || low != 0, span != 0
        else { return nil }
        self.init(trace: TraceID(high: high, low: low), span: span)
    }

    var traceparent: String { "00-\(traceHex)-\(spanHex)-01" }
    var traceHex: String { SpanIdentity.hex(trace.high) + SpanIdentity.hex(trace.low) }
    var spanHex: String { SpanIdentity.hex(span) }

    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
