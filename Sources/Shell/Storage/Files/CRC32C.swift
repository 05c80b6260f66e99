internal import CCRC32C

/// The checksum of files: CRC-32C (Castagnoli), reflected.
///
/// It finds torn writes and flipped bits; it protects from nobody. By the processor's instruction
/// for it, or by tables, eight bytes a step. Source: RFC 3720, appendix B.4.
public struct CRC32C {
    private var state: UInt32 = 0xffff_ffff
    private let hasInstruction: Bool

    /// Whether the processor has the instruction.
    static let isInstructionSupported = ccrc32c_is_supported()

    /// - Parameter usesInstruction: false for the tables, whatever the processor has.
    init(usesInstruction: Bool = true) {
        hasInstruction = usesInstruction && CRC32C.isInstructionSupported
    }

    var value: UInt32 { ~state }

    mutating func update(_ bytes: RawSpan) {
        guard hasInstruction else { return updateByTable(bytes) }
        unsafe bytes.withUnsafeBytes { bytes in
            let start = unsafe bytes.assumingMemoryBound(to: UInt8.self).baseAddress
            guard let start = unsafe start else { return }
            unsafe state = ccrc32c_update(state, start, bytes.count)
        }
    }

    private mutating func updateByTable(_ bytes: RawSpan) {
        let table = CRC32C.table
        var crc = state
        var index = 0
        while index + 8 <= bytes.byteCount {
            let word = unsafe UInt64(
                littleEndian: bytes.unsafeLoadUnaligned(
                    fromByteOffset: index, as: UInt64.self))
            let mixed = word ^ UInt64(crc)
            crc = 0
            for lane in 0..<8 {
                let byte = Int(truncatingIfNeeded: mixed >> UInt64(lane * 8)) & 0xff
                crc ^= table[(7 - lane) * 256 + byte]
            }
            index += 8
        }
        while index < bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ crc >> 8
            index += 1
        }
        state = crc
    }

    /// The checksum of these bytes.
    public static func of(_ bytes: RawSpan) -> UInt32 {
        var crc = CRC32C()
        crc.update(bytes)
        return crc.value
    }

    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        unsafe of(bytes.span.bytes)
    }

    /// Eight tables of 256 words: table k gives a byte's effect k bytes further on.
    private static let table: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0x82f6_3b78 ^ crc >> 1 : crc >> 1 }
            table[byte] = crc
        }
        for index in 256..<table.count {
            let before = table[index - 256]
            table[index] = table[Int(before & 0xff)] ^ before >> 8
        }
        return table
    }()
}
