internal import Ledger
internal import Primitives
internal import Proofs

/// A finding that this node's rules have open.
struct LocalFinding {
    let id: Digest
    /// The rule that found it, who runs that rule, and who of them anchors what it finds, by id
    /// increasing.
    let rule: RuleVersion
    let runners: [InstitutionID]
    let publishers: [InstitutionID]
    /// Whom it is about, as the body writes it.
    let subject: [UInt8]
    let body: [UInt8]
    /// The last block that was taken in when the rule answered.
    let asOf: LedgerMark
    /// The time of the block at which this node saw it first, in this process.
    let found: Timestamp
    /// Whose pseudonyms in the evidence were seen as one person's.
    let joins: [FindingStatement.Join]

    var statement: FindingStatement {
        FindingStatement(
            body: body, height: asOf.height, treeRoot: asOf.treeRoot, stateRoot: asOf.stateRoot,
            joins: joins)
    }
}
