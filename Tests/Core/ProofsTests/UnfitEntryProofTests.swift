import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Proofs about entries without effect")
struct UnfitEntryProofTests {
    /// A nurse's credential, an entry that she signed, her credential revoked, and one that she
    /// signed before and that came after: leaves 0 to 3.
    private func network() throws -> ProofNetwork {
        var network = try ProofNetwork(entryRules: 2)
        let (first, good) = (try credential(&network, isRevoked: false), try signed(&network))
        let (revoked, late) = (try credential(&network, isRevoked: true), try signed(&network))
        try network.decide([[first, good]])
        try network.decide([[revoked, late]])
        try network.decide([[network.entry("regulator", about: "another")]])
        return network
    }

    private static let nurse = ProofNetwork.patient("credential nurse")

    private func credential(
        _ network: inout ProofNetwork, isRevoked: Bool
    ) throws -> Entry {
        let draft = network.entry("insurer", about: "nobody")
        return Entry(
            kind: .credential, issuer: draft.issuer, stream: draft.stream, number: draft.number,
            eventTime: draft.eventTime,
            subjects: [.practitioner(ProofNetwork.patient("nurse"))],
            body: .credential(
                CredentialBody(
                    credential: Self.nurse,
                    publicKey: try ProofNetwork.key("nurse").publicKey.bytes,
                    role: "nurse", department: "ward 3", from: Day(number: 0),
                    to: Day(number: 30_000), isRevoked: isRevoked)))
    }

    private func signed(_ network: inout ProofNetwork) throws -> Entry {
        var entry = network.entry("insurer", about: "somebody")
        let key = try ProofNetwork.key("nurse")
        let signature = COSESign1(
            detachedPayload: entry.authorClaim(ledger: network.ledger),
            header: COSEHeader(keyID: key.keyID, purpose: .author), signedBy: key)
        entry.author = Author(credential: Self.nurse, signature: signature.encoded)
        return entry
    }

    private func standing(
        _ network: ProofNetwork, _ file: ProofFile
    ) throws -> ProvenEntry.Standing {
        try Auditor(genesis: network.genesis).verify(file.encode()).standing
    }

    private func file(_ network: ProofNetwork, _ leaf: Int) throws -> ProofFile {
        try #require(try network.proofFile(height: leaf / 2 + 1, batch: 0, index: leaf % 2))
    }

    private func bent(_ file: ProofFile, _ standing: MapProof?) -> ProofFile {
        ProofFile(
            ledger: file.ledger, entry: file.entry, signedHeader: file.signedHeader,
            batchPosition: file.batchPosition, batchPath: file.batchPath, head: file.head,
            leafIndex: file.leafIndex, ledgerPath: file.ledgerPath, issuer: file.issuer,
            standing: standing)
    }

    @Test("a proof says whether its entry has effect, and why it has none")
    func saysWhy() throws {
        let network = try network()
        for leaf in 0...2 { #expect(try standing(network, try file(network, leaf)) == .effective) }
        let late = try file(network, 3)
        guard case .unfit(let why) = try standing(network, late) else {
            Issue.record("an entry that a revoked credential signed has effect")
            return
        }
        #expect(why.reason == .credentialRevoked && why.credential == Self.nurse)
        // One that cannot be without effect need not say, and has the form that it always had.
        let plain = try #require(try network.proofFile(height: 3, batch: 0, index: 0))
        #expect(plain.standing == nil)
        #expect(try standing(network, plain) == .effective)
        // Where it is left out it is not shown, and never taken for granted.
        #expect(try standing(network, bent(late, nil)) == .notShown)
    }

    @Test("what the map says of another leaf, or another map, shows nothing")
    func lies() throws {
        let network = try network()
        let (good, late) = (try file(network, 1), try file(network, 3))
        let map = network.state.map
        let elsewhere = try #require(map.proof(of: .parameters))
        var older = try ProofNetwork(entryRules: 2)
        try older.decide([[older.entry("insurer", about: "x")]])
        let lies = [
            bent(late, elsewhere), bent(good, late.standing),
            bent(late, older.state.map.absence(of: .unfit(3))),
        ]
        for (index, lie) in lies.enumerated() {
            do {
                let found = try standing(network, lie)
                Issue.record("lie \(index) is taken: \(found)")
            } catch let failure as ProofFailure {
                #expect(failure.step == .standing, "lie \(index)")
            }
        }
    }

    @Test("a page proves which of its entries have no effect, and that no other has none")
    func pages() throws {
        let world = QueryWorld(try network())
        let auditor = try world.auditor
        var query = Query()
        query.patient = ProofNetwork.patient("somebody")
        let cases: [(ClosedRange<UInt64>, [UInt64])] = [(1...3, [3]), (1...1, []), (2...3, [3])]
        for (heights, found) in cases {
            let range = HeightRange(Height(heights.lowerBound), Height(heights.upperBound))
            let plain = try world.page(query, range, cover: 0)
            #expect(try auditor.verify(plain).unfit == nil)
            #expect(try auditor.verify(plain).items.allSatisfy { $0.isUnfit == nil })
            let part = try world.part(.unfit, range)
            let whole = AnswerPage(
                ledger: plain.ledger, query: query, head: plain.head, heights: range,
                parts: plain.parts, unfit: part)
            let page = try auditor.verify(try AnswerPage.decode(whole.encode()))
            #expect(page.unfit == found)
            #expect(page.items.filter { $0.isUnfit == true }.map(\.leafIndex) == found)
            // A list that is cut short, or is another's, is seen.
            for other in [
                AnswerPage.Part(term: .unfit, place: part.place, slice: nil, entries: []),
                plain.parts[0],
            ] {
                let lie = AnswerPage(
                    ledger: plain.ledger, query: query, head: plain.head, heights: range,
                    parts: plain.parts, unfit: other)
                #expect(throws: ProofFailure.self) { try auditor.verify(lie) }
            }
        }
    }
}
