import Primitives
import TestSupport
import Testing

@testable import Ledger

@Suite("Runs rows")
struct RunsRowTests {
    /// What a row says of a run.
    private struct Said: Equatable {
        let slot: UInt32
        let previousHeight: Height
        let totalBefore: UInt64
        let positions: [Int]
    }

    private func read(_ bytes: [UInt8], _ height: Height) throws -> [Said] {
        let table = try RunsTable(bytes, height: height)
        return try (0..<table.count).map { place in
            let run = try #require(table.run(place))
            var positions: [Int] = []
            let isWhole = table.forEachPosition(of: run) { position in
                positions.append(position)
                return true
            }
            #expect(isWhole)
            #expect(table.place(ofSlot: table.slot(place)) == place)
            return Said(
                slot: table.slot(place), previousHeight: run.previousHeight,
                totalBefore: run.totalBefore, positions: positions)
        }
    }

    /// Runs of one entry and of many, alone and in ranges, first ones and late ones.
    private func runs(_ height: Height, seed: UInt64) -> [Said] {
        var random = SplitMix(seed: seed)
        var slot: UInt32 = 0
        return (0..<random.below(200)).map { _ in
            slot += 1 + UInt32(random.below(1 << random.below(20)))
            let isFirst = random.below(3) == 0
            var (positions, next): ([Int], Int) = ([], 0)
            for _ in 0...random.below(12) {
                next += random.below(1 << random.below(18))
                for _ in 0...random.below([1, 2, 300][random.below(3)]) {
                    positions.append(next)
                    next += 1
                }
            }
            return Said(
                slot: slot,
                previousHeight: isFirst
                    ? .genesis
                    : Height(height.blocks - 1 - UInt64(random.below(Int(height.blocks) - 1))),
                totalBefore: isFirst ? 0 : random.next() >> UInt64(random.below(64)),
                positions: positions)
        }
    }

