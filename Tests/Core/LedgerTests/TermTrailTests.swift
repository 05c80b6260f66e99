import Ledger
import Primitives
import Records
import TestSupport
import Testing

@Suite("Trail rows")
struct TermTrailTests {
    private struct Lived {
        var runs: [Height: RunsTable] = [:]
        var trees: [Height: TreeRow] = [:]
        var entries: [Height: [ArraySlice<UInt8>]] = [:]
        /// Trail rows by height and slot.
        var rows: [Height: [UInt64: TermTrail]] = [:]
        var last = Height.genesis
    }

    /// Random blocks; before `skipped` a block is kept from the stretch.
    private func live(seed: UInt64, skipped: Height? = nil) throws -> Lived {
        let network = try TestNetwork()
        var state = LedgerState(genesis: network.genesis)
        var random = RandomBlocks(network, seed: seed)
        var stretch = TrailStretch()
        var lived = Lived()
        for _ in 0..<40 {
            let batches = try random.block(batchCountMax: 4, entryCountMax: 60)
                .map { try network.verified($0, in: state, expiry: 900) }
            let executed = try TestNetwork.execute(batches, on: state)
            let height = executed.header.height
            let rows = state.apply(executed)
            let runs = rows.first { $0.kind == .runs }?.bytes
            lived.runs[height] = try runs.map { try RunsTable($0, height: height) }
            lived.trees[height] = try rows.first { $0.kind == .tree }
                .map { try TreeRow.decode($0.bytes) }
            lived.entries[height] = batches.flatMap(\.entryBytes)
            lived.last = height
            guard height != skipped else { continue }
            try stretch.add(
                height, firstLeaf: executed.firstLeaf, runs: runs,
                entries: batches.flatMap(\.entryBytes))
            for row in stretch.rows() {
                #expect(row.kind == .trail)
                lived.rows[height, default: [:]][row.number] = try TermTrail.decode(row.bytes)
            }
        }
        return lived
    }

    @Test("each short run stands in the row of its slot's turn, with its entries; no long one does")
    func holdsShortRuns() throws {
        for seed in UInt64(1)...4 {
            let lived = try live(seed: seed)
            var (short, long, found) = (0, 0, 0)
            for (height, table) in lived.runs {
                let entries = try #require(lived.entries[height])
                let tree = try #require(lived.trees[height])
                let limit = min(16, max(1, entries.count / 32))
                for place in 0..<table.count {
                    let run = try table.run(place, tree)
                    let slot = table.slot(place)
                    #expect(table.place(ofSlot: slot) == place)
                    let turn = TermTrail.height(ofSlot: slot, covering: height)
                    #expect(turn >= height && turn.blocks < height.blocks + 16)
                    #expect(turn.blocks % 16 == UInt64(slot) % 16)
                    guard turn <= lived.last else { continue }
                    let item = lived.rows[turn]?[UInt64(slot)]?[height]
                    guard run.entries.count <= limit else {
                        #expect(item == nil, "seed \(seed)")
                        long += 1
                        continue
                    }
                    short += 1
                    #expect(item?.run == run, "seed \(seed), height \(height), slot \(slot)")
                    #expect(item?.previousHeight == table.previousHeight(place))
                    #expect(
                        item?.entries
                            == run.entries.map { entries[Int($0.leafIndex - tree.firstLeaf)] })
                }
            }
            for rows in lived.rows.values { found += rows.values.reduce(0) { $0 + $1.items.count } }
            #expect(short > 200 && long > 50, "seed \(seed): \(short), \(long)")
            #expect(found == short, "seed \(seed): nothing else is in the rows")
        }
    }

    @Test("after a block that is not known no row is written until sixteen are known again")
    func isWholeOrMissing() throws {
        let whole = try live(seed: 9)
        let gapped = try live(seed: 9, skipped: Height(20))
        for blocks in UInt64(1)...40 {
            let rows = gapped.rows[Height(blocks)] ?? [:]
            if (20..<36).contains(blocks) {
                #expect(rows.isEmpty, "height \(blocks)")
            } else {
                #expect(rows.keys == whole.rows[Height(blocks), default: [:]].keys)
            }
        }
    }
}
