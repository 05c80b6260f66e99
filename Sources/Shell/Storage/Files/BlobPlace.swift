/// Where a blob begins: in which file, and at which byte of it (``BlobFiles``).
public struct BlobPlace: Hashable, Sendable {
    /// The number of the file; the first is 1.
    public let file: UInt64
    public let offset: UInt64

    public init(file: UInt64, offset: UInt64) {
        self.file = file
        self.offset = offset
    }
}
