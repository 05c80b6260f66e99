public import Proofs

/// What a verifier of findings does, one thing after the other.
public enum FindingStep: String, CaseIterable, Sendable {
    /// Entries, commitments and statement are what the ledger commits to.
    case proofs = "proofs"
    /// The body is in the format.
    case body = "body of the finding"
    /// The rule is the one that the ledger has the issuer run.
    case rule = "rule in force"
    /// The tables are those that the body names.
    case knowledge = "knowledge"
    /// The entries are those that the body names, and their payloads are evidence.
    case evidence = "evidence"
    /// The rule, run over the evidence, gives the same bytes.
    case evaluation = "evaluation"
    /// A case gives a bundle for each finding that it names.
    case bundles = "bundles of the case"
}

/// Why a finding is not proved: the step that failed, and the reason.
public struct FindingFailure: Error, Equatable, Sendable {
    public let step: FindingStep
    /// For a person: what was found and what would be right.
    public let reason: String
    /// The step inside the proofs, where that is what failed.
    public let proof: ProofFailure?

    init(_ step: FindingStep, _ reason: String, proof: ProofFailure? = nil) {
        self.step = step
        self.reason = reason
        self.proof = proof
    }
}

extension FindingFailure: CustomStringConvertible {
    public var description: String {
        "the finding is not proved, at step \"\(step.rawValue)\": \(reason)"
    }
}

/// What `body` proves; its failure becomes one of the first step.
func proved<Value>(
    _ body: () throws(ProofFailure) -> Value
) throws(FindingFailure) -> Value {
    do throws(ProofFailure) {
        return try body()
    } catch {
        throw FindingFailure(.proofs, error.description, proof: error)
    }
}
