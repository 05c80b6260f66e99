import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import TestSupport
import Testing

@Suite("Proof file")
struct ProofFileTests {
    private let network: ProofNetwork
    private let auditor: Auditor
    private let file: ProofFile

    init() throws {
        network = try ProofNetwork.lived()
        auditor = try Auditor(genesis: network.genesis)
        file = try #require(try network.proofFile(height: 2, batch: 0, index: 1))
    }

    @Test("every entry of every block is proved under the newest header")
    func everyEntry() throws {
        for (height, block) in network.blocks.enumerated() {
            for (batch, verified) in block.executed.batches.enumerated() {
                for index in verified.entries.indices {
                    let file = try #require(
                        try network.proofFile(height: height + 1, batch: batch, index: index))
                    let proven = try auditor.verify(file.encode())
                    #expect(proven.entry == verified.entries[index])
                    #expect(proven.head.signers.count == 4)
                    #expect(proven.issuer.id == verified.header.issuer)
                }
            }
        }
    }

    @Test("an entry is proved under its own block's header by what the execution knows")
    func ownHeader() throws {
        var fresh = try ProofNetwork()
        for round in 0..<6 {
            let entries = (0...round).map { fresh.entry("insurer", about: "patient \($0)") }
            try fresh.decide([entries])
            let block = try #require(fresh.blocks.last)
            for leaf in block.executed.leafHashes.indices {
                let index = block.executed.firstLeaf + UInt64(leaf)
                let proof = try #require(block.executed.inclusionProof(ofLeaf: index))
                try proof.verify(
                    leafHash: block.executed.leafHashes[leaf],
                    root: block.executed.header.treeRoot)
                #expect(try fresh.inclusion(of: index) == proof)
            }
            #expect(block.executed.inclusionProof(ofLeaf: block.executed.tree.size) == nil)
        }
    }

    @Test("the file comes back as it was written, and no cut of it is one")
    func codec() throws {
        let bytes = file.encode()
        #expect(try ProofFile.decode(bytes) == file)
        for end in stride(from: 0, to: bytes.count, by: 7) {
            let failure = #expect(throws: ProofFailure.self) {
                try ProofFile.decode(Array(bytes[..<end]))
            }
            #expect(failure?.step == .form)
        }
    }

    @Test("no file with one byte changed proves anything")
    func everyByteCounts() {
        let bytes = file.encode()
        for index in bytes.indices {
            for change in [0x01, 0x80] as [UInt8] {
                var bent = bytes
                bent[index] ^= change
                #expect(throws: ProofFailure.self, "byte \(index) of \(bytes.count)") {
                    try auditor.verify(bent)
                }
            }
        }
    }

    @Test("random damage never traps, seeds 0 to 299")
    func hostile() {
        let bytes = file.encode()
        for seed in UInt64(0)..<300 {
            var random = SplitMix(seed: seed)
            var bent = bytes
            for _ in 0..<(1 + random.below(8)) {
                bent[random.below(bent.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if bent == bytes { continue }
            #expect(throws: ProofFailure.self, "seed \(seed)") { try auditor.verify(bent) }
        }
    }

    @Test("each lie fails at its own step")
    func steps() throws {
        let last = try #require(network.blocks.last)
        let block = last.executed.block
        let other = try #require(try network.proofFile(height: 2, batch: 1, index: 0))
        let rows: [(ProofStep, ProofFile)] = [
            (.ledger, file.with(ledger: LedgerID(.zero))),
            (
                .commitProof,
                file.with(
                    head: ClaimedHead(
                        header: block.header,
                        commitProof: try network.commitProof(
                            of: block, by: ["insurer", "regulator"])))
            ),
            (
                .header,
                file.with(
                    head: ClaimedHead(
                        header: network.blocks[0].executed.header,
                        commitProof: last.commitProof))
            ),
            (.ledgerTree, file.with(leafIndex: file.leafIndex + 1)),
            (.ledgerTree, file.with(entry: other.entry)),
            (.batchTree, file.with(signedHeader: other.signedHeader)),
            (.batchTree, file.with(batchPosition: 0)),
            (.issuer, file.with(issuer: other.issuer)),
        ]
        for (step, bent) in rows {
            let failure = #expect(throws: ProofFailure.self) { try auditor.verify(bent) }
            #expect(failure?.step == step, "\(failure.map { "\($0)" } ?? "proved")")
        }
    }

    @Test("a batch header signed by another key, or for another number, proves nothing")
    func signedByOthers() throws {
        let entry = try Entry.decode(file.entry)
        let right = try #require(network.blocks[1].executed.batches.first)
        for (step, label, first) in [
            (ProofStep.batchSignature, "insurer submit", right.header.firstNumber),
            (.number, "city-hospital submit", right.header.firstNumber + 3),
        ] {
            let key = try ProofNetwork.key(label)
            let header = BatchHeader(
                ledger: network.ledger, issuer: entry.issuer, stream: entry.stream,
                firstNumber: first, expiry: right.header.expiry, count: right.header.count,
                root: right.header.root)
            let named = try ProofNetwork.key("city-hospital submit").keyID
            let signed = COSESign1(
                payload: header.encode(), header: COSEHeader(keyID: named, purpose: .batch),
                signedBy: key)
            let failure = #expect(throws: ProofFailure.self) {
                try auditor.verify(file.with(signedHeader: signed.encoded))
            }
            #expect(failure?.step == step)
        }
    }

    @Test("a genesis that founds another ledger is no ground for this proof")
    func otherGenesis() throws {
        let other = try Auditor(genesis: try ProofNetwork(named: "elsewhere").genesis)
        let failure = #expect(throws: ProofFailure.self) { try other.verify(file) }
        #expect(failure?.step == .ledger)
    }

    @Test("receipts of single validators hold for COSE, each under its own key")
    func receipts() throws {
        let leafHash = SHA256.leaf(file.entry)
        let receipts = Receipts.expand(file) { id in
            try? ProofNetwork.key("\(id) consensus").keyID
        }
        #expect(receipts.map(\.voter.name) == ProofNetwork.names)
        for (voter, receipt) in receipts {
            let key = try ProofNetwork.key("\(voter) consensus").publicKey
            let read = try COSEReceipt(decoding: receipt.encoded)
            #expect(try read.verify(leafHash: leafHash, by: key) == file.head.header.treeRoot)
            #expect(throws: CryptographyError.self) {
                try read.verify(leafHash: .zero, by: key)
            }
        }
    }

    @Test("ledger and consensus give the validator set the same bytes")
    func validators() throws {
        let set = try ValidatorSet(
            network.genesis.institutions.compactMap { institution in
                institution.consensusKey.map {
                    Validator(id: institution.id, key: $0, power: institution.power)
                }
            })
        #expect(set.digest == network.genesis.validatorsDigest)
        #expect(network.blocks[0].executed.header.nextValidators == set.digest)
    }
}

extension ProofFile {
    func with(
        ledger: LedgerID? = nil, entry: [UInt8]? = nil, signedHeader: [UInt8]? = nil,
        batchPosition: UInt64? = nil, head: ClaimedHead? = nil, leafIndex: UInt64? = nil,
        issuer: MapProof? = nil
    ) -> ProofFile {
        ProofFile(
            ledger: ledger ?? self.ledger, entry: entry ?? self.entry,
            signedHeader: signedHeader ?? self.signedHeader,
            batchPosition: batchPosition ?? self.batchPosition, batchPath: batchPath,
            head: head ?? self.head, leafIndex: leafIndex ?? self.leafIndex,
            ledgerPath: ledgerPath, issuer: issuer ?? self.issuer)
    }
}
