import Consensus
import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

/// A city's ledger, whose heads stand in a province's, whose heads stand in a nation's.
struct TierNetwork {
    var city: ProofNetwork
    var province: ProofNetwork
    var nation: ProofNetwork

    init() throws {
        city = try ProofNetwork.lived()
        province = try ProofNetwork(named: "province")
        nation = try ProofNetwork(named: "nation")
        try TierNetwork.register(city, in: &province)
        try TierNetwork.register(province, in: &nation)
    }

    private static func register(
        _ below: ProofNetwork, in above: inout ProofNetwork
    ) throws {
        try above.agree(
            on: .setLedger(below.ledger, AnchoredLedger.Registration(below.genesis)),
            reason: "tiers")
    }

    /// Anchors the last head of a ledger in the one above; returns the step, under the last block
    /// above, without the link.
    static func anchor(
        _ below: ProofNetwork, in above: inout ProofNetwork
    ) throws -> AnchorStep {
        let last = try #require(below.blocks.last)
        var consistency: AnchorBody.Consistency?
        if let known = above.state.anchored(below.ledger)?.newest {
            let height = Int(known.height.blocks)
            consistency = AnchorBody.Consistency(
                firstSize: known.treeSize, path: try below.consistency(from: height).path)
        }
        let template = above.entry("insurer", about: "nobody")
        let entry = Entry(
            kind: .anchor, issuer: template.issuer, stream: template.stream,
            number: template.number, eventTime: template.eventTime,
            body: .anchor(
                AnchorBody(
                    ledger: below.ledger, header: last.executed.header.encode(),
                    commitProof: last.commitProof.encoded, consistency: consistency)))
        try above.decide([[entry]])
        #expect(above.blocks.last?.executed.anchorOutcomes.map(\.refusal) == [nil])
        let height = last.executed.header.height
        return AnchorStep(
            anchor: try #require(
                try above.proofFile(height: above.blocks.count, batch: 0, index: 0)),
            record: try #require(
                above.state.map.proof(of: .anchoredHead(below.ledger, height))),
            link: nil)
    }

    func auditor(
        trusting head: BlockHeader? = nil, of ledgers: [ProofNetwork]? = nil
    ) -> TierAuditor {
        TierAuditor(
            tiers: (ledgers ?? [city, province]).map { TierAuditor.Tier(genesis: $0.genesis) },
            trusted: head.map { TrustedHead($0) })
    }
}

@Suite("Tiers")
struct TierTests {
    @Test("an entry is proved up to the province's trusted head, and to the nation's")
    func walksUp() throws {
        var tiers = try TierNetwork()
        let file = try #require(try tiers.city.proofFile(height: 1, batch: 0, index: 1))
        let toProvince = try TierNetwork.anchor(tiers.city, in: &tiers.province)
        let head = try #require(tiers.province.blocks.last).executed.header
        let (auditor, anchors) = try tiers.auditor(trusting: head).descend([toProvince])
        let entry = try auditor.verify(file)
        let cityHead = try #require(tiers.city.blocks.last).executed.header
        #expect(entry.head.anchor == .trustedHead(cityHead.height))
        #expect(anchors.map(\.head.anchor) == [.trustedHead(head.height)])
        #expect(anchors.map(\.anchored.hash) == [cityHead.hash])
        #expect(anchors.map(\.name) == ["province"])

        let toNation = try TierNetwork.anchor(tiers.province, in: &tiers.nation)
        let top = try #require(tiers.nation.blocks.last).executed.header
        let all = [tiers.city, tiers.province, tiers.nation]
        let (above, both) = try tiers.auditor(trusting: top, of: all)
            .descend([toProvince, toNation])
        #expect(try above.verify(file).head.anchor == .trustedHead(cityHead.height))
        #expect(both.map(\.name) == ["province", "nation"])
    }

    @Test("a proof under an earlier head needs the link to the anchored one")
    func links() throws {
        var tiers = try TierNetwork()
        let file = try #require(try tiers.city.proofFile(height: 1, batch: 0, index: 1))
        let first = tiers.city.blocks.count
        try tiers.city.decide([[tiers.city.entry("insurer", about: "later")]])
        let step = try TierNetwork.anchor(tiers.city, in: &tiers.province)
        let last = try #require(tiers.city.blocks.last).executed.header.height
        let auditor = try tiers.auditor().descend([step]).auditor
        let failure = #expect(throws: ProofFailure.self) { try auditor.verify(file) }
        #expect(failure?.step == .trustedHead)
        let linked = step.linked(by: try tiers.city.consistency(from: first))
        let proven = try tiers.auditor().descend([linked]).auditor.verify(file)
        #expect(proven.head.anchor == .tree(ofTrustedHead: last))
    }

    @Test("another past of the city, signed by its quorum, is refused against the anchored one")
    func refusesOtherPast() throws {
        var tiers = try TierNetwork()
        let step = try TierNetwork.anchor(tiers.city, in: &tiers.province)
        var fork = try ProofNetwork()
        for _ in 0..<tiers.city.blocks.count {
            try fork.decide([[fork.entry("insurer", about: "nobody")]])
        }
        let file = try #require(try fork.proofFile(height: 1, batch: 0, index: 0))
        let auditor = try tiers.auditor().descend([step]).auditor
        let failure = #expect(throws: ProofFailure.self) { try auditor.verify(file) }
        #expect(failure?.step == .trustedHead)
    }

