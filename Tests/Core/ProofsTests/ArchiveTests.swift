import Cryptography
import Ledger
import Primitives
import Proofs
import Records
import TestSupport
import Testing

@Suite("Archive")
struct ArchiveTests {
    private let network: ProofNetwork

    init() throws {
        network = try QueryWorld(seed: 11).network
    }

    /// The records of these blocks, as a node writes them.
    private func records(_ first: Int, _ last: Int) throws -> [[UInt8]] {
        guard let newest = network.blocks.last else { return [] }
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
            heights: HeightRange(Height(UInt64(first)), Height(UInt64(last))),
            base: base,
            keys: ArchiveHead.Keys(
                head: ClaimedHead(
                    header: newest.executed.header, commitProof: newest.commitProof),
                institutions: network.genesis.institutions.compactMap {
                    network.state.map.proof(of: .institution($0.id))
                }))
        return [head.encode()] + network.blocks[(first - 1)..<last].map { record($0).encode() }
    }

    private func record(_ block: ProofNetwork.Decided) -> ArchiveBlock {
        ArchiveBlock(
            block: block.executed.block.encode(), commitProof: block.commitProof,
            batches: block.executed.batches.map(\.bytes))
    }

    private func verify(
        _ records: [[UInt8]], trusted: TrustedHead? = nil
    ) throws -> ArchiveAuditor {
        var auditor = try ArchiveAuditor(
            records[0], genesis: network.genesis, trusted: trusted)
        for record in records.dropFirst() { try auditor.take(try ArchiveBlock.decode(record)) }
        return auditor
    }

    @Test("the whole ledger and every range of it verify by themselves")
    func ranges() throws {
        for (first, last) in [(1, 12), (1, 1), (2, 12), (5, 9), (12, 12)] {
            let auditor = try verify(try records(first, last))
            #expect(auditor.isWhole)
            #expect(auditor.treeSize == network.blocks[last - 1].executed.header.treeSize)
            #expect(try auditor.anchor() == .genesisOnly)
        }
    }

    @Test("executed again, the ledger comes to the same state")
    func full() throws {
        var replay = ArchiveReplay(genesis: network.genesis)
        for block in network.blocks { try replay.take(record(block)) }
        #expect(replay.state.stateRoot == network.state.stateRoot)
        var early = ArchiveReplay(genesis: network.genesis)
        let failure = #expect(throws: ProofFailure.self) {
            try early.take(record(network.blocks[1]))
        }
        #expect(failure?.step == .execution)
    }

    @Test("blocks left out, repeated, in another order or of a fork are refused, and so is an end")
    func order() throws {
        let right = try records(1, 12)
        var swapped = right
        swapped.swapAt(3, 4)
        let indices: [[Int]] = [
            [0] + Array(2...12), Array(0...4) + Array(6...12), Array(0...4) + Array(4...12),
            Array(0...12) + [12],
        ]
        for bent in indices.map({ order in order.map { right[$0] } }) + [swapped] {
            let failure = #expect(throws: ProofFailure.self) { try verify(bent) }
            #expect(failure?.step == .header)
        }
        #expect(try !verify(Array(right.dropLast())).isWhole)
        let fork = try QueryWorld(seed: 12).network
        let foreign = record(fork.blocks[3]).encode()
        let failure = #expect(throws: ProofFailure.self) {
            try verify(Array(right[...3]) + [foreign])
        }
        #expect(failure?.step == .header)
    }

    @Test("another base, tree or ledger than the blocks' is refused")
    func base() throws {
        let right = try records(5, 9)
        for other in [try records(4, 9), try records(6, 9)] {
            let failure = #expect(throws: ProofFailure.self) {
                try verify([other[0]] + right.dropFirst())
            }
            #expect(failure?.step == .header)
        }
        let elsewhere = try ProofNetwork(named: "elsewhere")
        let failure = #expect(throws: ProofFailure.self) {
            try ArchiveAuditor(right[0], genesis: elsewhere.genesis)
        }
        #expect(failure?.step == .ledger)
    }

    @Test("a trusted head among the blocks anchors them, and one of a fork refuses them")
    func trusted() throws {
        let head = network.blocks[7].executed.header
        // The blocks after it go on from it, and are not fixed by it.
        for (first, last, anchor) in [
            (1, 8, .trustedHead(Height(8))), (1, 12, .after(trustedHead: Height(8))),
            (9, 12, .after(trustedHead: Height(8))),
        ] as [(Int, Int, ProvenHead.Anchor)] {
            let auditor = try verify(try records(first, last), trusted: TrustedHead(head))
            #expect(try auditor.anchor() == anchor, "blocks \(first) to \(last)")
        }
        // One that the blocks do not come to is held against by a link, or not at all.
        for (first, last, held) in [(1, 5, 7), (10, 12, 7)] {
            let other = network.blocks[held].executed.header
            let auditor = try verify(try records(first, last), trusted: TrustedHead(other))
            let failure = #expect(throws: ProofFailure.self) { try auditor.anchor() }
            #expect(failure?.step == .trustedHead)
            guard last == 12 else { continue }
            let linked = TrustedHead(other, consistency: try network.consistency(from: held + 1))
            #expect(try auditor.anchor(linked) == .after(trustedHead: other.height))
        }
        let fork = try QueryWorld(seed: 12).network.blocks[7].executed.header
        let failure = #expect(throws: ProofFailure.self) {
            try verify(try records(1, 12), trusted: TrustedHead(fork))
        }
        #expect(failure?.step == .trustedHead)
    }

    @Test("no archive with one byte changed is proved, one byte in five tried")
    func everyByteCounts() throws {
        let right = try records(4, 6)
        for (number, record) in right.enumerated() {
            for index in stride(from: number, to: record.count, by: 5) {
                var bent = right
                bent[number][index] ^= 0x01
                #expect(throws: ProofFailure.self, "byte \(index) of record \(number)") {
                    let auditor = try verify(bent)
                    // Another last height is no lie about the blocks, but they do not reach it.
                    guard auditor.isWhole else { throw ProofFailure(.form, "not whole") }
                }
            }
        }
    }
}
