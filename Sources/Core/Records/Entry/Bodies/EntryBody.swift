internal import Primitives

/// What kinds without a payload say in clear.
public enum EntryBody: Hashable, Sendable {
    case link(LinkBody)
    case source(SourceBody)
    case void(VoidBody)
    case credential(CredentialBody)
    case finding(FindingMark)
    case governance(GovernanceBody)
    case evidence(EvidenceBody)
    case notice(NoticeBody)
    case hold(HoldBody)
    case erasure(ErasureBody)
    case anchor(AnchorBody)
    case statement(StatementBody)
    case record(RecordBody)
    case `case`(CaseBody)
    /// A body under a kind that has none in this version: its bytes, unread, one CBOR item.
    case unread([UInt8])
}

extension EntryBody {
    /// The kind whose body it is; nil for one that was not read.
    var kind: EntryKind? {
        switch self {
        case .link: .link
        case .source: .source
        case .void: .void
        case .credential: .credential
        case .finding: .finding
        case .governance: .governance
        case .evidence: .evidence
        case .notice: .notice
        case .hold: .hold
        case .erasure: .erasure
        case .anchor: .anchor
        case .statement: .statement
        case .record: .record
        case .case(let body): body.step.kind
        case .unread: nil
        }
    }

    init(of kind: EntryKind, from reader: inout CBORReader) throws(CBORError) {
        switch kind {
        case .link: self = .link(try LinkBody(from: &reader))
        case .source: self = .source(try SourceBody(from: &reader))
        case .void: self = .void(try VoidBody(from: &reader))
        case .credential: self = .credential(try CredentialBody(from: &reader))
        case .finding: self = .finding(try FindingMark(from: &reader))
        case .governance: self = .governance(try GovernanceBody(from: &reader))
        case .evidence: self = .evidence(try EvidenceBody(from: &reader))
        case .notice where CaseBody.stands(in: reader), .case, .share:
            self = .case(try CaseBody(from: &reader))
        case .notice: self = .notice(try NoticeBody(from: &reader))
        case .hold: self = .hold(try HoldBody(from: &reader))
        case .erasure: self = .erasure(try ErasureBody(from: &reader))
        case .anchor: self = .anchor(try AnchorBody(from: &reader))
        case .statement: self = .statement(try StatementBody(decoding: try reader.bytes()))
        case .record: self = .record(try RecordBody(from: &reader))
        default: self = .unread(Array(try reader.item()))
        }
    }

    func encode(into writer: inout CBORWriter) {
        switch self {
        case .link(let body): body.encode(into: &writer)
        case .source(let body): body.encode(into: &writer)
        case .void(let body): body.encode(into: &writer)
        case .credential(let body): body.encode(into: &writer)
        case .finding(let body): body.encode(into: &writer)
        case .governance(let body): body.encode(into: &writer)
        case .evidence(let body): body.encode(into: &writer)
        case .notice(let body): body.encode(into: &writer)
        case .hold(let body): body.encode(into: &writer)
        case .erasure(let body): body.encode(into: &writer)
        case .anchor(let body): body.encode(into: &writer)
        case .statement(let body): writer.bytes(body.bytes)
        case .record(let body): body.encode(into: &writer)
        case .case(let body): body.encode(into: &writer)
        case .unread(let bytes): writer.encoded(bytes)
        }
    }
}
