public import Cryptography
internal import Primitives

/// Statements that a laboratory signs, as COSE_Sign1 (RFC 9943): made by hand, byte by byte.
public enum SignedStatement {
    /// The laboratory's key.
    public static var key: SigningKey {
        get throws { try SigningKey(secret: [UInt8](repeating: 5, count: 32)) }
    }

    /// A statement about `assay 17`; the algorithm that it names may be another than the key's.
    public static func bytes(
        issuer: String, algorithm: Int64 = -47, payload: String = "a result"
    ) throws -> [UInt8] {
        var header = CBORWriter(reservingCapacity: 64)
        header.map(2)
        header.integer(1)
        header.integer(algorithm)
        header.integer(15)
        header.map(2)
        header.integer(1)
        header.text(issuer)
        header.integer(2)
        header.text("assay 17")
        var signed = CBORWriter(reservingCapacity: 128)
        signed.array(4)
        signed.text("Signature1")
        signed.bytes(header.bytes)
        signed.bytes([])
        signed.bytes(Array(payload.utf8))
        var writer = CBORWriter(reservingCapacity: 256)
        writer.tag(18)
        writer.array(4)
        writer.bytes(header.bytes)
        writer.map(0)
        writer.bytes(Array(payload.utf8))
        writer.bytes(try key.sign(SHA256.hash(signed.bytes)).bytes)
        return writer.bytes
    }
}
