public import Primitives
public import Proofs
public import Records
public import Supervision

/// The desk of a node that seals nothing: it takes entries without a payload, and answers nobody.
public final class PlainDesk: Desk {
    public enum Refusal: Error, CustomStringConvertible {
        case payload(EntryKind)
        case form(EntryError)
        case notServed

        public var description: String {
            switch self {
            case .payload(let kind):
                "this node seals nothing, so it takes no \(kind) with a payload"
            case .form(let error): "\(error)"
            case .notServed: "this node does not supervise, so it answers no such request"
            }
        }
    }

    private let institution: InstitutionID
    public private(set) var height = Height.genesis
    public let readsBlocks = false

    public init(institution: InstitutionID) {
        self.institution = institution
    }

    public func prepare(_ submissions: [Submission]) throws -> [DraftEntry] {
        try submissions.map { submission in
            guard submission.payload == nil,
                !submission.kind.hasPayload(saying: submission.body)
            else {
                throw Refusal.payload(submission.kind)
            }
            let entry = Entry(
                kind: submission.kind, issuer: institution, stream: StreamID(0), number: 1,
                eventTime: submission.eventTime, subjects: submission.subjects,
                access: submission.access, body: submission.body)
            do throws(EntryError) {
                try entry.checkShape()
            } catch {
                throw Refusal.form(error)
            }
            return DraftEntry(entry)
        }
    }

    public func committed(_ block: AnchoredBlock, isLast: Bool) throws -> [Submission] {
        height = block.height
        return []
    }

    public func begin(after height: Height) {
        self.height = height
    }

    public func answer(_ request: [UInt8], from peer: InstitutionID) throws -> DeskReply {
        throw Refusal.notServed
    }

    public func outgoing(to peer: InstitutionID) throws -> [UInt8]? { nil }

    public func answered(_ answer: [UInt8], by peer: InstitutionID) throws {}

    /// None: an access has a payload, and this node seals nothing.
    public func traces(
        ofAsking query: Query, _ purpose: AccessHeader.Purpose
    ) -> [Submission] { [] }

    public func control(_ request: [UInt8]) throws -> DeskReply {
        throw Refusal.notServed
    }
}
