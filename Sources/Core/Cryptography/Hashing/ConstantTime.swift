internal import COpenSSL

/// Comparison of secrets in a time that does not tell where they differ.
public enum ConstantTime {
    /// Whether both have the same bytes; only a difference in length is answered early.
    public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe CRYPTO_memcmp(left, right, left.count) == 0
    }
}

extension [UInt8] {
    /// Overwrites the bytes with zeros, in a way that the compiler does not leave out.
    ///
    /// It reaches this array only: copies made before are the business of those who made them.
    public mutating func wipe() {
        unsafe withUnsafeMutableBytes { buffer in
            unsafe OPENSSL_cleanse(buffer.baseAddress, buffer.count)
        }
    }
}
