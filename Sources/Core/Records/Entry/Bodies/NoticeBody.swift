internal import Primitives

/// A recipient's notice that the payload of an entry is not what it should be, or never came.
///
/// The entry's subject is the institution that issued the payload.
public struct NoticeBody: Hashable, Sendable {
    /// The leaf index of the entry whose payload is meant.
    public let leafIndex: UInt64
    public let problem: Problem

    /// What is wrong; 1 to 8 and 10 are those of a refused delivery (`docs/formats/wire.md`).
    public enum Problem: UInt8, CaseIterable, Sendable {
        case wrappedKey = 1
        case ciphertext = 2
        case commitment = 3
        case sealedDigest = 4
        case format = 5
        case patient = 6
        case notRecipient = 7
        case kind = 8
        /// It did not come within the time that the recipient waits.
        case notDelivered = 9
        /// Its segments do not give the root that the record's entry shows.
        case segments = 10
    }

    public init(leafIndex: UInt64, problem: Problem) {
        self.leafIndex = leafIndex
        self.problem = problem
    }
}

extension NoticeBody {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 2)
        try reader.key(0)
        leafIndex = try reader.unsigned()
        try reader.key(1)
        let start = reader.offset
        let code = UInt8(try reader.unsigned("problem of a payload", atMost: 255))
        guard let problem = Problem(rawValue: code) else {
            throw .unexpected(offset: start, expected: "a problem, 1 to 10", found: "\(code)")
        }
        self.problem = problem
    }

    func encode(into writer: inout CBORWriter) {
        writer.map(2)
        writer.unsigned(0)
        writer.unsigned(leafIndex)
        writer.unsigned(1)
        writer.unsigned(UInt64(problem.rawValue))
    }
}

extension NoticeBody.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrappedKey: "its wrapped key does not open"
        case .ciphertext: "it does not open"
        case .commitment: "salt and payload do not give the commitment"
        case .sealedDigest: "it is not the one that was committed"
        case .format: "it is not in the format"
        case .patient: "a fact names a patient that the entry does not"
        case .notRecipient: "the entry does not name the recipient"
        case .kind: "a fact is of a kind that the entry's kind does not hold"
        case .segments: "its segments do not give the root of the entry"
        case .notDelivered: "it was not delivered in time"
        }
    }
}
