import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Governance chain")
struct GovernanceChainTests {
    /// A network that re-keys its members one after the other, and an entry at the end of it.
    private struct Renewal {
        var network: ProofNetwork
        /// The heights from which each new set votes.
        var changes: [Int] = []

        init() throws {
            network = try ProofNetwork()
            try network.decide([[network.entry("insurer", about: "before")]])
            for name in ProofNetwork.names { try renew(name) }
            try network.decide([[network.entry("insurer", about: "after")]])
        }

        private mutating func renew(_ name: String) throws {
            let label = "\(name) renewed"
            try network.agree(
                on: .setKey(
                    ProofNetwork.id(name), .consensus(try ProofNetwork.key(label).publicKey)),
                reason: "the old key is old")
            network.consensusKeys[name] = label
            try network.decide([])
            changes.append(network.blocks.count)
        }

        /// The links at these of the changes.
        func chain(_ picked: [Int]) -> GovernanceChain {
            GovernanceChain(
                links: picked.map { index in
                    let height = Height(UInt64(changes[index]))
                    return GovernanceChain.Link(
                        before: network.head(Height(height.blocks - 1)).header,
                        head: network.head(height),
                        validators: network.state.validators(at: height).encoded)
                })
        }

        func last() throws -> ProofFile {
            try #require(
                try network.proofFile(height: network.blocks.count, batch: 0, index: 0))
        }
    }

    @Test("leads over every change, and over two at once; a third of the trusted must still sign")
    func skips() throws {
        let renewal = try Renewal()
        let file = try renewal.last()
        for picked in [[0, 1, 2, 3], [1, 3], [0, 2, 3]] {
            let auditor = try Auditor(
                genesis: renewal.network.genesis, chain: renewal.chain(picked))
            #expect(throws: Never.self, "\(picked)") { try auditor.verify(file) }
        }
        for picked in [[2, 3], [3], [0, 3]] {
            let failure = #expect(throws: ProofFailure.self, "\(picked)") {
                try Auditor(genesis: renewal.network.genesis, chain: renewal.chain(picked))
            }
            #expect(failure?.step == .validators)
        }
    }

    @Test("a vote that gives one member most of the power is followed by what the others signed")
    func powerOfOne() throws {
        var network = try ProofNetwork()
        try network.decide([[network.entry("insurer", about: "before")]])
        try network.agree(on: .setPower(ProofNetwork.id("insurer"), 10))
        try network.decide([[network.entry("insurer", about: "after")]], signedBy: ["insurer"])
        let last = Height(UInt64(network.blocks.count))
        let changes = [Height(1), last].map { height in
            ChainBuilder.Change(
                from: height, validators: network.state.validators(at: height).encoded)
        }
        let file = try #require(
            try network.proofFile(height: network.blocks.count, batch: 0, index: 0))
        for skips in [false, true] {
            let chain = ChainBuilder(changes).chain(
                from: Height(1), through: last, skips: skips, head: network.head)
            let read = try GovernanceChain.decode(chain.encode(ledger: network.genesis.ledger))
            let auditor = try Auditor(genesis: network.genesis, chain: read)
            #expect(throws: Never.self) { try auditor.verify(file) }
        }
        let below = network.head(Height(last.blocks - 1))
        let few = ClaimedHead(
            header: below.header,
            commitProof: try network.commitProof(
                of: network.blocks[network.blocks.count - 2].executed.block,
                by: ["insurer", "regulator"]))
        // Signed by the one alone; by half of the others; for another set.
        for (head, set) in [(network.head(last), 1), (few, 1), (below, 0)] {
            let link = GovernanceChain.Link(
                before: below.header, head: head, validators: changes[set].validators)
            let failure = #expect(throws: ProofFailure.self) {
                try Auditor(genesis: network.genesis, chain: GovernanceChain(links: [link]))
            }
            #expect(failure?.step == .validators)
        }
    }

    @Test("says whom it leads to, where all of its links hold")
    func newestValidators() throws {
        let renewal = try Renewal()
        let genesis = renewal.network.genesis
        let sets = [0, 1, 3].map { index in
            renewal.network.state.validators(at: Height(UInt64(renewal.changes[index])))
        }
        #expect(try renewal.chain([0]).newestValidators(from: genesis) == sets[0])
        #expect(try renewal.chain([1]).newestValidators(from: genesis) == sets[1])
        #expect(try renewal.chain([1, 3]).newestValidators(from: genesis) == sets[2])
        #expect(
            try renewal.chain([]).newestValidators(from: genesis) == genesis.charter.validators)
        #expect(throws: ProofFailure.self) {
            try renewal.chain([0, 3]).newestValidators(from: genesis)
        }
    }

    @Test("a proof under later validators fails without the chain, or with half of it")
    func isNeeded() throws {
        let renewal = try Renewal()
        let file = try renewal.last()
        for picked in [[], [0], [0, 1]] as [[Int]] {
            let auditor = try Auditor(
                genesis: renewal.network.genesis, chain: renewal.chain(picked))
            let failure = #expect(throws: ProofFailure.self) { try auditor.verify(file) }
            #expect(failure?.step == .commitProof)
        }
    }

    @Test("links that do not fit are refused")
    func refusesBentLinks() throws {
        let renewal = try Renewal()
        let links = renewal.chain([0, 1]).links
        let (first, second) = (links[0], links[1])
        let bent = [
            // The set of another height, another block below, links in the wrong order.
            GovernanceChain.Link(
                before: first.before, head: first.head, validators: second.validators),
            GovernanceChain.Link(
                before: second.before, head: first.head, validators: first.validators),
            GovernanceChain.Link(
                before: first.before, head: second.head, validators: first.validators),
            GovernanceChain.Link(before: first.before, head: first.head, validators: [0x80]),
        ]
        for link in bent {
            let failure = #expect(throws: ProofFailure.self) {
                try Auditor(
                    genesis: renewal.network.genesis, chain: GovernanceChain(links: [link]))
            }
            #expect(failure?.step == .validators)
        }
        #expect(throws: ProofFailure.self) {
            try Auditor(
                genesis: renewal.network.genesis, chain: GovernanceChain(links: [second, first]))
        }
    }

    @Test("comes back from its bytes as it was")
    func codec() throws {
        let renewal = try Renewal()
        let chain = renewal.chain([0, 1, 2, 3])
        let bytes = chain.encode(ledger: renewal.network.ledger)
        #expect(try GovernanceChain.decode(bytes) == chain)
        #expect(throws: ProofFailure.self) { try GovernanceChain.decode(bytes + [0]) }
    }
}
