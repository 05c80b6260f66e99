import Ledger
import Primitives
import Records
import TestSupport
import Testing

@Suite("Restoration")
struct RestorationTests {
    private struct Life {
        var state: LedgerState
        var rows: [(height: Height, row: LedgerRow)] = []
        var headers: [BlockHeader] = []
    }

    private func live(
        _ network: TestNetwork, seed: UInt64, blocks: Int, prunes: Bool, formerUpTo: UInt64 = 0
    ) throws -> Life {
        var life = Life(state: LedgerState(genesis: network.genesis))
        var random = RandomBlocks(network, seed: seed)
        for _ in 0..<blocks {
            let entries = try random.block(batchCountMax: 3, entryCountMax: 5)
            let batches = try entries.map { try network.verified($0, in: life.state, expiry: 900) }
            let executed = try TestNetwork.execute(batches, on: life.state)
            let height = executed.header.height
            var rows = life.state.apply(executed)
            if height.blocks <= formerUpTo {
                rows = rows.map { life.state.row($0, of: executed, inTheFormOf: [0x86, 0x01]) }
            }
            life.rows += rows.map { (height, $0) }
            life.headers.append(executed.header)
            if prunes {
                let needed = life.state.stateRowsNeededFrom
                life.rows.removeAll { $0.height < needed }
            }
        }
        return life
    }

    private func restore(
        _ network: TestNetwork, _ life: Life, upTo height: Height? = nil
    ) throws -> LedgerState {
        let last = try #require(height ?? life.headers.last?.height)
        var restoration = LedgerRestoration(genesis: network.genesis)
        for (height, row) in life.rows where height <= last {
            try restoration.add(row.kind, at: height, row.bytes)
        }
        return try restoration.finish(header: life.headers[Int(last.blocks) - 1])
    }

    @Test(
        "a state put together from rows goes on as the one that never stopped",
        arguments: [true, false])
    func goesOn(isIndexed: Bool) throws {
        let network = try TestNetwork { $0.isIndexKept = isIndexed }
        for seed in UInt64(0)..<12 {
            let life = try live(network, seed: seed, blocks: 14, prunes: false)
            var restored = try restore(network, life)
            var state = life.state
            #expect(restored.head == state.head)
            #expect(restored.stateRoot == state.stateRoot, "seed \(seed)")
            let nurse = try TestNetwork.credential(
                "insurer", state.nextNumber(of: TestNetwork.id("insurer"), StreamID(0)) ?? 1,
                "nurse of seed \(seed)")
            let batch = try network.verified([nurse], in: restored)
            let one = try TestNetwork.execute([batch], on: state)
            let two = try TestNetwork.execute([batch], on: restored)
            #expect(one.block == two.block)
            #expect(state.apply(one) == restored.apply(two), "seed \(seed)")
            #expect(
                restored.credential(TestNetwork.opaque("credential nurse of seed \(seed)")) != nil)
        }
    }

    @Test("every height of a life is restored from the rows up to it")
    func everyHeight() throws {
        let network = try TestNetwork()
        let life = try live(network, seed: 99, blocks: 20, prunes: false)
        for header in life.headers {
            let restored = try restore(network, life, upTo: header.height)
            #expect(restored.stateRoot == header.stateRoot)
        }
    }

    @Test("only the rows since the last whole turn of the snapshot are needed")
    func pruned() throws {
        let network = try TestNetwork()
        let life = try live(network, seed: 5, blocks: 40, prunes: true)
        #expect(life.state.stateRowsNeededFrom > Height(20))
        #expect(try restore(network, life).stateRoot == life.state.stateRoot)
    }

    @Test("rows of an older version give the same state, also where newer ones follow")
    func former() throws {
        let network = try TestNetwork()
        for formerUpTo in [7, 20] as [UInt64] {
            let life = try live(
                network, seed: 98, blocks: 20, prunes: false, formerUpTo: formerUpTo)
            let former = life.rows.filter {
                $0.row.kind == .changes && $0.row.bytes.starts(with: [0x86, 0x01])
            }
            #expect(former.count == Int(formerUpTo))
            for header in life.headers {
                let restored = try restore(network, life, upTo: header.height)
                #expect(restored.stateRoot == header.stateRoot)
            }
        }
    }

    @Test("a batch of the last heights is known as a duplicate after a restart")
    func duplicates() throws {
        let network = try TestNetwork()
        var life = Life(state: LedgerState(genesis: network.genesis))
        let batch = try network.verified([TestNetwork.access("insurer", 1)], in: life.state)
        let executed = try TestNetwork.execute([batch], on: life.state)
        life.rows = life.state.apply(executed).map { (Height(1), $0) }
        life.headers = [executed.header]
        let restored = try restore(network, life)
        #expect(restored.committed(batch: batch.digest) == executed.committed[0])
    }

    @Test("batches of heights whose rows are gone are known again from their blocks")
    func recalls() throws {
        let network = try TestNetwork()
        var state = LedgerState(genesis: network.genesis)
        var digests: [Digest] = []
        var older: [[CommittedBatch]] = []
        for number in UInt64(1)...4 {
            let batch = try network.verified([TestNetwork.access("insurer", number)], in: state)
            let executed = try TestNetwork.execute([batch], on: state)
            let tree = state.apply(executed).first { $0.kind == .tree }?.bytes
            digests.append(batch.digest)
            older.append(
                try LedgerRestoration.batches(
                    at: Height(number), block: executed.block.encode(), tree: tree))
        }
        var other = LedgerState(genesis: network.genesis)
        other.recall(older, from: Height(1))
        for digest in digests {
            #expect(other.committed(batch: digest) == state.committed(batch: digest))
            #expect(other.committed(batch: digest) != nil)
        }
        #expect(throws: LedgerError.self) {
            let block = try TestNetwork.execute([], on: state).block.encode()
            _ = try LedgerRestoration.batches(at: Height(9), block: [0] + block, tree: nil)
        }
    }

    @Test("missing, swapped or damaged rows are told, never believed")
    func damage() throws {
        let network = try TestNetwork()
        let life = try live(network, seed: 3, blocks: 6, prunes: false)
        for index in life.rows.indices {
            let kind = life.rows[index].row.kind
            guard kind == .changes else { continue }
            var broken = life
            broken.rows.remove(at: index)
            #expect(throws: LedgerError.self) { try restore(network, broken) }
        }
        for seed in UInt64(0)..<200 {
            var random = SplitMix(seed: seed)
            var broken = life
            let index = random.below(life.rows.count)
            let row = life.rows[index].row
            guard row.kind == .changes || row.kind == .chunk else { continue }
            var bytes = row.bytes
            bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            broken.rows[index].row = LedgerRow(kind: row.kind, number: 0, bytes: bytes)
            // A bit of a value that a later row overwrites does no harm; nothing else may pass.
            guard let restored = try? restore(network, broken) else { continue }
            #expect(restored.stateRoot == life.state.stateRoot, "seed \(seed)")
            #expect(restored.head == life.state.head, "seed \(seed)")
        }
    }

    @Test("rows of another ledger are refused")
    func otherLedger() throws {
        let network = try TestNetwork()
        let other = try TestNetwork { $0.heartbeatMilliseconds = 7 }
        let life = try live(network, seed: 4, blocks: 3, prunes: false)
        #expect(throws: LedgerError.self) { try restore(other, life) }
    }
}
