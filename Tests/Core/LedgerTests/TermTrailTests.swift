import Ledger
import Primitives
import Records
import TestSupport
import Testing

@Suite("Trail rows")
struct TermTrailTests {
    /// Paces at which a block of some hundred entries ends a turn, and half of one.
    private static let paces = [
        (block: 20, turn: 160), (block: 64, turn: 64), (block: 40, turn: 300),
    ].map { (block: UInt64($0.block), turn: UInt64($0.turn)) }

    private struct Lived {
        var runs: [Height: RunsTable] = [:]
        var trees: [Height: TreeRow] = [:]
        var entries: [Height: [ArraySlice<UInt8>]] = [:]
        var patients: [Height: [UInt32]] = [:]
        /// How many turns had ended with each height.
        var turnsEnded: [UInt64] = [0]
        /// Trail rows by turn, each with its first slot.
        var rows: [UInt64: [Row]] = [:]
        var stretch: TrailStretch
        var last = Height.genesis
        /// Whether a slot is a patient's, as the state has it at the end.
        var map: StateMap?

        struct Row: Equatable {
            let firstSlot: UInt32
            let bytes: [UInt8]
        }

        /// The height with which a turn ended; nil where it has not.
        func end(of turn: UInt64) -> Height? {
            turnsEnded.firstIndex { $0 > turn }.map { Height(UInt64($0)) }
        }

        /// The first turn of a slot that had not ended before a height.
        func turn(ofSlot slot: UInt32, covering height: Height) -> UInt64 {
            var turn = turnsEnded[Int(height.blocks) - 1]
            while turn % 64 != UInt64(slot) % 64 { turn += 1 }
            return turn
        }

        /// What the row of a turn has of a slot.
        func trail(ofSlot slot: UInt32, of turn: UInt64) throws -> TermTrail? {
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
        _ pace: (block: UInt64, turn: UInt64), _ next: (LedgerState) throws -> [[Entry]]
    ) throws -> Lived {
        var state = LedgerState(genesis: network.genesis)
        var lived = Lived(
            stretch: TrailStretch(TrailPace(blockWeight: pace.block, turnWeight: pace.turn)))
        var weight: UInt64 = 0
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
            weight += pace.block + UInt64(batches.reduce(0) { $0 + $1.entryBytes.count })
            lived.turnsEnded.append(weight / pace.turn)
            guard height != skipped else { continue }
            try lived.stretch.add(executed, rows: rows)
            var sheet = TrailSheet()
            for turn in lived.stretch.endedTurns {
                #expect(turn.end == height && lived.end(of: turn.number) == height)
                let before = turn.number < 64 ? .genesis : lived.end(of: turn.number - 64)
                #expect(lived.stretch.end(before: turn) == before)
                lived.stretch.fill(&sheet, turn)
                lived.rows[turn.number] = sheet.rows.indices.map {
                    Lived.Row(
                        firstSlot: sheet.rows[$0].firstSlot, bytes: Array(sheet.bytes(ofRow: $0)))
                }
            }
        }
        lived.map = state.map
        return lived
    }

    private func live(
        seed: UInt64, skipped: Height? = nil, _ pace: (block: UInt64, turn: UInt64)
    ) throws -> Lived {
        let network = try TestNetwork()
        var random = RandomBlocks(network, seed: seed)
        return try live(network, blockCount: 148, skipped: skipped, pace) { _ in
            try random.block(batchCountMax: 4, entryCountMax: 120)
        }
    }