    @Test("steps that do not fit are refused at the step that fails")
    func refusesBentSteps() throws {
        var tiers = try TierNetwork()
        let early = try TierNetwork.anchor(tiers.city, in: &tiers.province)
        let earlyHead = try #require(tiers.province.blocks.last).executed.header
        try tiers.city.decide([[tiers.city.entry("insurer", about: "later")]])
        let step = try TierNetwork.anchor(tiers.city, in: &tiers.province)
        // An entry of the province that is no anchor.
        let vote = try #require(try tiers.province.proofFile(height: 1, batch: 0, index: 1))
        let table: [(AnchorStep, ProofStep, String)] = [
            (.init(anchor: vote, record: step.record, link: nil), .anchor, "no anchor"),
            (.init(anchor: step.anchor, record: early.record, link: nil), .anchor, "other record"),
            (
                .init(
                    anchor: step.anchor,
                    record: MapProof(
                        slotCount: step.record.slotCount, slot: step.record.slot,
                        key: step.record.key, nextKey: step.record.nextKey,
                        value: early.record.value, path: step.record.path), link: nil),
                .anchor, "bent record"
            ),
        ]
        for (bent, right, what) in table {
            let failure = #expect(throws: ProofFailure.self, "\(what)") {
                try tiers.auditor().descend([bent])
            }
            #expect(failure?.step == right, "\(what): \(String(describing: failure))")
        }
        // The tiers in the wrong order, one too few, and a trusted head that is another's.
        #expect(throws: ProofFailure.self) {
            try tiers.auditor(of: [tiers.province, tiers.city]).descend([step])
        }
        #expect(throws: ProofFailure.self) {
            try tiers.auditor(of: [tiers.city]).descend([step])
        }
        let failure = #expect(throws: ProofFailure.self) {
            try tiers.auditor(trusting: earlyHead, of: [tiers.city, tiers.nation]).descend([step])
        }
        #expect(failure?.step == .ledger)
    }

    @Test("two heads that contradict each other show that a whole ledger has two pasts")
    func fork() throws {
        let city = try ProofNetwork.lived()
        var other = try ProofNetwork()
        for _ in 0..<3 { try other.decide([[other.entry("insurer", about: "nobody")]]) }
        func head(_ network: ProofNetwork, _ height: Int) -> ClaimedHead {
            let block = network.blocks[height - 1]
            return ClaimedHead(header: block.executed.header, commitProof: block.commitProof)
        }
        let auditor = try Auditor(genesis: city.genesis)
        let table: [(ClaimedHead, ClaimedHead, ForkProof.Contradiction)] = [
            (head(city, 2), head(other, 2), .sameHeight),
            (head(other, 3), head(city, 2), .previousHash),
            (head(city, 1), head(other, 3), .shrunken),
        ]
        for (one, another, right) in table {
            let fork = ForkProof(ledger: city.ledger, one, another)
            let bytes = fork.encode()
            #expect(try ForkProof.decode(bytes) == fork)
            let proven = try auditor.verify(try ForkProof.decode(bytes))
            #expect(proven.contradiction == right)
            #expect(proven.signersOfBoth.count == 4)
            #expect(proven.first.height <= proven.second.height)
        }
        for (one, another) in [(1, 1), (1, 2), (1, 5), (2, 4)] {
            let fork = ForkProof(ledger: city.ledger, head(city, one), head(city, another))
            let failure = #expect(throws: ProofFailure.self) { try auditor.verify(fork) }
            #expect(failure?.step == .fork)
        }
        // Signatures of too few, or of another block, show nothing.
        let weak = ClaimedHead(
            header: other.blocks[1].executed.header,
            commitProof: try other.commitProof(
                of: other.blocks[1].executed.block, by: ["insurer", "regulator"]))
        let moved = ClaimedHead(
            header: other.blocks[1].executed.header, commitProof: other.blocks[0].commitProof)
        for (claimed, right) in [(weak, ProofStep.commitProof), (moved, .header)] {
            let failure = #expect(throws: ProofFailure.self) {
                try auditor.verify(ForkProof(ledger: city.ledger, head(city, 2), claimed))
            }
            #expect(failure?.step == right)
        }
    }

    @Test("a proof over tiers reads back, and cut bytes are refused")
    func codec() throws {
        var tiers = try TierNetwork()
        let file = try #require(try tiers.city.proofFile(height: 1, batch: 0, index: 1))
        let step = try TierNetwork.anchor(tiers.city, in: &tiers.province)
        let linked = step.linked(by: try tiers.city.consistency(from: 1))
        let proof = TieredProof(steps: [step, linked], proof: file.encode())
        let bytes = proof.encode()
        #expect(try TieredProof.decode(bytes) == proof)
        for length in stride(from: 0, to: bytes.count, by: 101) {
            #expect(throws: ProofFailure.self) {
                try TieredProof.decode(Array(bytes[..<length]))
            }
        }
    }
}
