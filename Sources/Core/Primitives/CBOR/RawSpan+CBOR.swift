/// Finding one's way in long deterministic CBOR where it lies, to take a part out of it.
///
/// For bytes of this node's own disk alone: nothing is refused with a reason, and who gets nil
/// reads the whole the strict way (``CBORReader``).
extension RawSpan {
    /// The argument of the head at `offset`, which then lies behind it; nil where there is none of
    /// this major type.
    public func cborHead(_ major: UInt8, at offset: inout Int) -> UInt64? {
        guard offset >= 0, offset < byteCount else { return nil }
        let first = unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        let information = first & 31
        guard first >> 5 == major, information <= 27 else { return nil }
        offset += 1
        guard information >= 24 else { return UInt64(information) }
        let count = 1 << Int(information - 24)
        guard byteCount - offset >= count else { return nil }
        var value: UInt64 = 0
        for place in offset..<(offset + count) {
            value = value << 8 | UInt64(unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self))
        }
        offset += count
        return value
    }

    /// Where the contents of the byte string at `offset` lie, which then lies behind it.
    public func cborBytes(at offset: inout Int) -> Range<Int>? {
        guard let count = cborHead(2, at: &offset), count <= UInt64(byteCount - offset) else {
            return nil
        }
        let start = offset
        offset += Int(count)
        return start..<offset
    }
}
