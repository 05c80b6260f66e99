import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

/// A ledger on which keys of every role came and went, read from the genesis years later.
@Suite("Archives over changes of keys")
struct ArchiveKeysTests {
    private static let bringer = "regulator"
    private var network: ProofNetwork
    /// The first heights at which new validators vote.
    private var changes: [ChainBuilder.Change]

    init() throws {
        network = try ProofNetwork()
        changes = [
            ChainBuilder.Change(
                from: Height(1), validators: network.genesis.charter.validators.encoded)
        ]
        try network.decide([[network.entry("insurer", about: "first key")]])
        // A submit key that comes and goes between the genesis and the last state.
        for label in ["insurer submit 2", "insurer submit 3"] {
            let key = try ProofNetwork.key(label).publicKey
            try agree(.setKey(ProofNetwork.id("insurer"), .submit(StreamID(0), key)))
            network.submitKeys["insurer"] = label
            try network.decide([[network.entry("insurer", about: label)]])
        }
        // An institution that comes and goes.
        try agree(.add(try Self.pharmacy()))
        try network.decide([[network.entry("pharmacy", about: "a guest")]])
        try agree(.remove(ProofNetwork.id("pharmacy")))
        // A validator's key, and another's.
        for name in ["city-hospital", "county-hospital"] {
            let label = "\(name) renewed"
            let key = try ProofNetwork.key(label).publicKey
            try agree(.setKey(ProofNetwork.id(name), .consensus(key)))
            network.consensusKeys[name] = label
            try network.decide([])
            let height = Height(UInt64(network.blocks.count))
            changes.append(
                ChainBuilder.Change(
                    from: height, validators: network.state.validators(at: height).encoded))
        }
        try network.decide([[network.entry("insurer", about: "last")]])
    }

    private static func pharmacy() throws -> Institution {
        Institution(
            id: ProofNetwork.id("pharmacy"), name: "pharmacy", kind: .pharmacy, tier: .city,
            power: 0,
            submitKeys: [
                .init(stream: StreamID(0), key: try ProofNetwork.key("pharmacy submit").publicKey)
            ], governKeys: [try ProofNetwork.key("pharmacy govern").publicKey])
    }

    private mutating func agree(_ action: GovernanceAction) throws {
        let proposal = try network.agree(on: action, broughtBy: Self.bringer)
        #expect(network.state.governance.proposal(proposal)?.givenKeys != nil)
    }

    /// What a node writes of these blocks, with or without the proposals that gave keys.
    private func records(from first: Int, withProposals: Bool = true) throws -> [[UInt8]] {
        let newest = try #require(network.blocks.last)
        let state = network.state
        var proofs = state.institutions.compactMap { state.map.proof(of: .institution($0.id)) }
        if withProposals {
            proofs += state.governance.proposals.filter { !$0.givenKeys.isEmpty }
                .compactMap { state.map.proof(of: .proposal($0.id)) }
        }
        var base: ArchiveHead.Base?
        if first > 1 {
            let before = network.blocks[first - 2]
            base = ArchiveHead.Base(
                head: ClaimedHead(
                    header: before.executed.header, commitProof: before.commitProof),
                peaks: before.executed.tree.peaks)
        }
        let head = ArchiveHead(
            ledger: network.ledger,
            heights: HeightRange(
                Height(UInt64(first)), Height(UInt64(network.blocks.count))), base: base,
            keys: ArchiveHead.Keys(
                head: ClaimedHead(
                    header: newest.executed.header, commitProof: newest.commitProof),
                institutions: proofs))
        let blocks = network.blocks[(first - 1)...].map { block in
            ArchiveBlock(
                block: block.executed.block.encode(), commitProof: block.commitProof,
                batches: block.executed.batches.map(\.bytes)
            ).encode()
        }
        return [head.encode()] + blocks
    }

    private func chain(skips: Bool = false) -> GovernanceChain {
        ChainBuilder(changes).chain(
            from: Height(1), through: Height(UInt64(network.blocks.count)), skips: skips,
            head: network.head)
    }

    private func verify(_ records: [[UInt8]], _ chain: GovernanceChain) throws -> ArchiveAuditor {
        var auditor = try ArchiveAuditor(records[0], genesis: network.genesis, chain: chain)
        for record in records.dropFirst() { try auditor.take(try ArchiveBlock.decode(record)) }
        return auditor
    }

    @Test("every range of the ledger verifies, whichever keys signed in it")
    func whole() throws {
        for first in [1, 2, 3, 5, network.blocks.count] {
            let auditor = try verify(try records(from: first), chain())
            #expect(auditor.isWhole)
        }
    }

    @Test("without the proposals a batch under a key in between is refused, and so is a bent one")
    func needsProposals() throws {
        let failure = #expect(throws: ProofFailure.self) {
            try verify(try records(from: 1, withProposals: false), chain())
        }
        #expect(failure?.step == .batchSignature || failure?.step == .issuer)
    }

    @Test("without the chain the first block of new validators is refused")
    func needsChain() throws {
        let failure = #expect(throws: ProofFailure.self) {
            try verify(try records(from: 1), GovernanceChain(links: []))
        }
        #expect(failure?.step == .commitProof)
    }

    @Test("skipping leaves out what a third of the trusted power signs over")
    func skips() throws {
        #expect(chain().links.count == 2)
        let short = chain(skips: true)
        #expect(short.links.count == 1)
        let file = try #require(
            try network.proofFile(height: network.blocks.count, batch: 0, index: 0))
        for chain in [chain(), short] {
            #expect(throws: Never.self) {
                try Auditor(genesis: network.genesis, chain: chain).verify(file)
            }
        }
    }
}