    @Test("a row gives back the runs that were put in, and so does its older form")
    func givesBack() throws {
        for seed in UInt64(0)..<40 {
            let height = Height(2 + seed * seed * seed * 977)
            let all = runs(height, seed: seed)
            var row = RunsRow(height)
            for run in all {
                let counts = HeadCounts(
                    runs: run.previousHeight == .genesis ? 0 : 1, total: run.totalBefore,
                    lastHeight: run.previousHeight)
                let positions = [7] + run.positions.map { UInt32($0) }
                row.add(slot: run.slot, counts, positions, 1..<positions.count)
            }
            let bytes = row.encode()
            #expect(try read(bytes, height) == all, "seed \(seed)")
            let former = try #require(FormerRunsRow.encode(bytes, height: height))
            #expect(former.starts(with: [0x83, 1]) && FormerRunsRow.isOne(former))
            #expect(FormerRunsRow.asNow(former, height: height) == bytes, "seed \(seed)")
            #expect(
                LedgerRow.areOfOneForm(.runs, former, bytes) == false
                    && LedgerRow.inFormOfNow(.runs, former, at: height) == bytes)
            #expect(try read(former, height) == all, "seed \(seed)")
        }
    }

    @Test("numbers take seven bits a byte, and none has more than 64")
    func varints() {
        let table: [(UInt64, [UInt8])] = [
            (0, [0]), (127, [0x7f]), (128, [0x80, 0x01]), (300, [0xac, 0x02]),
            (.max, [UInt8](repeating: 0xff, count: 9) + [1]),
        ]
        for (number, bytes) in table {
            var written: [UInt8] = []
            written.append(varint: number)
            #expect(written == bytes)
            #expect(numbers([9] + bytes + [9], 1..<1 + bytes.count) == [number])
            #expect(numbers(bytes + bytes, 0..<2 * bytes.count) == [number, number])
            #expect(numbers(bytes + [0], 0..<bytes.count - 1) == (bytes.count == 1 ? [] : nil))
        }
        var reader = VarintReader(0..<0)
        #expect(reader.next(in: [0].span) == nil)
        let long = [UInt8](repeating: 0xff, count: 9) + [2]
        #expect(numbers(long, 0..<long.count) == nil)
        let endless = [UInt8](repeating: 0x80, count: 30)
        #expect(numbers(endless, 0..<endless.count) == nil)
    }

    /// The numbers in a range of bytes; nil where what stands there are none.
    private func numbers(_ bytes: [UInt8], _ places: Range<Int>) -> [UInt64]? {
        var reader = VarintReader(places)
        var numbers: [UInt64] = []
        while !reader.isAtEnd {
            guard let number = reader.next(in: bytes.span) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    @Test(
        "a run that is damaged is none",
        arguments: [
            // Cut short, above the block's height, beginning behind the end, without end.
            ([0, 0, 0, 1, 0, 0, 0, 0], []),
            ([0, 0, 0, 1, 0, 0, 0, 0], [0]),
            ([0, 0, 0, 1, 0, 0, 0, 0], [9, 0, 0]),
            ([0, 0, 0, 1, 0, 0, 0, 4], [0, 0, 0]),
            ([0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1], [0, 0, 0]),
        ] as [([UInt8], [UInt8])])
    func damaged(_ directory: [UInt8], _ runs: [UInt8]) throws {
        let bytes =
            [0x83, 2, 0x40 + UInt8(directory.count)] + directory + [0x40 + UInt8(runs.count)] + runs
        #expect(try RunsTable(bytes, height: Height(8)).run(0) == nil)
    }

    @Test(
        "positions that end before, or have no end, are told",
        arguments: [[1], [0x81], [1, 0xff, 0xff, 0xff, 0xff, 0xff, 1], [2, 0x80]] as [[UInt8]])
    func damagedPositions(_ ranges: [UInt8]) throws {
        let bytes =
            [0x83, 2, 0x48, 0, 0, 0, 1, 0, 0, 0, 0, 0x40 + UInt8(ranges.count + 2), 1, 5] + ranges
        let table = try RunsTable(bytes, height: Height(8))
        let run = try #require(table.run(0))
        #expect(run.previousHeight == Height(7) && run.totalBefore == 5)
        #expect(!table.forEachPosition(of: run) { $0 < 100_000 })
    }

    private func former(_ directory: [UInt8], _ positions: [UInt8]) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(directory)
        writer.bytes(positions)
        return writer.bytes
    }

    @Test("pieces of an older form's runs and positions are refused")
    func refusesPiecesOfFormer() {
        for (directory, positions) in [([0, 0, 0, 1], []), ([], [1, 2])] as [([UInt8], [UInt8])] {
            #expect(throws: LedgerError.self) {
                _ = try RunsTable(former(directory, positions), height: Height(8))
            }
        }
    }

    @Test(
        "a run of an older form that contradicts itself is none, and its row is not brought over",
        arguments: [
            // Positions behind the end, and a height that is not below.
            ([0, 0, 0, 1, 0, 0, 0, 3] + [UInt8](repeating: 0, count: 16), [0, 0, 0, 1], false),
            (
                [0, 0, 0, 1] + [UInt8](repeating: 0, count: 11) + [9]
                    + [UInt8](repeating: 0, count: 8), [], false
            ),
            // Positions that descend, and that are there twice.
            ([UInt8](repeating: 0, count: 24), [0, 0, 0, 2, 0, 0, 0, 1], true),
            ([UInt8](repeating: 0, count: 24), [UInt8](repeating: 0xff, count: 8), true),
            (
                [UInt8](repeating: 0, count: 24),
                [255, 255, 255, 254] + [UInt8](repeating: 0xff, count: 8), true
            ),
        ] as [([UInt8], [UInt8], Bool)])
    func damagedFormer(_ directory: [UInt8], _ positions: [UInt8], _ isRun: Bool) throws {
        let bytes = former(directory, positions)
        #expect((try RunsTable(bytes, height: Height(8)).run(0) != nil) == isRun)
        #expect(FormerRunsRow.asNow(bytes, height: Height(8)) == nil)
        #expect(LedgerRow.inFormOfNow(.runs, bytes, at: Height(8)) == bytes)
    }
}
