internal import Ledger
internal import Primitives
internal import Proofs

/// Makes what leads an auditor over changes of validators, from the blocks on the disk.
struct ChainMaker {
    let nodes: TreeReader
    let changes: [ChainBuilder.Change]

    func chain(
        from first: Height, through last: Height, skips: Bool
    ) throws(QueryError) -> GovernanceChain {
        let builder = ChainBuilder(changes)
        return try builder.chain(from: first, through: last, skips: skips) {
            height throws(QueryError) in try nodes.head(height)
        }
    }
}
