public import Cryptography
public import Primitives

/// How rows and manifests have a ledger tree: its size, and then `[* peak]`.
extension MerkleFrontier {
    /// Writes size and peaks, which are two items.
    public func write(to writer: inout CBORWriter) {
        writer.unsigned(size)
        writer.array(peaks.count)
        for peak in peaks { writer.digest(peak) }
    }

    /// Reads what ``write(to:)`` wrote.
    public static func read(from reader: inout CBORReader) throws(CBORError) -> MerkleFrontier {
        let start = reader.offset
        let size = try reader.unsigned("tree size", atMost: 1 << 62)
        var peaks: [Digest] = []
        for _ in 0..<(try reader.array(atMost: 64)) { peaks.append(try reader.digest()) }
        guard let frontier = try? MerkleFrontier(size: size, peaks: peaks) else {
            throw .unexpected(
                offset: start, expected: "\(size.nonzeroBitCount) peaks",
                found: "\(peaks.count)")
        }
        return frontier
    }
}
