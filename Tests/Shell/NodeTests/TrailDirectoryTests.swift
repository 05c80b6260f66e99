internal import Ledger
internal import Primitives
internal import Storage
internal import Testing

@testable import Node

@Suite("Directories of trail rows")
struct TrailDirectoryTests {
    /// Exactly these bytes, and the checksum that they must have.
    private static func checked(_ bytes: [UInt8]) -> [UInt8] {
        let checksum = CRC32C.of(unsafe bytes.span.bytes)
        return bytes + [0x1a] + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (24 - 8 * $0)) }
    }

    private static let twoRows =
        [0x86, 1, 7, 1, 0x18, 100, 0x58, 24] + [0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 5]
        + [0, 0, 0, 9, 0, 0, 0, 20, 0, 0, 0, 6] as [UInt8]

    @Test func namesTheRowOfEachSlot() throws {
        let directory = try TrailDirectory.decode(TrailDirectoryTests.checked(Self.twoRows))
        #expect(directory.previousEnd == Height(7) && directory.count == 2)
        #expect(directory.extent(ofSlot: 0) == nil)
        for (slot, offset, count, checksum) in [(1, 100, 8, 5), (8, 100, 8, 5), (9, 108, 12, 6)] {
            let extent = directory.extent(ofSlot: UInt32(slot))
            #expect(extent?.place == BlobPlace(file: 1, offset: UInt64(offset)))
            #expect(extent?.byteCount == count && extent?.checksum == UInt32(checksum))
        }
        #expect(directory.extent(ofSlot: .max) == directory.extent(1))
        #expect(directory.encode() == TrailDirectoryTests.checked(Self.twoRows))
    }

    @Test func refusesEachFlippedBit() {
        let bytes = TrailDirectoryTests.checked(Self.twoRows)
        for bit in 0..<(8 * bytes.count) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CBORError.self) { _ = try TrailDirectory.decode(changed) }
        }
    }

    @Test(
        "one that is cut short, or none, is refused",
        arguments: [
            [], [0x86], [0x86, 1, 0, 1, 0, 0x43, 1, 2, 3], [0x86, 2, 0, 1, 0, 0x40], [0x80],
            [0x85, 1, 0, 1, 0, 0x40],
            // A place that no file has.
            [0x86, 1, 0, 1, 0x1b, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0x40],
            // A row that ends before the one before it.
            [0x86, 1, 0, 1, 0, 0x58, 24] + [0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0]
                + [0, 0, 0, 2, 0, 0, 0, 8, 0, 0, 0, 0],
        ] as [[UInt8]])
    func refuses(_ bytes: [UInt8]) {
        for bytes in [bytes, TrailDirectoryTests.checked(bytes)] {
            #expect(throws: CBORError.self) { _ = try TrailDirectory.decode(bytes) }
        }
    }
}
