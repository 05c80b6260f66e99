/// Thirty-two bytes of SHA-256 output, compared bytewise.
///
/// Held as four big-endian words, so that copies, equality and order cost a few instructions and
/// no allocation.
public struct Digest: Hashable, Sendable {
    /// The bytes as four big-endian words: what hash functions read and write.
    public let words: (UInt64, UInt64, UInt64, UInt64)

    /// How many bytes every digest has.
    public static let byteCount = 32

    /// Thirty-two zero bytes.
    public static let zero = Digest(words: (0, 0, 0, 0))

    /// The digest whose bytes are these four words, each big-endian.
    public init(words: (UInt64, UInt64, UInt64, UInt64)) {
        self.words = words
    }

    /// The digest with the bytes of `span`, or nil unless it has exactly 32.
    public init?(_ span: RawSpan) {
        guard span.byteCount == Digest.byteCount else { return nil }
        self.words = (
            Digest.word(span, at: 0), Digest.word(span, at: 8),
            Digest.word(span, at: 16), Digest.word(span, at: 24)
        )
    }

    /// The digest with these bytes, or nil unless there are exactly 32.
    public init?(_ bytes: [UInt8]) {
        unsafe self.init(bytes.span.bytes)
    }

    /// The digest with these bytes, or nil unless there are exactly 32.
    public init?(_ bytes: ArraySlice<UInt8>) {
        unsafe self.init(bytes.span.bytes)
    }

    /// The digest written as 64 hexadecimal digits, or nil where the text is anything else.
    public init?(hex: String) {
        guard let bytes = [UInt8](hex: hex) else { return nil }
        self.init(bytes)
    }

    /// The 32 bytes, in order.
    public var bytes: [UInt8] {
        unsafe withBytes { unsafe [UInt8]($0) }
    }

    /// Lends the 32 bytes, in order, without an allocation.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let ordered = (
            words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian
        )
        var outcome: Swift.Result<Result, Failure>?
        unsafe Swift.withUnsafeBytes(of: ordered) { buffer in
            do throws(Failure) {
                outcome = .success(try unsafe body(buffer))
            } catch {
                outcome = .failure(error)
            }
        }
        guard let outcome else { preconditionFailure("the body of withBytes did not run") }
        return try outcome.get()
    }

    private static func word(_ span: RawSpan, at offset: Int) -> UInt64 {
        unsafe UInt64(bigEndian: span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    public static func == (left: Digest, right: Digest) -> Bool {
        left.words.0 == right.words.0 && left.words.1 == right.words.1
            && left.words.2 == right.words.2 && left.words.3 == right.words.3
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
        hasher.combine(words.3)
    }
}

extension Digest: Comparable {
    public static func < (left: Digest, right: Digest) -> Bool {
        if left.words.0 != right.words.0 { return left.words.0 < right.words.0 }
        if left.words.1 != right.words.1 { return left.words.1 < right.words.1 }
        if left.words.2 != right.words.2 { return left.words.2 < right.words.2 }
        return left.words.3 < right.words.3
    }
}

extension Digest: CustomStringConvertible {
    public var description: String { bytes.hex }
}
