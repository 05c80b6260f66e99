import Cryptography
import Ledger
import Primitives
import Records
import TestSupport
import Testing

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] {
        stride(from: Self.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: self >> Self($0))
        }
    }
}

/// Trail rows, byte by byte, beside those that are put together the slow way, run by run.
@Suite("Bytes of trail rows")
struct TrailBytesTests {
    /// A block as the rows see it: its entries, and who has which of them.
    private struct Lived {
        let height: Height
        let firstLeaf: UInt64
        var entries: [[UInt8]] = []
        var runs: [Run] = []

        struct Run {
            let slot: UInt32
            let isPatient: Bool
            let previousHeight: Height
            let totalBefore: UInt64
            var positions: [Int] = []
        }

        /// As `runs-row` of docs/formats/rows.md, or as older versions wrote it.
        func runsRow(isFormer: Bool) -> [UInt8]? {
            guard !runs.isEmpty else { return nil }
            var (directory, rest): ([UInt8], [UInt8]) = ([], [])
            for run in runs {
                directory += run.slot.bigEndianBytes
                directory += UInt32(isFormer ? rest.count / 4 : rest.count).bigEndianBytes
                if isFormer {
                    directory += run.previousHeight.blocks.bigEndianBytes
                    directory += run.totalBefore.bigEndianBytes
                    for position in run.positions { rest += UInt32(position).bigEndianBytes }
                } else {
                    let isFirst = run.previousHeight == .genesis
                    rest += Lived.short(
                        isFirst ? 0 : height.blocks - run.previousHeight.blocks)
                    rest += Lived.short(run.totalBefore) + Lived.ranges(run.positions)
                }
            }
            var writer = CBORWriter()
            writer.array(3)
            writer.unsigned(isFormer ? 1 : 2)
            writer.bytes(directory)
            writer.bytes(rest)
            return writer.bytes
        }

        private static func short(_ number: UInt64) -> [UInt8] {
            number < 128 ? [UInt8(number)] : [UInt8(number % 128) + 128] + short(number / 128)
        }

        private static func ranges(_ positions: [Int]) -> [UInt8] {
            var bytes: [UInt8] = []
            var (rest, last) = (positions[...], 0)
            while let first = rest.first {
                var end = first
                while rest.first == end { (rest, end) = (rest.dropFirst(), end + 1) }
                let isOne = end == first + 1
                bytes += short(UInt64(first - last) * 2 + (isOne ? 0 : 1))
                if !isOne { bytes += short(UInt64(end - first - 2)) }
                last = end - 1
            }
            return bytes
        }

        /// The entries in two batches.
        func batches() throws -> [UnverifiedBatch] {
            let cut = entries.count / 3
            let parts = [entries[..<cut], entries[cut...]].filter { !$0.isEmpty }
            return try parts.map { part in
                let network = try TestNetwork()
                let bytes = BatchWriter.batch(
                    of: Array(part), ledger: network.ledger, issuer: TestNetwork.id("hospital"),
                    stream: StreamID(0), firstNumber: 1, expiry: Height(900),
                    signedBy: try TestNetwork.key("hospital submit 0"))
                return try UnverifiedBatch(decoding: bytes)
            }
        }

        /// The item of a run, as `trail` has it, and what it counts for.
        func item(_ run: Run) -> (bytes: [UInt8], weight: Int) {
            var writer = CBORWriter()
            writer.array(4)
            writer.unsigned(height.blocks)
            writer.unsigned(run.previousHeight.blocks)
            writer.unsigned(run.totalBefore)
            writer.array(run.positions.count)
            for position in run.positions {
                writer.array(2)
                writer.unsigned(firstLeaf + UInt64(position))
                writer.bytes(entries[position])
            }
            let weight = run.positions.reduce(32) { $0 + entries[$1].count + 12 }
            return (writer.bytes, weight)
        }
    }

    /// What is right of each height: the turns that end with it.
    private struct Ended {
        let number: UInt64
        let previousEnd: Height
        let rows: [(firstSlot: UInt32, bytes: [UInt8])]
    }

