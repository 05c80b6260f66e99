internal import Primitives
internal import Tracing

/// One span as a line of OTLP's JSON: an `ExportTraceServiceRequest` of its own.
///
/// Numbers of 64 bits are text there, ids are in hexadecimal.
struct OTLPLine: Encodable {
    let resourceSpans: [ResourceSpans]

    init(_ span: FileSpan.Record, institution: InstitutionID) {
        resourceSpans = [
            ResourceSpans(
                resource: Resource(attributes: [
                    Attribute("service.name", .string("custos")),
                    Attribute("service.instance.id", .string(institution.name)),
                ]),
                scopeSpans: [ScopeSpans(scope: Scope(name: "custos"), spans: [Item(span)])])
        ]
    }

    struct ResourceSpans: Encodable {
        let resource: Resource
        let scopeSpans: [ScopeSpans]
    }

    struct Resource: Encodable {
        let attributes: [Attribute]
    }

    struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [Item]
    }

    struct Scope: Encodable {
        let name: String
    }

    struct Item: Encodable {
        let traceId: String
        let spanId: String
        let parentSpanId: String?
        let name: String
        let kind: Int
        let startTimeUnixNano: String
        let endTimeUnixNano: String
        let attributes: [Attribute]
        let events: [Event]?
        let status: Status?

        init(_ span: FileSpan.Record) {
            traceId = span.identity.traceHex
            spanId = span.identity.spanHex
            parentSpanId = span.parent.map { $0.hex }
            name = span.name
            kind =
                switch span.kind {
                case .internal: 1
                case .server: 2
                case .client: 3
                case .producer: 4
                case .consumer: 5
                }
            startTimeUnixNano = "\(span.start)"
            endTimeUnixNano = "\(span.end ?? span.start)"
            attributes = Attribute.all(span.attributes)
            events = span.events.isEmpty ? nil : span.events.map { Event($0) }
            status = span.status.map { Status($0) }
        }
    }

    struct Event: Encodable {
        let timeUnixNano: String
        let name: String
        let attributes: [Attribute]

        init(_ event: SpanEvent) {
            timeUnixNano = "\(event.nanosecondsSinceEpoch)"
            name = event.name
            attributes = Attribute.all(event.attributes)
        }
    }

    struct Status: Encodable {
        let code: Int
        let message: String?

        init(_ status: SpanStatus) {
            code = status.code == .ok ? 1 : 2
            message = status.message
        }
    }

    struct Attribute: Encodable {
        let key: String
        let value: Value

        init(_ key: String, _ attribute: SpanAttribute) {
            self.key = key
            value =
                switch attribute {
                case .int32(let number): Value(intValue: "\(number)")
                case .int64(let number): Value(intValue: "\(number)")
                case .bool(let isSo): Value(boolValue: isSo)
                case .string(let text): Value(stringValue: text)
                case .stringConvertible(let value): Value(stringValue: "\(value)")
                default: Value(stringValue: "\(attribute)")
                }
        }

        /// All of them, by name.
        static func all(_ attributes: SpanAttributes) -> [Attribute] {
            var found: [Attribute] = []
            attributes.forEach { found.append(Attribute($0, $1)) }
            return found.sorted { $0.key < $1.key }
        }
    }

    struct Value: Encodable {
        var stringValue: String?
        var intValue: String?
        var boolValue: Bool?
    }
}
