public import Primitives

extension SealedPayload {
    /// A payload that was sealed before and is read back from where it was kept.
    ///
    /// Nothing is checked: who opens it checks everything.
    public init(kept bytes: [UInt8], commitment: Digest, key: PayloadKey) {
        self.commitment = commitment
        self.bytes = bytes
        self.key = key
    }
}
