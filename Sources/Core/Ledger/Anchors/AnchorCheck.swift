internal import Consensus
internal import Cryptography
public import Primitives
public import Records

/// Checks the head of another ledger against what this one knows of it.
struct AnchorCheck {
    let ledger: LedgerID
    /// What the state map says of the ledger, and of its heads by height.
    let child: AnchoredLedger
    let head: (Height) -> AnchoredHead?
    let signatures: any SignatureCheck

    /// What an anchor does.
    enum Effect {
        case head(AnchoredLedger, Height, AnchoredHead)
        /// The quorum signed another past than the one that is anchored.
        case fork(AnchoredLedger)
    }

    /// - Throws: ``AnchorRefusal``, the first that is found.
    func check(_ body: AnchorBody, leaf: UInt64) throws(AnchorRefusal) -> Effect {
        if let fork = child.fork { throw .forked(ledger, leaf: fork) }
        let header = try AnchorCheck.header(body.header)
        guard header.ledger == ledger else {
            throw .wrongLedger(found: header.ledger, right: ledger)
        }
        var after = child
        for link in body.links { try follow(link, &after) }
        try checkSigned(header, body.commitProof, by: after.validators)
        if let known = head(header.height) {
            if known.hash == header.hash { throw .anchoredAlready(leaf: known.leaf) }
            return .fork(child.forked(by: leaf))
        }
        guard let newest = child.newest, let before = head(newest.height) else {
            return entered(header, after, leaf: leaf)
        }
        guard header.height > newest.height, header.height >= after.validatorsFrom else {
            throw .notNewer(height: header.height, newest: newest.height)
        }
        if header.treeSize < before.treeSize
            || (header.treeSize == before.treeSize && header.treeRoot != before.treeRoot)
        {
            return .fork(child.forked(by: leaf))
        }
        try checkFollows(before, header, body.consistency)
        return entered(header, after, leaf: leaf)
    }

    private func entered(
        _ header: BlockHeader, _ after: AnchoredLedger, leaf: UInt64
    ) -> Effect {
        var ledger = after
        ledger.newest = AnchoredLedger.Place(
            height: header.height, treeSize: header.treeSize)
        return .head(
            ledger, header.height,
            AnchoredHead(of: header, leaf: leaf, previous: child.newest?.height))
    }

    private func follow(
        _ claimed: AnchorBody.Link, _ after: inout AnchoredLedger
    ) throws(AnchorRefusal) {
        let link = ValidatorLink(
            before: try AnchorCheck.header(claimed.before),
            header: try AnchorCheck.header(claimed.header),
            commitProof: try AnchorCheck.commitProof(claimed.commitProof),
            validators: claimed.validators)
        // Ledgers of before execute the same entries: to them such a link never held.
        guard !link.isSignedBefore else {
            throw .link("the link at height \(link.from) is of one header, not of two")
        }
        guard link.from > after.validatorsFrom else {
            throw .link(
                "the link at height \(link.from) is not above \(after.validatorsFrom), "
                    + "from where on the validators are known")
        }
        do throws(ValidatorLink.Refusal) {
            after.validators = try link.verify(
                of: ledger, trusted: after.validators, by: signatures)
        } catch {
            throw .link("\(error)")
        }
        after.validatorsFrom = link.from
    }

    private func checkSigned(
        _ header: BlockHeader, _ bytes: [UInt8], by validators: ValidatorSet
    ) throws(AnchorRefusal) {
        let claimed = try AnchorCheck.commitProof(bytes)
        let proof: CommitProof
        do throws(ConsensusError) {
            proof = try validators.verify(
                Unverified(claimed), with: SigningBytes(ledger: ledger), by: signatures
            ).message
        } catch {
            throw .commitProof(error)
        }
        let hash = header.hash
        guard proof.block.hash == hash, proof.height == header.height,
            proof.block.treeRoot == header.treeRoot
        else { throw .wrongBlock(signed: proof.block.hash, header: hash) }
    }

    private func checkFollows(
        _ before: AnchoredHead, _ header: BlockHeader, _ proof: AnchorBody.Consistency?
    ) throws(AnchorRefusal) {
        if before.treeSize == header.treeSize || before.treeSize == 0 { return }
        guard let proof, proof.firstSize == before.treeSize else {
            throw .consistency(
                "a proof from its tree of \(before.treeSize) entries is missing")
        }
        do throws(CryptographyError) {
            try ConsistencyProof(
                firstSize: proof.firstSize, secondSize: header.treeSize, path: proof.path
            ).verify(firstRoot: before.treeRoot, secondRoot: header.treeRoot)
        } catch {
            throw .consistency("\(error)")
        }
    }

    private static func header(_ bytes: [UInt8]) throws(AnchorRefusal) -> BlockHeader {
        do throws(LedgerError) {
            return try BlockHeader.decode(bytes[...])
        } catch {
            throw .malformed("\(error)")
        }
    }

    private static func commitProof(_ bytes: [UInt8]) throws(AnchorRefusal) -> CommitProof {
        do throws(CBORError) {
            return try CommitProof.decode(bytes[...]).claimed
        } catch {
            throw .malformed("the commit proof: \(error)")
        }
    }
}

extension AnchoredLedger {
    fileprivate func forked(by leaf: UInt64) -> AnchoredLedger {
        var ledger = self
        ledger.fork = leaf
        return ledger
    }
}

extension LedgerState {
    /// What governance and anchors say of another ledger; nil where it is not registered.
    public func anchored(_ ledger: LedgerID) -> AnchoredLedger? {
        AnchorReading.ledger(map.value(of: .anchoredLedger(ledger)))
    }

    /// The head of another ledger that is anchored at its height.
    public func anchoredHead(of ledger: LedgerID, at height: Height) -> AnchoredHead? {
        AnchorReading.head(map.value(of: .anchoredHead(ledger, height)))
    }

    /// Why an anchor would have no effect in the next block; that it shows a fork is an effect.
    ///
    /// It is what a node asks before it takes a submission.
    public func check(_ body: AnchorBody) throws(AnchorRefusal) {
        guard let child = anchored(body.ledger) else { throw .notRegistered(body.ledger) }
        _ = try AnchorCheck(
            ledger: body.ledger, child: child,
            head: { anchoredHead(of: body.ledger, at: $0) }, signatures: signatureCheck
        ).check(body, leaf: head.tree.size)
    }
}

/// Reads what the state map says of other ledgers.
enum AnchorReading {
    static func ledger(_ value: StateValue?) -> AnchoredLedger? {
        guard case .bytes(let bytes) = value else { return nil }
        return try? AnchoredLedger.decode(bytes)
    }

    static func head(_ value: StateValue?) -> AnchoredHead? {
        guard case .bytes(let bytes) = value else { return nil }
        return try? AnchoredHead.decode(bytes)
    }
}
