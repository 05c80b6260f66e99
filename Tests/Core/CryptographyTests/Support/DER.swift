import Cryptography

/// Strict DER of `SEQUENCE { INTEGER r, INTEGER s }` (X.690), as the vectors write signatures.
///
/// Only the tests meet this form: Custos signs and accepts 64 bytes.
func signature(der bytes: [UInt8]) -> Signature? {
    var cursor = bytes[...]
    guard var body = element(0x30, from: &cursor), cursor.isEmpty,
        let r = scalar(from: &body), let s = scalar(from: &body), body.isEmpty
    else { return nil }
    return try? Signature(r + s)
}

private func element(_ tag: UInt8, from cursor: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard cursor.popFirst() == tag, let first = cursor.popFirst() else { return nil }
    var count = Int(first)
    if first == 0x81 {
        // The long form is strict only for lengths that the short form cannot say.
        guard let long = cursor.popFirst(), long > 0x7f else { return nil }
        count = Int(long)
    } else if first > 0x7f {
        return nil
    }
    guard cursor.count >= count else { return nil }
    defer { cursor = cursor.dropFirst(count) }
    return cursor.prefix(count)
}

private func scalar(from cursor: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard var digits = element(2, from: &cursor), let first = digits.first, first < 0x80 else {
        return nil
    }
    if first == 0, digits.count > 1 {
        digits = digits.dropFirst()
        // A leading zero is there to keep the number positive, and for nothing else.
        guard let next = digits.first, next > 0x7f else { return nil }
    }
    guard digits.count <= 32 else { return nil }
    return [UInt8](repeating: 0, count: 32 - digits.count) + digits
}
