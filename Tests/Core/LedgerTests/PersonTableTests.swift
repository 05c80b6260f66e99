internal import Primitives
internal import TestSupport
internal import Testing

@testable import Ledger

@Suite("Which number somebody has")
struct PersonTableTests {
    /// Against a dictionary, with patients and practitioners of one id, and ids that differ in
    /// their first or last bytes alone.
    @Test(arguments: [1, 2, 3])
    func everybodyIsFoundUnderTheirFirstNumber(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var table = PersonTable()
        var right: [Person: UInt32] = [:]
        for number in 0..<UInt32(20_000) {
            let person = try person(random.next())
            let first = right[person] ?? number
            right[person] = first
            #expect(table.number(of: person, orPut: number) == first, "seed \(seed)")
        }
        for value in 0..<UInt64(20_000) {
            let person = try person(value)
            #expect(table[person] == right[person], "seed \(seed)")
        }
    }

    @Test func nobodyIsFoundInAnEmptyTable() throws {
        #expect(try PersonTable()[person(0)] == nil)
    }

    private func person(_ value: UInt64) throws -> Person {
        let (low, high) = (UInt8(value & 0xff), UInt8(value >> 8 & 0x1f))
        let isAtEnd = value >> 13 & 1 == 1
        let rest = [UInt8](repeating: 0, count: OpaqueID.byteCount - 2)
        let id = try #require(OpaqueID(isAtEnd ? rest + [high, low] : [high, low] + rest))
        return Person(id: id, isPatient: value >> 14 & 1 == 1)
    }
}
