internal import Primitives

/// The bytes of one file of a log: header and records, and how far they can be trusted.
///
/// ```
/// header = "CUSTOSLG" || version, 4 || segment number, 8 || CRC-32C of these 20 bytes, 4
/// record = byte count, 4 || CRC-32C, 4 || durable, 8 || payload
/// ```
///
/// All integers are big-endian. A record's CRC-32C covers byte count, durable and payload.
/// *Durable* is how many bytes of the segment were known to be on the disk when the record was
/// appended. That is what tells a torn tail from damage: a record that cannot be read may be cut
/// off, unless a valid record further on says that it had been on the disk, or ``SyncMark`` does.
enum LogSegment {
    static let headerBytes = 24
    static let recordHeaderBytes = 16
    static let version: UInt32 = 1

    private static let magic = Array("CUSTOSLG".utf8)

    static func header(number: UInt64) -> [UInt8] {
        var bytes = magic
        bytes.append(bigEndian: version)
        bytes.append(bigEndian: number)
        bytes.append(bigEndian: CRC32C.of(bytes[...]))
        return bytes
    }

    static func appendRecord(_ payload: RawSpan, durable: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(bigEndian: UInt32(payload.byteCount))
        bytes.append(bigEndian: UInt32(0))
        bytes.append(bigEndian: UInt64(durable))
        unsafe payload.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        let crc = checksum(bytes, at: start, payloadBytes: payload.byteCount)
        for index in 0..<4 {
            bytes[start + 4 + index] = UInt8(truncatingIfNeeded: crc >> UInt32(24 - index * 8))
        }
    }

    /// Whether the header is that of segment `number`; nil where it is torn or not a header.
    static func checkHeader(
        _ bytes: [UInt8], number: UInt64, path: String
    ) throws(StorageError) -> Bool {
        guard bytes.count >= headerBytes, bytes.starts(with: magic),
            CRC32C.of(bytes[..<20]) == bytes.bigEndian(at: 20, as: UInt32.self)
        else { return false }
        guard bytes.bigEndian(at: 8, as: UInt32.self) == version else {
            throw .formatVersion(
                path: path, found: String(bytes.bigEndian(at: 8, as: UInt32.self)),
                supported: Int(version))
        }
        guard bytes.bigEndian(at: 12) == number else {
            throw .corruption(path: path, detail: "the header is that of another segment")
        }
        return true
    }

    /// Calls `body` with each record's payload, and returns where the valid records end.
    static func scan(
        _ bytes: [UInt8], path: String,
        _ body: (ArraySlice<UInt8>) throws(StorageError) -> Void
    ) throws(StorageError) -> Int {
        var offset = headerBytes
        while let end = recordEnd(bytes, at: offset) {
            try body(bytes[(offset + recordHeaderBytes)..<end])
            offset = end
        }
        if offset < bytes.count { try refuseDamage(bytes, from: offset, path: path) }
        return offset
    }

    /// Throws where a later record says that the bytes at `tail` had been on the disk.
    private static func refuseDamage(
        _ bytes: [UInt8], from tail: Int, path: String
    ) throws(StorageError) {
        var offset = tail + 1
        while offset + recordHeaderBytes <= bytes.count {
            if recordEnd(bytes, at: offset) != nil,
                bytes.bigEndian(at: offset + 8) > UInt64(tail)
            {
                throw .corruption(
                    path: path,
                    detail: "the record at byte \(tail) is damaged, and the one at byte "
                        + "\(offset) shows that it had been synced")
            }
            offset += 1
        }
    }

    /// Where the record at `offset` ends, or nil where there is no valid record.
    private static func recordEnd(_ bytes: [UInt8], at offset: Int) -> Int? {
        guard offset + recordHeaderBytes <= bytes.count else { return nil }
        let count = Int(bytes.bigEndian(at: offset, as: UInt32.self))
        let end = offset + recordHeaderBytes + count
        guard count <= AppendLog.recordBytesMax, end <= bytes.count,
            bytes.bigEndian(at: offset + 8) <= UInt64(offset),
            checksum(bytes, at: offset, payloadBytes: count)
                == bytes.bigEndian(at: offset + 4, as: UInt32.self)
        else { return nil }
        return end
    }

    private static func checksum(_ bytes: [UInt8], at start: Int, payloadBytes: Int) -> UInt32 {
        var crc = CRC32C()
        unsafe crc.update(bytes[start..<start + 4].span.bytes)
        unsafe crc.update(bytes[start + 8..<start + recordHeaderBytes + payloadBytes].span.bytes)
        return crc.value
    }
}
