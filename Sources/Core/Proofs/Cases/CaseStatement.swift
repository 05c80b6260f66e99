public import Primitives
public import Records

/// What a step of a case says to those to whom it is sealed.
///
/// Source: `docs/formats/case.md`.
public struct CaseStatement: Hashable, Sendable {
    public let blindedCase: OpaqueID
    /// The number of the step, as in the entry (``CaseBody/Step/number``).
    public let step: UInt8
    /// Why, for people; at most 16,384 bytes.
    public let words: String
    /// The findings' ids, increasing: what opens the case or joins it, is shared or is noticed.
    public let findings: [Digest]
    /// Of a share and a notice, the bundle of each finding, in their order: all that it takes to
    /// check the finding and to run its rule again.
    public let bundles: [[UInt8]]
    /// What was decided, where the step closes the case.
    public let decision: Decision?

    /// What came of a case.
    public struct Decision: Hashable, Sendable {
        public let outcome: Outcome
        /// In the order of their kinds, each kind once.
        public let amounts: [Sum]

        public init(outcome: Outcome, amounts: [Sum] = []) {
            self.outcome = outcome
            self.amounts = amounts
        }
    }

    public enum Outcome: UInt8, CaseIterable, Sendable {
        case notSuspicious = 1
        case insufficient = 2
        case referred = 3
        case confirmed = 4
        case overturned = 5
    }

    /// What became of the money.
    public enum SumKind: UInt8, CaseIterable, Sendable {
        case identified = 1
        case denied = 2
        case recovered = 3
        case overturned = 4
    }

    public struct Sum: Hashable, Sendable {
        public let kind: SumKind
        public let amount: Amount

        public init(kind: SumKind, amount: Amount) {
            self.kind = kind
            self.amount = amount
        }
    }

    /// The media type of the statement in its payload.
    public static let mediaType = "application/x.custos-case+cbor"
    /// The most bytes of words.
    public static let wordsBytesMax = 16_384

    public init(
        blindedCase: OpaqueID, step: CaseBody.Step, words: String, findings: [Digest] = [],
        bundles: [[UInt8]] = [], decision: Decision? = nil
    ) {
        self.blindedCase = blindedCase
        self.step = step.number
        self.words = words
        self.findings = findings
        self.bundles = bundles
        self.decision = decision
    }

    /// The payload that a step's entry commits to.
    public var payload: Payload {
        Payload(mediaType: CaseStatement.mediaType, source: encode(), facts: [])
    }
}

extension CaseStatement.Outcome: CustomStringConvertible {
    /// The word that the command line and the reports use.
    public var description: String {
        switch self {
        case .notSuspicious: "not-suspicious"
        case .insufficient: "insufficient"
        case .referred: "referred"
        case .confirmed: "confirmed"
        case .overturned: "overturned"
        }
    }
}
