import TestSupport
import Testing

@testable import Storage

@Suite("Checksums of files")
struct CRC32CTests {
    private func checksum(_ bytes: [UInt8], cut: Int = 0, usesInstruction: Bool) -> UInt32 {
        var crc = CRC32C(usesInstruction: usesInstruction)
        for part in [bytes[..<cut], bytes[cut...]] { unsafe crc.update(part.span.bytes) }
        return crc.value
    }

    @Test(
        "are as published, by the processor's instruction and by tables",
        arguments: [true, false],
        [
            // RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
            (Array("123456789".utf8), 0xe306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            ([UInt8](0..<32), 0x46dd_794e),
            ([UInt8]((0..<32).reversed()), 0x113f_db5c),
        ] as [([UInt8], UInt32)])
    func published(_ usesInstruction: Bool, _ vector: ([UInt8], UInt32)) {
        #expect(checksum(vector.0, usesInstruction: usesInstruction) == vector.1)
        #expect(CRC32C.of(vector.0[...]) == vector.1)
    }

    @Test("are the same both ways, for all lengths, and in two parts")
    func bothWays() {
        var random = SplitMix(seed: 32)
        for count in 0...200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let cut = Int.random(in: 0...count, using: &random)
            let byTable = checksum(bytes, usesInstruction: false)
            #expect(checksum(bytes, cut: cut, usesInstruction: false) == byTable)
            #expect(checksum(bytes, cut: cut, usesInstruction: true) == byTable, "\(count)")
        }
    }
}
