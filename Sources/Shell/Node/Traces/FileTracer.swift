internal import Foundation
internal import Logging
internal import Primitives
internal import Storage
internal import Synchronization
internal import Tracing

/// Writes spans to a file, a line each, as OTLP has them in JSON: what OpenTelemetry's collector
/// reads with its `otlpjsonfile` receiver.
///
/// Source: OpenTelemetry Protocol 1.x, "JSON Protobuf Encoding" and "File Exporter"; ids as in W3C
/// Trace Context. A file that cannot be written ends the writing, and the log says so once.
final class FileTracer: Tracer {
    private struct Output {
        var byteCount: Int
        var isBroken = false
    }

    private let path: String
    private let oneIn: UInt64
    private let byteCountMax: Int
    private let institution: InstitutionID
    private let logger: Logger
    private let output: Mutex<Output>

    init(
        _ settings: TraceFile, institution: InstitutionID, logger: Logger
    ) throws(StorageError) {
        path = settings.file
        oneIn = settings.oneIn ?? 1
        byteCountMax = (settings.megabytes ?? 64) << 20
        self.institution = institution
        self.logger = logger
        output = Mutex(Output(byteCount: try File(path, flags: File.making).byteCount()))
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext,
        ofKind kind: SpanKind, at instant: @autoclosure () -> Instant, function: String,
        file fileID: String, line: UInt
    ) -> FileSpan {
        var context = context()
        let parent = context[IdentityKey.self]
        let identity = SpanIdentity(
            trace: parent?.trace
                ?? SpanIdentity.TraceID(
                    high: .random(in: 1 ... .max), low: .random(in: 0 ... .max)),
            span: .random(in: 1 ... .max))
        context[IdentityKey.self] = identity
        return FileSpan(
            FileSpan.Record(
                identity: identity, parent: parent?.span, kind: kind,
                start: instant().nanosecondsSinceEpoch, name: operationName),
            context: context, isRecording: identity.trace.low.isMultiple(of: oneIn)
        ) { [weak self] in self?.write($0) }
    }

    func forceFlush() {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        context[IdentityKey.self] = extractor.extract(key: "traceparent", from: carrier).flatMap {
            SpanIdentity(traceparent: $0)
        }
    }

    func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let identity = context[IdentityKey.self] else { return }
        injector.inject(identity.traceparent, forKey: "traceparent", into: &carrier)
    }

    private func write(_ span: FileSpan.Record) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(OTLPLine(span, institution: institution)) else {
            return
        }
        let bytes = Array(line) + [0x0a]
        output.withLock { output in
            guard !output.isBroken else { return }
            do throws(StorageError) {
                if output.byteCount > 0, output.byteCount + bytes.count > byteCountMax {
                    try setAside()
                    output.byteCount = 0
                }
                try File(path, flags: File.making).write(bytes, at: output.byteCount)
                output.byteCount += bytes.count
            } catch {
                output.isBroken = true
                logger.error("no more spans are written: \(error)")
            }
        }
    }

    /// The lines so far go on under another name, in the place of those before.
    private func setAside() throws(StorageError) {
        let place = URL(filePath: path)
        let name = place.lastPathComponent
        try Directory.rename(
            name, to: name + ".1", in: place.deletingLastPathComponent().path)
    }

    private enum IdentityKey: InstrumentationContextKey {
        typealias Value = SpanIdentity
    }
}
