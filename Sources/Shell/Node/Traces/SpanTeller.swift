internal import Consensus
internal import Ledger
internal import Primitives
internal import Tracing

/// Tells a tracer of spans that have ended.
///
/// Whatever belongs to one block goes into one trace, named by the first 16 bytes of the block's
/// hash: so what all nodes tell of a block is one trace, and nothing of it travels between them.
struct SpanTeller: Sendable {
    private let tracer: any Tracer
    private let institution: InstitutionID

    init(_ tracer: any Tracer, institution: InstitutionID) {
        self.tracer = tracer
        self.institution = institution
    }

    /// The tracer that the program has installed; nil where it has none, and nothing is to be told.
    static func installed(institution: InstitutionID) -> SpanTeller? {
        let tracer = InstrumentationSystem.tracer
        return tracer is NoOpTracer ? nil : SpanTeller(tracer, institution: institution)
    }

    /// Where spans of a block hang: a parent in the block's trace that all nodes name alike.
    func context(ofBlock hash: Digest) -> InstrumentationContext {
        var context = InstrumentationContext.topLevel
        let hex = hash.description
        let parent = SpanIdentity.traceparent(
            trace: String(hex.prefix(32)), span: String(hex.dropFirst(32).prefix(16)))
        tracer.extract(["traceparent": parent], into: &context, using: CarrierReader())
        return context
    }

    /// Tells of one span; what happens within it hangs on the context that is returned.
    @discardableResult
    func tell(
        _ name: String, from start: Moment, to end: Moment, in context: InstrumentationContext,
        kind: SpanKind = .internal, _ attributes: [(String, SpanAttribute)] = []
    ) -> InstrumentationContext {
        let span = tracer.startSpan(name, context: context, ofKind: kind, at: start)
        span.updateAttributes { set in
            set.set("custos.node", value: .string(institution.name))
            for (name, value) in attributes { set.set(name, value: value) }
        }
        span.end(at: max(start, end))
        return span.context
    }

    /// Tells how long the desk took over a block: opening what was sealed, running rules.
    func judged(
        _ header: BlockHeader, from start: Moment, to end: Moment, submissionCount: Int
    ) {
        tell(
            "block.judged", from: start, to: end, in: context(ofBlock: header.hash),
            [
                ("custos.height", .int(Int64(clamping: header.height.blocks))),
                ("custos.submissions", .int(Int64(submissionCount))),
            ])
    }

    /// Tells how long a peer took to answer what the desk asked or delivered.
    func delivered(to peer: InstitutionID, from start: Moment, to end: Moment) {
        tell(
            "payloads.delivered", from: start, to: end, in: .topLevel, kind: .client,
            [("custos.peer", .string(peer.name))])
    }

    private struct CarrierReader: Extractor {
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }
}
