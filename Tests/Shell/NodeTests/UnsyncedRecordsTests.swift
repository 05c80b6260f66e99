internal import Cryptography
internal import Hosting
internal import Primitives
internal import Testing

@testable import Consensus
@testable import Node
@testable import Storage

@Suite("Records that find room beside a state")
struct UnsyncedRecordsTests {
    /// The longest state there can be.
    private static func longest() throws -> SignedState {
        let name = String(repeating: "z", count: InstitutionID.byteCountMax)
        let digest = SHA256.hash([])
        let block = BlockID(hash: digest, treeRoot: digest)
        let polka = SignedState.Polka(round: Round(.max), block: block)
        let vote = Vote(
            kind: .precommit, height: Height(.max), round: Round(.max),
            voter: try InstitutionID(name).orThrow(), block: block, validRound: Round(.max),
            signature: try Signature([UInt8](repeating: 1, count: 64)))
        return SignedState(signed: .vote(vote), locked: polka, valid: polka)
    }

    /// Whatever their sizes, and whatever they stand beside: they fill a slot and never more.
    @Test(
        arguments: [LastSignedFile.oldSlotBytes, LastSignedFile.newSlotBytes],
        [1, 5, 22, 23, 24, 25, 100, 255, 256, 257, 1_000, 3_000])
    func neverExceedASlot(_ slotBytes: Int, recordBytes: Int) throws {
        let frameBytes = LastSignedFile.newSlotBytes - LastSignedFile.contentBytesMax
        let room = slotBytes - frameBytes
        let record = [UInt8](repeating: 7, count: recordBytes)
        let large = fill(UnsyncedRecords(room: room), with: record)
        // What is left is filled with the shortest.
        var records = UnsyncedRecords(room: room)
        for record in large { records.append(record, of: Height(1)) }
        let most = fill(records, with: [7])
        let byteCount = LastSigned(state: try Self.longest(), records: most).encoded.count
        #expect(byteCount <= room)
        #expect(byteCount > room / 3)
    }

    /// The most of these records that are still kept.
    private func fill(_ records: UnsyncedRecords, with record: [UInt8]) -> [[UInt8]] {
        var records = records
        var most: [[UInt8]] = []
        while let found = records.records(from: Height(1)) {
            most = found
            records.append(record, of: Height(1))
        }
        return most
    }

    /// Of a node that votes for nothing no persist ever comes.
    @Test func areBoundedWhereNothingIsEverPersisted() {
        var records = UnsyncedRecords(room: LastSignedFile.contentBytesMax)
        for number in UInt64(1)...20_000 {
            records.append([1, 2, 3, 4], of: Height(number))
            guard number.isMultiple(of: 1_000) else { continue }
            let kept = records.records(from: Height(number)) ?? []
            #expect(kept.count <= 1)
        }
        // What is too much for a height is no matter for the next one.
        records.append([UInt8](repeating: 7, count: 10_000), of: Height(20_001))
        records.append([1], of: Height(20_002))
        #expect(records.records(from: Height(20_001)) == nil)
        #expect(records.records(from: Height(20_002)) == [[1]])
        records.noteSynced()
        #expect(records.records(from: Height(1)) == [])
    }
}
