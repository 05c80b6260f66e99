import Ledger
import Proofs
import Testing

@Suite("Trusted head")
struct TrustedHeadTests {
    private let network: ProofNetwork

    init() throws {
        network = try ProofNetwork.lived()
    }

    private func verify(_ file: ProofFile, _ trusted: TrustedHead?) throws -> ProvenEntry {
        try Auditor(genesis: network.genesis, trusted: trusted).verify(file)
    }

    @Test("without one, the report says that genesis is all it rests on")
    func genesisOnly() throws {
        let file = try #require(try network.proofFile(height: 1, batch: 0, index: 0))
        let proven = try verify(file, nil)
        #expect(proven.head.anchor == .genesisOnly)
        #expect(!proven.steps.contains(.trustedHead))
    }

    @Test("a proof under the trusted head itself is anchored by it")
    func sameHeight() throws {
        let file = try #require(try network.proofFile(height: 1, batch: 0, index: 0))
        let last = try #require(network.blocks.last).executed.header
        let proven = try verify(file, TrustedHead(last))
        #expect(proven.head.anchor == .trustedHead(last.height))
        #expect(proven.steps.contains(.trustedHead))
    }

    @Test("a fork signed by leaked keys fails against the trusted head")
    func fork() throws {
        var fork = try ProofNetwork()
        for _ in 0..<5 {
            let entry = fork.entry("insurer", about: "nobody")
            try fork.decide([[entry]])
        }
        let file = try #require(try fork.proofFile(height: 2, batch: 0, index: 0))
        #expect(throws: Never.self) { try verify(file, nil) }
        let trusted = TrustedHead(try #require(network.blocks.last).executed.header)
        let failure = #expect(throws: ProofFailure.self) { try verify(file, trusted) }
        #expect(failure?.step == .trustedHead)
    }

    @Test("a proof of lower height needs the consistency proof that links it")
    func lowerHeight() throws {
        var early = try ProofNetwork()
        let entry = early.entry("insurer", about: "patient")
        try early.decide([[entry]])
        let file = try #require(try early.proofFile(height: 1, batch: 0, index: 0))
        for _ in 0..<4 {
            let entry = early.entry("insurer", about: "patient")
            try early.decide([[entry]])
        }
        let last = try #require(early.blocks.last).executed.header
        let failure = #expect(throws: ProofFailure.self) { try verify(file, TrustedHead(last)) }
        #expect(failure?.step == .trustedHead)
        let linked = TrustedHead(last, consistency: try early.consistency(from: 1))
        #expect(try verify(file, linked).head.anchor == .tree(ofTrustedHead: last.height))
        let wrong = TrustedHead(last, consistency: try early.consistency(from: 2))
        #expect(throws: ProofFailure.self) { try verify(file, wrong) }
    }

    @Test("a header newer than the trusted head needs a link, too, and rests not on genesis")
    func newer() throws {
        let file = try #require(try network.proofFile(height: 1, batch: 0, index: 0))
        let first = network.blocks[0].executed.header
        let failure = #expect(throws: ProofFailure.self) { try verify(file, TrustedHead(first)) }
        #expect(failure?.step == .trustedHead)
        #expect(failure?.reason.contains("above the trusted head") == true)
        let links = [
            try network.consistency(from: 2), try network.consistency(from: 1),
        ]
        let linked = try verify(file, TrustedHead(first, links: links))
        #expect(linked.head.anchor == .after(trustedHead: first.height))
        #expect(linked.steps.contains(.trustedHead))
        // Of another past, no link leads on from the head that is trusted.
        var fork = try ProofNetwork()
        for _ in 0..<6 {
            let entry = fork.entry("insurer", about: "nobody")
            try fork.decide([[entry]])
        }
        let forged = try #require(try fork.proofFile(height: 2, batch: 0, index: 0))
        let others = try (1...5).map { try fork.consistency(from: $0) }
        #expect(throws: ProofFailure.self) { try verify(forged, TrustedHead(first, links: others)) }
    }
}
