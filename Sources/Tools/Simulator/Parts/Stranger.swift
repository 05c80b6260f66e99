internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// A third party whose statements institutions bring: a laboratory without a node.
struct Stranger: Sendable {
    private let key: SigningKey

    static let name = "laboratory"

    init() throws {
        key = try SigningKey(secret: SHA256.hash([UInt8](Stranger.name.utf8)).bytes)
    }

    /// What governance registers it as.
    func issuer() throws -> StatementIssuer {
        StatementIssuer(
            name: Stranger.name, keys: [try StatementKey(.es256k, key.publicKey.bytes)])
    }

    /// A signed statement (RFC 9943: a COSE_Sign1 with CWT claims in its header, RFC 9597).
    func statement(_ text: String) throws -> StatementBody {
        var header = CBORWriter(reservingCapacity: 64)
        header.map(2)
        header.integer(1)
        header.integer(StatementKey.Algorithm.es256k.rawValue)
        header.integer(15)
        header.map(2)
        header.integer(1)
        header.text(Stranger.name)
        header.integer(2)
        header.text("assay")
        let signed = COSESign1.signatureStructure(
            protected: header.bytes[...], payload: Array(text.utf8)[...])
        var writer = CBORWriter(reservingCapacity: 256)
        writer.tag(18)
        writer.array(4)
        writer.bytes(header.bytes)
        writer.map(0)
        writer.bytes(Array(text.utf8))
        writer.bytes(key.sign(SHA256.hash(signed)).bytes)
        return try StatementBody(decoding: writer.bytes[...])
    }
}