    @Test(
        "each short run of a patient stands in the row of its slot's turn; nothing else does",
        arguments: paces)
    func holdsShortRunsOfPatients(_ pace: (block: UInt64, turn: UInt64)) throws {
        for seed in UInt64(1)...2 {
            let lived = try live(seed: seed, pace)
            #expect(lived.turnsEnded.last ?? 0 > 64, "more than a lap")
            var (short, long, other) = (0, 0, 0)
            for (height, table) in lived.runs {
                for place in 0..<table.count {
                    let (run, previous, entries) = try lived.run(place, at: height)
                    let slot = table.slot(place)
                    let isPatient = lived.patients[height]?.contains(slot) == true
                    #expect(lived.map?.isPatient(slot: slot) == isPatient)
                    let turn = lived.turn(ofSlot: slot, covering: height)
                    let end = lived.end(of: turn)
                    let unwritten = lived.stretch.item(ofSlot: slot, at: height)
                    let item =
                        end == nil ? unwritten : try lived.trail(ofSlot: slot, of: turn)?[height]
                    guard isPatient, run.entries.count <= 16 else {
                        #expect(item == nil && unwritten == nil, "seed \(seed)")
                        if isPatient { long += 1 } else { other += 1 }
                        continue
                    }
                    short += 1
                    let isKept = end.map { $0 == lived.last } ?? true
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

    @Test("the last turn that is written is known of each slot", arguments: paces)
    func knowsTheLastTurn(_ pace: (block: UInt64, turn: UInt64)) throws {
        let lived = try live(seed: 5, pace)
        for slot in UInt32(0)..<64 {
            let written = (0..<(lived.turnsEnded.dropLast().last ?? 0))
                .last { $0 % 64 == UInt64(slot) }
            let found = lived.stretch.writtenTurn(ofSlot: slot)
            #expect(found?.number == written)
            #expect(found?.end == written.flatMap { lived.end(of: $0) })
        }
        #expect(TrailStretch().writtenTurn(ofSlot: 0) == nil)
    }

    @Test("several patients stand in one row, and each is found in it")
    func sharesRows() throws {
        let network = try TestNetwork()
        var number: UInt64 = 1
        // Each patient has an entry in every eighth block, and each block is a turn.
        let lived = try live(network, blockCount: 64, (block: 20, turn: 100)) { state in
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
        #expect(rows.count >= 64 && rows.count < patients.count / 2)
        for slot in patients {
            let turn = lived.turn(ofSlot: slot, covering: Height(1))
            let end = try #require(lived.end(of: turn))
            let heights = (1...end.blocks).map { Height($0) }
                .filter { lived.patients[$0]?.contains(slot) == true }
            let trail = try lived.trail(ofSlot: slot, of: turn)
            #expect((trail?.items ?? []).map(\.run.height) == heights)
            guard let trail else { continue }
            #expect(trail.items.allSatisfy { $0.run.entries.count == 1 })
            let next = slot + 64
            let none = try lived.trail(ofSlot: next, of: turn)?.items ?? []
            #expect(patients.contains(next) || none.isEmpty)
        }
    }

    @Test(
        "after a block that is not known no row is written until all it covers are known again",
        arguments: paces)
    func isWholeOrMissing(_ pace: (block: UInt64, turn: UInt64)) throws {
        let whole = try live(seed: 9, pace)
        let gapped = try live(seed: 9, skipped: Height(20), pace)
        let before = whole.turnsEnded[19]..<(whole.turnsEnded[20] + 64)
        #expect(whole.turnsEnded.last ?? 0 > before.upperBound)
        for turn in 0..<(whole.turnsEnded.last ?? 0) {
            #expect(gapped.rows[turn] == (before.contains(turn) ? nil : whole.rows[turn]))
        }
        #expect(Set(whole.rows.keys) == Set(0..<(whole.turnsEnded.last ?? 0)))
    }

    @Test("a turn is as long in large blocks as in small ones")
    func goesByEntriesAndHeights() {
        let pace = TrailPace.standard
        #expect(pace.turnsEnded(at: .genesis, treeSize: 0) == 0)
        // Empty blocks, and blocks of ten thousand entries.
        #expect(pace.turnsEnded(at: Height(512), treeSize: 0) == 64)
        #expect(pace.turnsEnded(at: Height(48), treeSize: 480_000) == 64)
        #expect(pace.turnsEnded(at: Height(7), treeSize: 1_023) == 0)
        #expect(pace.turnsEnded(at: Height(7), treeSize: 1_024) == 1)
    }
}
