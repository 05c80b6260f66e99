/// How a data base is laid out; the defaults are those measured for one row a batch.
///
/// Compression is always off (rows are hashes and ciphertext), and checksums are always verified.
public struct DatabaseOptions: Sendable {
    /// Make the data base where there is none.
    public var createIfMissing = true

    /// How many bytes are gathered in memory before a sorted file is written.
    ///
    /// With LevelDB's own 4 MiB a write stalls for up to half a second while files are merged.
    public var writeBufferBytes = 32 << 20

    /// How large one sorted file may grow, in bytes.
    public var fileBytesMax = 32 << 20

    /// How many bytes of read blocks are kept in memory.
    public var cacheBytes = 16 << 20

    /// How many bytes of the sorted files, which are mapped into memory, may be resident at a time.
    ///
    /// What goes beyond is left to the kernel, which has it at hand as long as nobody else wants
    /// the memory. Beside it some 100 KB of each file may be resident: what finds rows in it.
    public var residentBytesMax = 128 << 20

    /// Bits of the Bloom filter a key; 10 make one needless disk read in a hundred absent keys.
    public var bloomBitsPerKey: Int32 = 10

    public init() {}
}