    /// How many turns had ended before a block, and with it.
    private func turns(_ block: Lived, _ pace: (block: UInt64, turn: UInt64)) -> Range<UInt64> {
        let before = (block.height.blocks - 1) * pace.block + block.firstLeaf
        let end = before + pace.block + UInt64(block.entries.count)
        return (before / pace.turn)..<(end / pace.turn)
    }

    /// The turns that ended with the last of these blocks, whole ones alone.
    private func slowTurns(_ blocks: [Lived], _ pace: (block: UInt64, turn: UInt64)) -> [Ended] {
        guard let first = blocks.first, let last = blocks.last else { return [] }
        let isFromTheFirst = first.height == Height(1)
        return turns(last, pace).compactMap { number in
            let before = blocks.dropLast().last {
                number >= 64 && turns($0, pace).contains(number - 64)
            }
            guard before != nil || isFromTheFirst else { return nil }
            let covered = blocks.filter { $0.height > before?.height ?? .genesis }
            return Ended(
                number: number, previousEnd: before?.height ?? .genesis,
                rows: slowRows(covered, number, pace.block))
        }
    }

    /// The runs of a block that are copied: of patients, short, and where there is not room for all
    /// as many as fit, beginning with another one at each height.
    private func copied(_ block: Lived, _ blockWeight: UInt64) -> [Lived.Run] {
        let short = block.runs.filter { $0.isPatient && $0.positions.count <= 16 }
        var room = 768 * (Int(blockWeight) + block.entries.count)
        if short.reduce(0, { $0 + block.item($1).bytes.count }) <= room { return short }
        var slots: Set<UInt32> = []
        let first = Int(block.height.blocks * 7_919) % short.count
        for run in short[first...] + short[..<first] where block.item(run).bytes.count <= room {
            room -= block.item(run).bytes.count
            slots.insert(run.slot)
        }
        return short.filter { slots.contains($0.slot) }
    }

    /// The rows of a turn, and the first slot of each.
    private func slowRows(
        _ covered: [Lived], _ turn: UInt64, _ blockWeight: UInt64
    ) -> [(firstSlot: UInt32, bytes: [UInt8])] {
        var trails: [UInt32: (items: [[UInt8]], weight: Int)] = [:]
        for block in covered {
            for run in copied(block, blockWeight) where UInt64(run.slot) % 64 == turn % 64 {
                let item = block.item(run)
                trails[run.slot, default: ([], 0)].items.append(item.bytes)
                trails[run.slot, default: ([], 0)].weight += item.weight
            }
        }
        var rows: [[UInt32]] = []
        var weight = Int.max
        for slot in trails.keys.sorted() {
            if weight >= 4_096 {
                rows.append([])
                weight = 0
            }
            rows[rows.count - 1].append(slot)
            weight += trails[slot]?.weight ?? 0
        }
        return rows.map { slots in
            var row = CBORWriter()
            row.array(2)
            row.unsigned(1)
            row.array(slots.count)
            for slot in slots {
                var trail = CBORWriter()
                trail.array(trails[slot]?.items.count ?? 0)
                for item in trails[slot]?.items ?? [] { trail.encoded(item) }
                row.array(2)
                row.unsigned(UInt64(slot))
                row.bytes(trail.bytes)
            }
            return (slots[0], row.bytes)
        }
    }

    /// A block with runs of one entry up to 17, and none in one of nine.
    private func block(
        _ height: Height, firstLeaf: UInt64, _ heads: inout [UInt32: (Height, UInt64)],
        _ random: inout SplitMix
    ) -> Lived {
        var lived = Lived(height: height, firstLeaf: firstLeaf)
        guard height.blocks % 9 > 0 else { return lived }
        let slots = (0..<60).map { _ in
            UInt32.random(in: 0..<6, using: &random) << (Bool.random(using: &random) ? 20 : 6)
                | UInt32.random(in: 0..<64, using: &random)
        }
        for slot in Set(slots).sorted() {
            let count = [1, 1, 1, 2, 15, 16, 17].randomElement(using: &random) ?? 1
            let head = heads[slot] ?? (.genesis, 0)
            var run = Lived.Run(
                slot: slot, isPatient: slot % 5 > 0, previousHeight: head.0, totalBefore: head.1)
            // In one block of four all name the same entries, so that copies are many.
            if height.blocks % 4 == 0, lived.entries.count >= 17 {
                run.positions = Array(0..<count)
            }
            while run.positions.count < count {
                run.positions.append(lived.entries.count)
                let length = [0, 23, 24, 255, 256, 300, 9_000].randomElement(using: &random) ?? 0
                lived.entries.append(
                    [UInt8](repeating: .random(in: 0...255, using: &random), count: length))
            }
            lived.runs.append(run)
            heads[slot] = (height, head.1 + UInt64(count) << UInt64(slot % 40))
        }
        return lived
    }

