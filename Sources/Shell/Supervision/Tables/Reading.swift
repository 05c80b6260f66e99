internal import Primitives
internal import Records
internal import Sealing
internal import Storage

/// Reads exactly `bytes` as one item, and names `what` it should have been where it is not.
func reading<Value>(
    _ what: String, _ bytes: [UInt8],
    _ body: (inout CBORReader) throws(CBORError) -> Value
) throws(SupervisionError) -> Value {
    do throws(CBORError) {
        return try CBORReader.whole(bytes[...], body)
    } catch {
        throw .malformed(what: what, error)
    }
}

/// Reads a part of a larger item, and names `what` it should have been where it is not.
func part<Value>(
    _ what: String, _ reader: inout CBORReader,
    _ body: (inout CBORReader) throws(CBORError) -> Value
) throws(SupervisionError) -> Value {
    do throws(CBORError) {
        return try body(&reader)
    } catch {
        throw .malformed(what: what, error)
    }
}

extension CBORReader {
    mutating func purpose() throws(CBORError) -> AccessHeader.Purpose {
        try code("a purpose of access, 1 to 9")
    }

    mutating func number() throws(CBORError) -> UInt64 {
        try unsigned("number", atMost: Entry.numberMax)
    }
}

/// What `body` gives; an error of the disk becomes one of this room.
func storage<Value>(
    _ body: () throws(StorageError) -> Value
) throws(SupervisionError) -> Value {
    do throws(StorageError) {
        return try body()
    } catch {
        throw .storage(error)
    }
}

/// What `body` gives; an error of sealing becomes one of this room.
func sealing<Value>(
    _ body: () throws(SealingError) -> Value
) throws(SupervisionError) -> Value {
    do throws(SealingError) {
        return try body()
    } catch {
        throw .sealing(error)
    }
}
