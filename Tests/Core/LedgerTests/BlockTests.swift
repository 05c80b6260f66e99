import Cryptography
import Ledger
import Primitives
import Records
import Testing

@Suite("Blocks")
struct BlockTests {
    private let network: TestNetwork
    private var state: LedgerState

    init() throws {
        network = try TestNetwork {
            $0.blockEntryCountMax = 4
            $0.blockByteCountMax = 20_000
        }
        state = LedgerState(genesis: network.genesis)
    }

    @Test("a block comes back as it was written, and no cut of it is one")
    mutating func codec() throws {
        let batch = try network.verified([TestNetwork.access("insurer", 1)], in: state)
        _ = state.apply(try TestNetwork.execute([batch], on: state))
        let block = try TestNetwork.execute([], on: state).block
        let bytes = block.encode()
        #expect(try Block.decode(bytes) == block)
        #expect(try Block.decode(bytes).hash == SHA256.hash(block.header.encode()))
        for end in bytes.indices {
            #expect(throws: LedgerError.self) { try Block.decode(bytes[..<end]) }
        }
    }

    @Test("a block of others is checked field by field")
    func fields() throws {
        let batch = try network.verified([TestNetwork.access("insurer", 1)], in: state)
        let right = try TestNetwork.execute([batch], on: state).block
        #expect(try state.check(right, with: [batch]).block == right)
        #expect(throws: BlockRefusal.batches) { try state.check(right, with: []) }
        for field in 1...12 {
            let bent = right.header.bent(field)
            let block = Block(header: bent, batches: right.batches, commitProof: nil)
            let refusal = #expect(throws: BlockRefusal.self, "field \(field)") {
                try state.check(block, with: [batch])
            }
            switch (field, refusal) {
            case (2, .wrongHeight), (3, .time), (4, .proposer), (_, .header): break
            default: Issue.record("field \(field): \(refusal.map { "\($0)" } ?? "taken")")
            }
        }
    }

    @Test("block 1 carries no commit proof, every other one does")
    mutating func commitProofs() throws {
        let insurer = TestNetwork.id("insurer")
        let time = TestNetwork.nextTime(state)
        #expect(throws: BlockRefusal.commitProof(isPresent: true, height: Height(1))) {
            try state.execute(
                [], at: Height(1), time: time, proposer: insurer, commitProof: [0x80])
        }
        _ = state.apply(try TestNetwork.execute([], on: state))
        let later = TestNetwork.nextTime(state)
        #expect(throws: BlockRefusal.commitProof(isPresent: false, height: Height(2))) {
            try state.execute(
                [], at: Height(2), time: later, proposer: insurer, commitProof: nil)
        }
    }

    @Test("time must rise")
    func time() throws {
        let start = state.head.time
        #expect(throws: BlockRefusal.time(found: start, previous: start)) {
            try state.execute(
                [], at: Height(1), time: start, proposer: TestNetwork.id("insurer"),
                commitProof: nil)
        }
    }

    @Test("a block with one batch that cannot stand is invalid; a proposal leaves it out")
    func wholes() throws {
        let first = try network.verified([TestNetwork.access("insurer", 1)], in: state)
        let second = try network.verified([TestNetwork.access("insurer", 2)], in: state)
        let other = try network.verified([TestNetwork.access("regulator", 1)], in: state)
        #expect(throws: BlockRefusal.batch(index: 0, .gap(expected: 1, found: 2))) {
            try TestNetwork.execute([second, first], on: state)
        }
        #expect(throws: BlockRefusal.batch(index: 1, .replayed(number: 1, next: 2))) {
            try TestNetwork.execute([first, first], on: state)
        }
        let proposal = try state.propose(
            [second, first, other, first], time: TestNetwork.nextTime(state),
            proposer: TestNetwork.id("insurer"), commitProof: nil)
        #expect(proposal.executed.block.batches == [first.digest, other.digest])
        #expect(
            proposal.refused.map(\.refusal) == [
                .gap(expected: 1, found: 2), .replayed(number: 1, next: 2),
            ])
        #expect(try TestNetwork.execute([first, second], on: state).firstLeaf == 0)
    }

    @Test("a block holds so many entries and so many bytes")
    func room() throws {
        let batches = try (0..<3).map { index in
            try network.verified(
                (1...2).map { TestNetwork.access(TestNetwork.names[index], $0) }, in: state)
        }
        let count = batches[2].entriesByteCount
        #expect(
            throws: BlockRefusal.batch(index: 2, .noRoom(entryCount: 2, byteCount: count))
        ) { try TestNetwork.execute(batches, on: state) }
        var long = try TestNetwork.credential("insurer", 1, "nurse")
        long.author = Author(
            credential: TestNetwork.opaque("x"), signature: [UInt8](repeating: 0, count: 15_000))
        let heavy = try network.verified([long], in: state)
        let proposal = try state.propose(
            [heavy, batches[0]], time: TestNetwork.nextTime(state),
            proposer: TestNetwork.id("insurer"), commitProof: nil)
        #expect(proposal.executed.batches.count == 1)
    }

    @Test("the first finding stands; a second one is ordered and changes nothing")
    mutating func findings() throws {
        let first = try network.verified([TestNetwork.finding("insurer", 1, "F")], in: state)
        let second = try network.verified([TestNetwork.finding("regulator", 1, "F")], in: state)
        let third = try network.verified(
            [TestNetwork.finding("city-hospital", 1, "F")], in: state)
        let finding = TestNetwork.digest("F")
        let executed = try TestNetwork.execute([first, second], on: state)
        #expect(executed.idleFindings.map(\.leafIndex) == [1])
        #expect(executed.idleFindings.map(\.finding) == [finding])
        #expect(executed.idleFindings.map(\.standing) == [0])
        _ = state.apply(executed)
        #expect(state.state(of: finding)?.leafIndex == 0)
        let next = try TestNetwork.execute([third], on: state)
        #expect(next.idleFindings.map(\.leafIndex) == [2])
        _ = state.apply(next)
        #expect(state.state(of: finding)?.leafIndex == 0)
        #expect(state.nextNumber(of: TestNetwork.id("city-hospital"), StreamID(0)) == 2)
    }

    /// Who states or withdraws a finding, in this order, each in an entry of its own.
    @Test(
        "who issued a finding withdraws it, nobody else; it may be stated again",
        arguments: [
            (["insurer F"], 0, nil, []),
            (["insurer F", "insurer W"], 0, 1, []),
            (["insurer F", "regulator W"], 0, nil, [1]),
            (["insurer F", "insurer W", "insurer W"], 0, 1, [2]),
            (["insurer W", "insurer F"], 1, nil, [0]),
            (["insurer F", "insurer W", "regulator F"], 2, nil, []),
            (["insurer F", "insurer W", "regulator F", "insurer W"], 2, nil, [3]),
            (["insurer F", "insurer W", "regulator F", "regulator W"], 2, 3, []),
        ] as [([String], UInt64, UInt64?, [UInt64])])
    mutating func withdrawal(
        _ steps: [String], _ leaf: UInt64, _ withdrawal: UInt64?, _ idle: [UInt64]
    ) throws {
        var numbers: [String: UInt64] = [:]
        let batches = try steps.map { step in
            let words = step.split(separator: " ").map(String.init)
            numbers[words[0], default: 0] += 1
            return try network.verified(
                [
                    TestNetwork.finding(
                        words[0], numbers[words[0]] ?? 1, "F", isWithdrawn: words[1] == "W")
                ], in: state)
        }
        let executed = try TestNetwork.execute(batches, on: state)
        #expect(executed.idleFindings.map(\.leafIndex) == idle)
        _ = state.apply(executed)
        let found = state.state(of: TestNetwork.digest("F"))
        #expect(found?.leafIndex == leaf && found?.withdrawal == withdrawal)
    }
}

extension BlockHeader {
    /// The same header with another value in one field.
    fileprivate func bent(_ field: Int) -> BlockHeader {
        let other = SHA256.hash(Array("other".utf8))
        return BlockHeader(
            ledger: field == 1 ? LedgerID(other) : ledger,
            height: field == 2 ? height.next : height,
            time: field == 3 ? Timestamp(milliseconds: 0) : time,
            proposer: field == 4 ? TestNetwork.id("nobody") : proposer,
            previous: field == 5 ? other : previous,
            batchesRoot: field == 6 ? other : batchesRoot,
            treeSize: field == 7 ? treeSize + 1 : treeSize,
            treeRoot: field == 8 ? other : treeRoot,
            stateRoot: field == 9 ? other : stateRoot,
            nextValidators: field == 10 ? other : nextValidators,
            active: field == 11 ? other : active,
            previousCommit: field == 12 ? other : previousCommit)
    }
}
