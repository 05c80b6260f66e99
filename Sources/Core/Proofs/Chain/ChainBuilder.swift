internal import Consensus
internal import Ledger
public import Primitives

/// Picks the links of a governance chain, out of all changes of validators that there were.
public struct ChainBuilder: Sendable {
    /// A change: the first height at which the new set votes, and the set.
    public struct Change: Sendable {
        public let from: Height
        public let validators: [UInt8]

        public init(from: Height, validators: [UInt8]) {
            self.from = from
            self.validators = validators
        }
    }

    private let changes: [Change]

    /// A builder from the changes of a ledger, by height; the first is the set of its genesis.
    public init(_ changes: [Change]) {
        self.changes = changes
    }

    /// The chain from the set that is trusted at `first` to the one that votes at `last`.
    ///
    /// Where `skips` is true, changes are left out as long as who signed the later block has more
    /// than 1/3 of the power that is trusted: then the chain leads to `last` alone. Without, it
    /// serves proofs of any height between.
    ///
    /// Where a third of the trusted power is not among those who signed first after a change, the
    /// block below, which the trusted set signed, leads to the next.
    ///
    /// `head` reads the header of a height with its commit proof, and may throw.
    public func chain<Failure: Error>(
        from first: Height, through last: Height, skips: Bool,
        head: (Height) throws(Failure) -> ClaimedHead
    ) throws(Failure) -> GovernanceChain {
        func link(_ change: Change) throws(Failure) -> GovernanceChain.Link {
            GovernanceChain.Link(
                before: try head(Height(change.from.blocks - 1)).header,
                head: try head(change.from), validators: change.validators)
        }
        guard var trusted = changes.lastIndex(where: { $0.from <= first }),
            let end = changes.lastIndex(where: { $0.from <= last }), trusted < end
        else { return GovernanceChain(links: []) }
        var links: [GovernanceChain.Link] = []
        while trusted < end {
            var next = trusted + 1
            var found = try link(changes[next])
            if !vouches(changes[trusted].validators, for: found) {
                found = GovernanceChain.Link(
                    before: found.before, head: try head(found.before.height),
                    validators: found.validators)
            }
            if skips {
                for later in stride(from: end, to: next, by: -1) {
                    let candidate = try link(changes[later])
                    if vouches(changes[trusted].validators, for: candidate) {
                        (next, found) = (later, candidate)
                        break
                    }
                }
            }
            links.append(found)
            trusted = next
        }
        return GovernanceChain(links: links)
    }

    /// Whether a third of the trusted power is among those who signed; signatures are not checked.
    private func vouches(_ trusted: [UInt8], for link: GovernanceChain.Link) -> Bool {
        guard let old = try? ValidatorSet.decode(trusted),
            let new = try? ValidatorSet.decode(link.validators)
        else { return false }
        let link = ValidatorLink(
            before: link.before, header: link.head.header, commitProof: link.head.commitProof,
            validators: link.validators)
        return old.hasHonest(link.trustedPower(in: new, old))
    }
}
