import TestSupport
import Testing

@testable import RuleEngine

@Suite("Rows matched by their keys")
struct KeyMatchingTests {
    private func rows(
        _ random: inout SplitMix, _ count: Int, keys: UInt64, sure: UInt64
    ) -> [KeyedRows.Row] {
        (0..<count).map { row in
            let key = Int64(random.next() % keys)
            return KeyedRows.Row(
                hash: SweepWindow.hash(key, 0, 0), row: Int32(row),
                isSure: random.next() % 100 < sure)
        }
    }

    @Test("none is left out that finds enough, and of many that do not, most are", arguments: 1..<7)
    func enough(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let least = Int(seed % 3) + 1
        let judged = rows(&random, 3_000, keys: 20_000, sure: 100)
        let found = rows(&random, 6_000, keys: 20_000, sure: seed % 2 == 0 ? 100 : 99)
        var counts: [UInt64: Int] = [:]
        for row in found { counts[row.hash, default: 0] += row.isSure ? 1 : 255 }
        let wanted = Set(judged.filter { counts[$0.hash] ?? 0 >= least }.map(\.row))
        let shown = Set(judged.filter { wanted.contains($0.row) }.map(\.hash))

        var matching = KeyMatching(judged: judged, found: found, isSame: false)
        matching.keep(atLeast: least)
        let kept = Set(matching.judged.map(\.row))
        #expect(wanted.isSubset(of: kept), "seed \(seed)")
        #expect(kept.count < wanted.count + judged.count / 10, "seed \(seed)")
        let left = Set(matching.found.map(\.row))
        #expect(
            found.filter { shown.contains($0.hash) }.allSatisfy { left.contains($0.row) },
            "seed \(seed)")
    }

    @Test("where both sides are the same rows, those alone under their key go")
    func twins() {
        var random = SplitMix(seed: 11)
        let all = rows(&random, 5_000, keys: 1 << 40, sure: 100)
        let twin = KeyedRows.Row(hash: all[77].hash, row: 5_000, isSure: true)
        var matching = KeyMatching(judged: all + [twin], found: all + [twin], isSame: true)
        matching.keep(atLeast: 2)
        let kept = matching.judged.map(\.row)
        #expect(kept.contains(77) && kept.contains(5_000))
        #expect(kept.count < 500)
    }

    @Test(
        "rows that meet enough in time stay, others go, and with them what only they would find",
        arguments: 0..<12)
    func meeting(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func stretches(_ count: Int) -> [KeyedRows.Stretch] {
            (0..<count).map { _ in
                let low = Int64(random.next() % 100)
                return KeyedRows.Stretch(low: low, high: low + Int64(random.next() % 20))
            }
        }
        func placed(_ rows: [KeyedRows.Row]) -> [KeyedRows.Row] {
            rows.enumerated().map { place, row in
                var row = row
                row.place = Int32(place)
                return row
            }
        }
        let isTimed = seed % 4 != 3
        let judged = placed(rows(&random, 900, keys: 300, sure: 100))
        let found = placed(rows(&random, 1_200, keys: 300, sure: seed % 3 == 0 ? 98 : 100))
        let meeting = KeyMatching.Meeting(
            sought: isTimed ? stretches(900) : [], times: isTimed ? stretches(1_200) : [],
            overlaps: seed % 2 == 0, isOther: seed % 3 != 1, isEarlier: seed % 3 == 2)
        let least = Int(seed % 2) + 1
        func meets(_ row: KeyedRows.Row, _ other: KeyedRows.Row) -> Bool {
            guard row.hash == other.hash else { return false }
            if meeting.isEarlier, other.row >= row.row { return false }
            if meeting.isOther, other.row == row.row { return false }
            guard isTimed, other.isSure else { return true }
            let (sought, time) = (
                meeting.sought[Int(row.place)], meeting.times[Int(other.place)]
            )
            let last = meeting.overlaps ? time.high : time.low
            return last >= sought.low && time.low <= sought.high
        }
        let wanted = judged.filter { row in
            let met = found.filter { meets(row, $0) }
            return met.count >= least || met.contains { !$0.isSure }
        }
        var matching = KeyMatching(judged: judged, found: found, isSame: false)
        matching.keep(atLeast: least, meeting)
        #expect(matching.judged.map(\.row) == wanted.map(\.row), "seed \(seed)")
        #expect(wanted.count > 10 && wanted.count < 890, "seed \(seed)")
        let left = Set(matching.found.map(\.row))
        let keys = Set(wanted.map(\.hash))
        #expect(found.allSatisfy { !keys.contains($0.hash) || left.contains($0.row) })
        #expect(left.count < found.count, "seed \(seed)")
    }

    @Test("parts hold each row once, in order, by the first bits of their hashes")
    func parts() {
        var random = SplitMix(seed: 3)
        let all = rows(&random, 2_000, keys: 500, sure: 50)
        let keyed = KeyedRows(all, bits: 4)
        var seen: Set<Int32> = []
        for part in 0..<16 {
            let rows = [keyed].part(part).rows
            #expect(rows.allSatisfy { $0.hash >> 60 == UInt64(part) })
            #expect(rows.map(\.row) == rows.map(\.row).sorted())
            seen.formUnion(rows.map(\.row))
        }
        #expect(seen.count == all.count)
    }
}
