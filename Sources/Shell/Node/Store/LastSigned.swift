internal import Consensus
internal import Hosting
internal import Primitives
internal import Storage

/// What the last-signed file holds: what was signed last, and beside it the log's newest records,
/// where what was signed rests on them and they are few.
///
/// A precommit must not leave before the log is durable either. On a ledger that is not busy the
/// log of a height is some three thousand bytes, for which a slot of the file has room: then one
/// wait for the disk does for both, and neither is there without the other. Bytes:
/// `docs/formats/log.md`.
struct LastSigned: Equatable {
    let state: SignedState
    /// Records that may be on the disk nowhere else, in their order.
    var records: [[UInt8]] = []

    /// The state alone is written as versions that know of no records wrote it.
    var encoded: [UInt8] {
        let state = state.encoded
        guard !records.isEmpty else { return state }
        var writer = CBORWriter(reservingCapacity: LastSignedFile.contentBytesMax)
        writer.array(3)
        writer.unsigned(2)
        writer.bytes(state)
        writer.array(records.count)
        for record in records { writer.bytes(record) }
        return writer.bytes
    }

    /// Reads what ``encoded`` gave.
    static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> LastSigned {
        var reader = CBORReader(bytes)
        var ahead = reader
        guard try ahead.array(atMost: 4) != 4 else {
            return LastSigned(state: try SignedState.decode(bytes))
        }
        try reader.array(exactly: 3)
        try reader.version(2)
        let state = try SignedState.decode(try reader.bytes())
        var records: [[UInt8]] = []
        for _ in 0..<(try reader.array(atMost: LastSignedFile.contentBytesMax)) {
            let record = Array(try reader.bytes())
            _ = try HostRecord.decode(record[...])
            records.append(record)
        }
        try reader.finish()
        return LastSigned(state: state, records: records)
    }
}
