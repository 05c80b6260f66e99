internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// A ledger below, that exists as headers only: what of it is anchored in the simulated one.
struct ChildLedger: Sendable {
    let id: LedgerID
    let registration: AnchoredLedger.Registration
    private let names: [InstitutionID]
    private let authenticators: [SimulatedAuthenticator]
    private let validators: Digest

    init(_ genesis: Genesis, signedBy authenticators: [SimulatedAuthenticator]) {
        id = genesis.ledger
        registration = AnchoredLedger.Registration(genesis)
        names = genesis.institutions.map(\.id)
        validators = genesis.charter.validators.digest
        self.authenticators = authenticators
    }

    /// The head that comes next, by what the state says of the ledger; now and then an old one.
    func anchor(after state: LedgerState, _ chance: inout SeededGenerator) -> AnchorBody {
        let newest = state.anchored(id)?.newest
        let last = newest?.height.blocks ?? 0
        let height = max(1, last + UInt64(chance.below(4)))
        let header = header(Height(height))
        var consistency: AnchorBody.Consistency?
        if let newest, height > last,
            let proof = try? MerkleTree.consistencyProof(
                from: Int(newest.treeSize), in: leaves(header.treeSize))
        {
            consistency = AnchorBody.Consistency(firstSize: newest.treeSize, path: proof.path)
        }
        return AnchorBody(
            ledger: id, header: header.encode(), commitProof: proof(header).encoded,
            consistency: consistency)
    }

    private func leaves(_ count: UInt64) -> [Digest] {
        (0..<count).map { SHA256.leaf([UInt8]("leaf \($0)".utf8)) }
    }

    /// Each block adds two leaves.
    private func header(_ height: Height) -> BlockHeader {
        let size = height.blocks * 2
        return BlockHeader(
            ledger: id, height: height,
            time: Timestamp(
                milliseconds: SimulatedRegion.start.milliseconds + Int64(height.blocks)),
            proposer: names[0], previous: .zero, batchesRoot: .zero, treeSize: size,
            treeRoot: MerkleTree.root(of: leaves(size)), stateRoot: .zero,
            nextValidators: validators, active: .zero, previousCommit: .zero)
    }

    private func proof(_ header: BlockHeader) -> CommitProof {
        let block = BlockID(hash: header.hash, treeRoot: header.treeRoot)
        let signing = SigningBytes(ledger: id)
        let precommits = zip(names, authenticators).map { name, authenticator in
            let vote = Vote(
                kind: .precommit, height: header.height, round: Round(0), voter: name,
                block: block, validRound: nil, signature: SimulatedRegion.noSignature)
            let digest = signing.digest(of: vote, key: authenticator.key.keyID)
            return CommitProof.Precommit(voter: name, signature: authenticator.sign(digest))
        }
        return CommitProof(
            height: header.height, round: Round(0), block: block, precommits: precommits)
    }
}
