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

    /// Reads a proof where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        self.init(
            firstSize: try reader.unsigned(), secondSize: try reader.unsigned(),
            path: try reader.path(atMost: 65))
    }
}
