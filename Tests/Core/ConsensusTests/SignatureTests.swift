import Consensus
import Cryptography
import Primitives
import Testing

@Suite("Signatures of votes, proposals and commit proofs")
struct SignatureTests {
    static let set = Fixture.validators([("a", 1), ("b", 1), ("c", 1), ("d", 1)])
    static let signing = SigningBytes(ledger: Fixture.ledger)
    static let check = Fixture.authenticator("a")

    @Test("a changed field breaks a vote's signature")
    func everyFieldIsSigned() throws {
        let vote = Fixture.vote(.prevote, 5, 2, MessageTests.block, by: "a", validRound: 1)
        _ = try Self.set.verify(Unverified(vote), with: Self.signing, by: Self.check)
        func changed(
            kind: Vote.Kind = .prevote, height: UInt64 = 5, round: UInt32 = 2,
            voter: String = "a", block: BlockID? = MessageTests.block, validRound: UInt32? = 1
        ) -> Vote {
            Vote(
                kind: kind, height: Height(height), round: Round(round), voter: Fixture.id(voter),
                block: block, validRound: validRound.map(Round.init), signature: vote.signature)
        }
        let other = Fixture.block("Y").id
        let halfway = BlockID(hash: MessageTests.block.hash, treeRoot: other.treeRoot)
        let forgeries = [
            changed(kind: .precommit), changed(height: 6), changed(round: 3), changed(voter: "b"),
            changed(block: nil), changed(block: other), changed(block: halfway),
            changed(validRound: nil), changed(validRound: 0),
        ]
        for forgery in forgeries {
            #expect(throws: ConsensusError.self) {
                try Self.set.verify(Unverified(forgery), with: Self.signing, by: Self.check)
            }
        }
        #expect(throws: ConsensusError.self) {
            let elsewhere = SigningBytes(ledger: LedgerID(.zero))
            _ = try Self.set.verify(Unverified(vote), with: elsewhere, by: Self.check)
        }
        #expect(throws: ConsensusError.notAValidator(Fixture.id("x"))) {
            let stranger = Fixture.vote(.prevote, 5, 2, nil, by: "x")
            _ = try Self.set.verify(Unverified(stranger), with: Self.signing, by: Self.check)
        }
    }

    @Test("only whose turn it is may propose")
    func onlyTheProposerProposes() throws {
        for name in ["a", "b", "c", "d"] {
            let proposal = Unverified(Fixture.proposal(1, 0, "X", by: name))
            if name == "b" {
                _ = try Self.set.verify(proposal, with: Self.signing, by: Self.check)
            } else {
                #expect(throws: ConsensusError.self) {
                    try Self.set.verify(proposal, with: Self.signing, by: Self.check)
                }
            }
        }
    }

    @Test("a commit proof needs more than 2/3 of the power, every signature good")
    func proofsAreChecked() throws {
        for voters in [["a", "b", "c"], ["a", "b", "c", "d"]] {
            let proof = Unverified(MessageTests.proof(of: voters))
            #expect(
                try Self.set.verify(proof, with: Self.signing, by: Self.check).message
                    == proof.claimed)
        }
        #expect(throws: ConsensusError.notEnoughPower(found: 2, total: 4)) {
            let proof = Unverified(MessageTests.proof(of: ["a", "d"]))
            _ = try Self.set.verify(proof, with: Self.signing, by: Self.check)
        }
        #expect(throws: ConsensusError.notAValidator(Fixture.id("x"))) {
            let proof = Unverified(MessageTests.proof(of: ["a", "b", "c", "x"]))
            _ = try Self.set.verify(proof, with: Self.signing, by: Self.check)
        }
        let good = MessageTests.proof(of: ["a", "b", "c"])
        let moved = CommitProof(
            height: good.height, round: Round(3), block: good.block, precommits: good.precommits)
        #expect(throws: ConsensusError.self) {
            try Self.set.verify(Unverified(moved), with: Self.signing, by: Self.check)
        }
    }

    @Test("one voter twice is one voter")
    func repeatedVotersDoNotCount() {
        let good = MessageTests.proof(of: ["a", "b"])
        let padded = CommitProof(
            height: good.height, round: good.round, block: good.block,
            precommits: good.precommits + [good.precommits[0]])
        #expect(throws: ConsensusError.validatorOutOfOrder(Fixture.id("a"))) {
            try Self.set.verify(Unverified(padded), with: Self.signing, by: Self.check)
        }
    }

    @Test("a precommit is a receipt that stands the check of the COSE room")
    func precommitsAreReceipts() throws {
        let key = Fixture.secretKey("a")
        let authenticator = KeyAuthenticator(key: key)
        let block = MessageTests.block
        let unsigned = Fixture.vote(.precommit, 5, 2, block, by: "a")
        let signature = authenticator.sign(Self.signing.digest(of: unsigned, key: key.keyID))
        let vote = Vote(
            kind: .precommit, height: Height(5), round: Round(2), voter: Fixture.id("a"),
            block: block, validRound: nil, signature: signature)
        _ = try Self.set.verify(Unverified(vote), with: Self.signing, by: KeyCheck())
        let protected = Self.signing.receiptProtected(
            height: Height(5), round: Round(2), blockHash: block.hash, key: key.keyID)
        // RFC 9052, section 4.4, written out by hand.
        var structure: [UInt8] = [0x84, 0x6a] + Array("Signature1".utf8)
        structure += [0x58, UInt8(protected.count)] + protected + [0x40, 0x58, 0x20]
        structure += block.treeRoot.bytes
        #expect(key.publicKey.isValid(signature, for: SHA256.hash(structure)))
    }

    @Test("the protected header of a receipt has the bytes of block.md")
    func receiptHeaderIsFrozen() throws {
        let keyID = try #require(KeyID([UInt8](repeating: 0x11, count: 16)))
        let bytes = SigningBytes(ledger: LedgerID(.zero)).receiptProtected(
            height: Height(5), round: Round(2), blockHash: .zero, key: keyID)
        let zeros = String(repeating: "0", count: 64)
        let issuer = "custos:" + zeros
        #expect(
            bytes.hex
                == "a5" + "01382e" + "0450" + String(repeating: "11", count: 16)
                + "0fa2" + "01" + "7847" + [UInt8](issuer.utf8).hex + "02" + "63" + "352f32"
                + "19018b01" + "3a00011170" + "5820" + zeros)
    }
}
