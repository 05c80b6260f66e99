internal import Primitives

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

    /// The header that names it: W3C Trace Context, "traceparent", version 00, sampled.
    var traceparent: String { SpanIdentity.traceparent(trace: traceHex, span: spanHex) }
    var traceHex: String { trace.high.hex + trace.low.hex }
    var spanHex: String { span.hex }

    /// The header that names a span by its hexadecimal ids, of 32 and 16 digits.
    static func traceparent(trace: String, span: String) -> String { "00-\(trace)-\(span)-01" }
}
