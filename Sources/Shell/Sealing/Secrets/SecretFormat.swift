internal import Cryptography
internal import Primitives

/// How one secret lies in a secrets file, and how the file begins.
///
/// ```
/// header = "CUSTOSSE" || version, 4 || bytes of a secret, 4 || generation, 8
///          || records written with the file, 8 || SHA-256 of the 32 bytes before
/// record = name, 32 || nonce, 12 || durable, 8 || AES-256-GCM(secret) with tag
/// ```
///
/// All integers are big-endian. Records are encrypted under the generation's node key, with AAD
/// "custos secret" ‖ generation ‖ name ‖ durable. *Durable* is how many records were known to be
/// on the disk when this one was written: it tells a torn tail, which may be cut off, from
/// damage.
struct SecretFormat {
    let generation: UInt64
    let secretByteCount: Int
    let nodeKey: NodeKey

    static let headerByteCount = 64

    var recordByteCount: Int { SecretFormat.prefixByteCount + sealedByteCount }

    private static let version: UInt32 = 1
    private static let magic = Array("CUSTOSSE".utf8)
    private static let prefixByteCount = Digest.byteCount + AESGCM.nonceByteCount + 8
    private var sealedByteCount: Int { secretByteCount + AESGCM.tagByteCount }

    /// A record that has been read and found authentic.
    struct Record {
        let name: Digest
        /// How many records were on the disk before this one was written.
        let durable: Int
        let secret: [UInt8]
    }

    func header(recordCount: Int) -> [UInt8] {
        var bytes = SecretFormat.magic
        bytes.append(bigEndian: UInt64(SecretFormat.version) << 32 | UInt64(secretByteCount))
        bytes.append(bigEndian: generation)
        bytes.append(bigEndian: UInt64(recordCount))
        return bytes + SHA256.hash(bytes).bytes
    }

    /// How many records the file was written with, or what is wrong with its header.
    func recordCount(inHeader bytes: [UInt8]) throws(HeaderProblem) -> Int {
        guard bytes.count == SecretFormat.headerByteCount,
            Digest(bytes[32...]) == SHA256.hash(bytes[..<32]),
            bytes.starts(with: SecretFormat.magic)
        else { throw .damaged }
        guard let count = Int(exactly: bytes.bigEndian(at: 24)),
            header(recordCount: count) == bytes
        else { throw .ofAnotherFile }
        return count
    }

    enum HeaderProblem: Error {
        case damaged
        case ofAnotherFile

        var detail: String {
            switch self {
            case .damaged: "the header is not what was written"
            case .ofAnotherFile: "the header is of another version, generation or kind"
            }
        }
    }

    /// Appends a record to `bytes`; `nonce` is random, and used once under the node key.
    func append(
        name: Digest, secret: [UInt8], durable: Int, nonce: [UInt8], to bytes: inout [UInt8]
    ) throws(SealingError) {
        bytes += name.bytes
        bytes += nonce
        bytes.append(bigEndian: UInt64(durable))
        do throws(CryptographyError) {
            bytes += try AESGCM.seal(
                secret, key: nodeKey.bytes, nonce: nonce,
                associatedData: associatedData(name, durable: UInt64(durable)))
        } catch {
            throw .cryptography(error)
        }
    }

    /// The record in these bytes, or nil where they are not what was written.
    func record(_ bytes: ArraySlice<UInt8>) -> Record? {
        guard bytes.count == recordByteCount, let name = name(of: bytes) else { return nil }
        let nonceStart = bytes.startIndex + Digest.byteCount
        let durableStart = nonceStart + AESGCM.nonceByteCount
        let durable = bytes.bigEndian(at: durableStart - bytes.startIndex)
        guard let count = Int(exactly: durable) else { return nil }
        let secret = try? AESGCM.open(
            bytes[(durableStart + 8)...], key: nodeKey.bytes,
            nonce: Array(bytes[nonceStart..<durableStart]),
            associatedData: associatedData(name, durable: durable))
        guard let secret else { return nil }
        return Record(name: name, durable: count, secret: secret)
    }

    /// The name in the bytes of a record, unchecked.
    func name(of bytes: ArraySlice<UInt8>) -> Digest? {
        Digest(bytes.prefix(Digest.byteCount))
    }

    /// Where record `index` begins in the file.
    func offset(of index: Int) -> Int {
        SecretFormat.headerByteCount + index * recordByteCount
    }

    private func associatedData(_ name: Digest, durable: UInt64) -> [UInt8] {
        var bytes = Array("custos secret".utf8)
        bytes.append(bigEndian: generation)
        bytes += name.bytes
        bytes.append(bigEndian: durable)
        return bytes
    }
}
