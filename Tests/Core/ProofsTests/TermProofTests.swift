import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import Testing

@Suite("Complete list of a term")
struct TermProofTests {
    private let network: ProofNetwork
    private let auditor: Auditor
    private let term = Term.patient(ProofNetwork.patient("patient 2"))

    init() throws {
        network = try ProofNetwork.lived()
        auditor = try Auditor(genesis: network.genesis)
    }

    private var allEntries: [Entry] {
        network.blocks.flatMap { $0.executed.batches.flatMap(\.entries) }
    }

    @Test("every term's list has exactly the entries that name it")
    func complete() throws {
        var seen: Set<Term> = []
        for entry in allEntries {
            for term in entry.terms where seen.insert(term).inserted {
                let bytes = try #require(try network.termProof(term)).encode()
                let proven = try auditor.verify(try TermProof.decode(bytes))
                let right = allEntries.filter { $0.terms.contains(term) }
                #expect(
                    try proven.entries(from: right.map { $0.encode() }) == right, "\(term)")
            }
        }
        #expect(seen.count > 8)
    }

    @Test("a list with a run or an entry left out, added or changed is not proved")
    func incomplete() throws {
        let proof = try #require(try network.termProof(term))
        let runs = proof.runs
        #expect(runs.count >= 3)
        let first = runs[0]
        let cut = TermRun(
            height: first.height, totalBefore: 0, entries: Array(first.entries.dropLast()))
        let extra = TermRun(
            height: first.height, totalBefore: 0,
            entries: first.entries + [TermRun.Item(leafIndex: 99, leafHash: .zero)])
        let moved = TermRun(height: Height(0), totalBefore: 0, entries: first.entries)
        let lists: [[TermRun]] = [
            Array(runs.dropFirst()), Array(runs.dropLast()), runs.reversed(),
            [cut] + runs.dropFirst(), [extra] + runs.dropFirst(), [moved] + runs.dropFirst(), [],
            runs + [runs[0]],
        ]
        for list in lists {
            let bent = TermProof(
                ledger: proof.ledger, term: proof.term, head: proof.head, place: proof.place,
                runs: list)
            let failure = #expect(throws: ProofFailure.self) { try auditor.verify(bent) }
            #expect(failure?.step == .completeness)
        }
    }

    @Test("no proof with one byte changed proves anything")
    func everyByteCounts() throws {
        let bytes = try #require(try network.termProof(term)).encode()
        for index in bytes.indices {
            var bent = bytes
            bent[index] ^= 0x01
            #expect(throws: ProofFailure.self, "byte \(index)") {
                try auditor.verify(try TermProof.decode(bent))
            }
        }
    }

    @Test("a term without entries is proved absent, and one with entries is not")
    func absence() throws {
        let stranger = Term.patient(ProofNetwork.patient("stranger"))
        let proof = try #require(try network.termProof(stranger))
        #expect(try auditor.verify(proof).items.isEmpty)
        let lie = TermProof(
            ledger: proof.ledger, term: term, head: proof.head, place: proof.place, runs: [])
        let failure = #expect(throws: ProofFailure.self) { try auditor.verify(lie) }
        #expect(failure?.step == .termHead)
    }

    @Test("the entries handed in must be those of the list, all and in order")
    func rows() throws {
        let proven = try auditor.verify(try #require(try network.termProof(term)))
        let rows = allEntries.filter { $0.terms.contains(term) }.map { $0.encode() }
        for bent in [Array(rows.dropLast()), rows.reversed(), rows + [rows[0]]] {
            let failure = #expect(throws: ProofFailure.self) {
                try proven.entries(from: bent)
            }
            #expect(failure?.step == .rows)
        }
    }
}
