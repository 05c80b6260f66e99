public import Ledger
public import Primitives

/// Who takes part, of what kind, and the key that payloads are sealed to: what sealing needs to
/// know of the ledger's state.
public struct Members: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let id: InstitutionID
        public let kind: InstitutionKind
        /// X25519, 32 bytes; who has none cannot be a recipient.
        public let sealKey: [UInt8]?

        public init(id: InstitutionID, kind: InstitutionKind, sealKey: [UInt8]?) {
            self.id = id
            self.kind = kind
            self.sealKey = sealKey
        }
    }

    /// By id, increasing.
    public let all: [Member]
    private let places: [InstitutionID: Int]

    public init(_ members: [Member]) {
        all = members.sorted { $0.id < $1.id }
        places = Dictionary(
            all.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The members that the ledger's state knows.
    public init(_ institutions: [Institution]) {
        self.init(institutions.map { Member(id: $0.id, kind: $0.kind, sealKey: $0.sealKey) })
    }

    public subscript(id: InstitutionID) -> Member? {
        places[id].map { all[$0] }
    }
}
