internal import Cryptography

/// Bytes that must not come to light: printing or dumping them shows how many there are.
struct SecretBytes: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Equality in a time that does not tell where the bytes differ.
    static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        ConstantTime.areEqual(left.bytes, right.bytes)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}

extension SecretBytes: CustomStringConvertible, CustomReflectable {
    var description: String { "(\(bytes.count) secret bytes)" }

    var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
