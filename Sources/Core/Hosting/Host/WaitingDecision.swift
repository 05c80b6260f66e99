internal import Consensus
internal import Ledger
internal import Primitives

/// A decided block that is applied as soon as these bodies are here.
struct WaitingDecision: Sendable {
    let decision: Decision
    let block: Block
    var missing: [Digest]
}
