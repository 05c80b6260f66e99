import Ledger
import Primitives
import Records
import TestSupport
import Testing

@Suite("Trail rows")
struct TermTrailTests {
    /// How many blocks a row covers.
    private let span = Int(TermTrail.heightCount)

    private struct Lived {
        var runs: [Height: RunsTable] = [:]
        var trees: [Height: TreeRow] = [:]
        var entries: [Height: [ArraySlice<UInt8>]] = [:]
        var patients: [Height: [UInt32]] = [:]
        /// Trail rows by height, each with its first slot.
        var rows: [Height: [Row]] = [:]
        var stretch = TrailStretch()
        var last = Height.genesis
        /// Whether a slot is a patient's, as the state has it at the end.
        var map: StateMap?

        struct Row: Equatable {
            let firstSlot: UInt32
            let bytes: [UInt8]
        }

        /// What the row of a slot's turn has of it.
        func trail(ofSlot slot: UInt32, at turn: Height) throws -> TermTrail? {
            try rows[turn]?.last { $0.firstSlot <= slot }
                .map { try TermTrail.decode($0.bytes, slot: slot) }
        }

        /// The run at a place of a block's runs, with its entries.
        func run(
            _ place: Int, at height: Height
        ) throws -> (run: TermRun, previousHeight: Height, entries: [ArraySlice<UInt8>]) {
            let tree = try #require(trees[height])
            let entries = try #require(self.entries[height])
            let found = try #require(try runs[height]?.run(place, tree))
            let own = found.run.entries.map { entries[Int($0.leafIndex - tree.firstLeaf)] }
            return (found.run, found.previousHeight, own)
        }
    }

    /// Blocks as `next` makes them; the stretch is not told of `skipped`.
    private func live(
        _ network: TestNetwork, blockCount: Int, skipped: Height? = nil,
        _ next: (LedgerState) throws -> [[Entry]]
    ) throws -> Lived {
        var state = LedgerState(genesis: network.genesis)
        var lived = Lived()
        for _ in 0..<blockCount {
            let batches = try next(state)
                .map { try network.verified($0, in: state, expiry: 900) }
            let executed = try TestNetwork.execute(batches, on: state)
            let height = executed.header.height
            let rows = state.apply(executed)
            let runs = rows.first { $0.kind == .runs }?.bytes
            lived.runs[height] = try runs.map { try RunsTable($0, height: height) }
            lived.trees[height] = try rows.first { $0.kind == .tree }
                .map { try TreeRow.decode($0.bytes) }
            lived.entries[height] = batches.flatMap(\.entryBytes)
            lived.patients[height] = executed.patientSlots
            lived.last = height
            guard height != skipped else { continue }
            try lived.stretch.add(executed, rows: rows)
            var sheet = TrailSheet()
            lived.stretch.fill(&sheet)
            lived.rows[height] = sheet.rows.indices.map {
                Lived.Row(firstSlot: sheet.rows[$0].firstSlot, bytes: Array(sheet.bytes(ofRow: $0)))
            }
        }
        lived.map = state.map
        return lived
    }

    private func live(seed: UInt64, skipped: Height? = nil) throws -> Lived {
        let network = try TestNetwork()
        var random = RandomBlocks(network, seed: seed)
        return try live(network, blockCount: 2 * span + 20, skipped: skipped) { _ in
            try random.block(batchCountMax: 4, entryCountMax: 120)
        }
    }

    @Test("each short run of a patient stands in the row of its slot's turn; nothing else does")
    func holdsShortRunsOfPatients() throws {
        for seed in UInt64(1)...4 {
            let lived = try live(seed: seed)
            var (short, long, other) = (0, 0, 0)
            for (height, table) in lived.runs {
                for place in 0..<table.count {
                    let (run, previous, entries) = try lived.run(place, at: height)
                    let slot = table.slot(place)
                    let isPatient = lived.patients[height]?.contains(slot) == true
                    #expect(lived.map?.isPatient(slot: slot) == isPatient)
                    let turn = TermTrail.height(ofSlot: slot, covering: height)
                    #expect(turn >= height && turn.blocks < height.blocks + TermTrail.heightCount)
                    #expect((turn.blocks &- UInt64(slot)).isMultiple(of: TermTrail.heightCount))
                    let unwritten = lived.stretch.item(ofSlot: slot, at: height)
                    let item =
                        turn <= lived.last
                        ? try lived.trail(ofSlot: slot, at: turn)?[height] : unwritten
                    guard isPatient, run.entries.count <= 16 else {
                        #expect(item == nil && unwritten == nil, "seed \(seed)")
                        if isPatient { long += 1 } else { other += 1 }
                        continue
                    }
                    short += 1
                    let isKept = turn >= lived.last
                    #expect(isKept || unwritten == nil)
                    for item in isKept ? [item, unwritten] : [item] {
                        #expect(item?.run == run, "seed \(seed), height \(height), slot \(slot)")
                        #expect(item?.previousHeight == previous)
                        #expect(item?.entries == entries)
                    }
                }
            }
            #expect(short > 100 && long > 5 && other > 200, "\(seed): \(short), \(long), \(other)")
        }
    }

    @Test("several patients stand in one row, and each is found in it")
    func sharesRows() throws {
        let network = try TestNetwork()
        var number: UInt64 = 1
        // Each patient has an entry in every eighth block.
        let lived = try live(network, blockCount: span) { state in
            let turn = Int(state.head.height.blocks % 8)
            let entries = stride(from: turn, to: 640, by: 8).map { patient in
                defer { number += 1 }
                return TestNetwork.access(
                    TestNetwork.names[0], number, patient: "patient \(patient)",
                    practitioner: "nurse \(patient % 7)")
            }
            return [entries]
        }
        let rows = lived.rows.values.joined()
        let patients = Set(lived.patients.values.joined())
        #expect(patients.count == 640)
        #expect(rows.count >= span && rows.count < patients.count / 2)
        for slot in patients {
            let turn = TermTrail.height(ofSlot: slot, covering: Height(1))
            let heights = (1...turn.blocks).map { Height($0) }
                .filter { lived.patients[$0]?.contains(slot) == true }
            let trail = try lived.trail(ofSlot: slot, at: turn)
            #expect((trail?.items ?? []).map(\.run.height) == heights)
            guard let trail else { continue }
            #expect(trail.items.allSatisfy { $0.run.entries.count == 1 })
            let next = slot + UInt32(span)
            let none = try lived.trail(ofSlot: next, at: turn)?.items ?? []
            #expect(patients.contains(next) || none.isEmpty)
        }
    }

    @Test("after a block that is not known no row is written until all it covers are known again")
    func isWholeOrMissing() throws {
        let whole = try live(seed: 9)
        let gapped = try live(seed: 9, skipped: Height(20))
        for blocks in UInt64(1)...whole.last.blocks {
            let rows = gapped.rows[Height(blocks)] ?? []
            if (20..<(20 + TermTrail.heightCount)).contains(blocks) {
                #expect(rows.isEmpty, "height \(blocks)")
            } else {
                #expect(rows == whole.rows[Height(blocks)])
            }
        }
    }
}
