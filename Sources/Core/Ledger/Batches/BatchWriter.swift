public import Cryptography
public import Primitives
public import Records

/// Signs entries as a batch: what the submitter of a stream does.
public enum BatchWriter {
    /// The bytes of a batch over these entries, which must be in the order of their numbers.
    ///
    /// The entries are covered as they stand; whether a node will take them is for the node to
    /// say. There must be 1 to 4,096 of them, at most 1 MiB together.
    public static func batch(
        of entries: [[UInt8]], ledger: LedgerID, issuer: InstitutionID, stream: StreamID,
        firstNumber: UInt64, expiry: Height, signedBy key: SigningKey
    ) -> [UInt8] {
        batch(
            of: entries, ledger: ledger, issuer: issuer, stream: stream, firstNumber: firstNumber,
            expiry: expiry, keyID: key.keyID, sign: key.sign)
    }

    /// The same, with the signature that `sign` makes of a digest in the name of a key.
    public static func batch(
        of entries: [[UInt8]], ledger: LedgerID, issuer: InstitutionID, stream: StreamID,
        firstNumber: UInt64, expiry: Height, keyID: KeyID, sign: (Digest) -> Signature
    ) -> [UInt8] {
        let header = BatchHeader(
            ledger: ledger, issuer: issuer, stream: stream, firstNumber: firstNumber,
            expiry: expiry, count: entries.count,
            root: MerkleTree.root(of: entries.map { SHA256.leaf($0) }))
        return batch(of: entries, header: header, keyID: keyID, sign: sign)
    }

    /// The bytes of a batch with this header over these entries.
    public static func batch(
        of entries: [[UInt8]], header: BatchHeader, signedBy key: SigningKey
    ) -> [UInt8] {
        batch(of: entries, header: header, keyID: key.keyID, sign: key.sign)
    }

    private static func batch(
        of entries: [[UInt8]], header: BatchHeader, keyID: KeyID, sign: (Digest) -> Signature
    ) -> [UInt8] {
        let signed = COSESign1(
            payload: header.encode(), header: COSEHeader(keyID: keyID, purpose: .batch),
            sign: sign)
        let signedBytes = signed.encoded
        let size = entries.reduce(0) { $0 + $1.count + 4 }
        var writer = CBORWriter(reservingCapacity: size + signedBytes.count + 16)
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(signedBytes)
        writer.array(entries.count)
        for entry in entries { writer.bytes(entry) }
        return writer.bytes
    }
}
