public import Cryptography
public import Primitives

extension ConsistencyProof {
    /// Appends the proof: both sizes, and the path.
    public func encode(into writer: inout CBORWriter) {
        writer.array(3)
        writer.unsigned(firstSize)
        writer.unsigned(secondSize)
        writer.path(path)
    }

    /// Reads one proof after the other from exactly these bytes: what a link file holds.
    public static func list(_ bytes: [UInt8]) throws(CBORError) -> [ConsistencyProof] {
        var rest = bytes[...]
        var proofs: [ConsistencyProof] = []
        repeat {
            var reader = CBORReader(rest)
            proofs.append(try ConsistencyProof(from: &reader))
            rest = rest.dropFirst(reader.offset)
        } while !rest.isEmpty
        return proofs
    }

    /// Reads a proof where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        self.init(
            firstSize: try reader.unsigned(), secondSize: try reader.unsigned(),
            path: try reader.path(atMost: 65))
    }
}