    /// A ledger, and the pace of its trail rows.
    struct Case: Sendable {
        let first: UInt64
        var gap: UInt64?
        let pace: (block: UInt64, turn: UInt64)
    }

    @Test(
        "rows are those that are put together run by run",
        arguments: [
            // From the first height, from one behind it, and with a height that is missing; some
            // blocks have more bytes than are copied of blocks that weigh so little.
            Case(first: 1, pace: (50, 400)), Case(first: 1, pace: (3_000, 12_000)),
            Case(first: 2, pace: (2_000, 2_400)), Case(first: 65_500, pace: (50, 400)),
            Case(first: 1, gap: 30, pace: (2_000, 2_400)),
        ])
    func sameBytes(_ sample: Case) throws {
        let (first, pace) = (sample.first, sample.pace)
        var random = SplitMix(seed: first + (sample.gap ?? 0))
        var stretch = TrailStretch(TrailPace(blockWeight: pace.block, turnWeight: pace.turn))
        var (blocks, heads): ([Lived], [UInt32: (Height, UInt64)]) = ([], [:])
        var (firstLeaf, rowCount, counts, longCount) = (UInt64(65_000), 0, Set<Int>(), 0)
        for number in first..<(first + 135) {
            let lived = block(Height(number), firstLeaf: firstLeaf, &heads, &random)
            firstLeaf += UInt64(lived.entries.count)
            if number == sample.gap {
                blocks = []
                continue
            }
            blocks.append(lived)
            try stretch.add(
                lived.height, leaves: lived.firstLeaf..<firstLeaf,
                runs: lived.runsRow(isFormer: number % 3 == 0),
                entries: BlockEntries(try lived.batches()),
                patients: lived.runs.filter(\.isPatient).map(\.slot))
            let right = slowTurns(blocks, pace)
            #expect(stretch.endedTurns.map(\.number) == right.map(\.number), "height \(number)")
            for (turn, right) in zip(stretch.endedTurns, right) {
                #expect(stretch.end(before: turn) == right.previousEnd)
                rowCount += try expect(right.rows, of: turn, in: stretch)
            }
            let copied = Set(copied(lived, pace.block).map(\.slot))
            for run in lived.runs {
                let item = stretch.item(ofSlot: run.slot, at: lived.height)
                #expect((item != nil) == copied.contains(run.slot))
                #expect(
                    item?.entries.map(Array.init) ?? run.positions.map { lived.entries[$0] }
                        == run.positions.map { lived.entries[$0] })
                counts.insert(run.positions.count)
                if item == nil, run.isPatient, run.positions.count < 17 { longCount += 1 }
            }
        }
        #expect(rowCount > 100 && counts == [1, 2, 15, 16, 17])
        #expect(longCount > 50 || pace.block > 50)
    }

    /// Holds the rows that a stretch gives against the right ones; tells how many there are.
    private func expect(
        _ right: [(firstSlot: UInt32, bytes: [UInt8])], of turn: TrailTurn, in stretch: TrailStretch
    ) throws -> Int {
        var sheet = TrailSheet()
        stretch.fill(&sheet, turn)
        #expect(sheet.rows.map(\.firstSlot) == right.map(\.firstSlot), "turn \(turn)")
        let rows = sheet.rows.indices.map { Array(sheet.bytes(ofRow: $0)) }
        #expect(rows == right.map(\.bytes), "turn \(turn)")
        #expect(sheet.byteCount == right.reduce(0) { $0 + $1.bytes.count })
        let all = sheet.withBytes { bytes in
            unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        }
        #expect(all == Array(rows.joined()))
        return right.count
    }
}
