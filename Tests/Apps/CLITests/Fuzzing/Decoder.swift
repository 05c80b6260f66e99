/// Something that reads bytes from outside.
struct Decoder: Sendable {
    let name: String
    /// Reads the bytes; says whether they were taken.
    let read: @Sendable ([UInt8]) -> Bool

    init<Value>(_ name: String, _ decode: @escaping @Sendable ([UInt8]) throws -> Value?) {
        self.name = name
        read = { bytes in
            do { return try decode(bytes) != nil } catch { return false }
        }
    }
}

/// Everything that reads bytes from outside: the wire, the log, the disk, proofs, archives, what
/// clients ask, rules, tables and what hospitals export.
///
/// `DecoderTests` mutates inputs for some seconds; `./custos.sh campaign fuzz` gives all but those
/// of a node's doors, and those that need files, to libFuzzer for as long as one likes.
enum Decoders {
    static let core = consensus + ledger + proofs
}
