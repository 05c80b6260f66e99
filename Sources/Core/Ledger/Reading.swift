internal import Primitives
internal import Records

/// Reads exactly `bytes` as one item, and names `what` it should have been where it is not.
func reading<Value>(
    _ what: String, _ bytes: ArraySlice<UInt8>,
    _ body: (inout CBORReader) throws(CBORError) -> Value
) throws(LedgerError) -> Value {
    do throws(CBORError) {
        return try CBORReader.whole(bytes, body)
    } catch {
        throw .malformed(what: what, error)
    }
}

extension CBORReader {
    /// A text string whose length in bytes lies in `range`.
    mutating func text(_ range: ClosedRange<Int>) throws(CBORError) -> String {
        let start = offset
        let text = try text(atMost: range.upperBound)
        guard range.contains(text.utf8.count) else {
            throw .unexpected(
                offset: start,
                expected: "a text of \(range.lowerBound) to \(range.upperBound) bytes",
                found: "\(text.utf8.count) bytes")
        }
        return text
    }

    mutating func timestamp() throws(CBORError) -> Timestamp {
        Timestamp(milliseconds: try integer())
    }

    /// A height, at most 2^62 − 1, so that no sum overflows.
    mutating func height() throws(CBORError) -> Height {
        Height(try unsigned("height", atMost: Entry.numberMax))
    }
}
