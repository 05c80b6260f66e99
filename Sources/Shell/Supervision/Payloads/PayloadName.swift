internal import Cryptography
internal import Primitives
internal import Records

/// Whose payload under which commitment: what another issuer commits to alike is another payload.
struct PayloadName: Hashable {
    let commitment: Digest
    let issuer: InstitutionID

    init(_ commitment: Digest, of issuer: InstitutionID) {
        self.commitment = commitment
        self.issuer = issuer
    }

    /// The name of an entry's payload, or nil where its kind has none.
    init?(_ entry: Entry) {
        guard let commitment = entry.commitment else { return nil }
        self.init(commitment, of: entry.issuer)
    }

    var bytes: [UInt8] { commitment.bytes + Array(issuer.name.utf8) }

    func key(_ table: Table) -> [UInt8] { table.key(bytes) }

    /// The name of its key in the key store.
    ///
    /// The digest of the sealed payload stands in it, so that nobody who delivers another
    /// ciphertext for the same commitment first can keep the right key out.
    func keyName(sealed digest: Digest) -> Digest {
        var hasher = SHA256.Hasher()
        hasher.update("custos payload key")
        hasher.update(commitment)
        hasher.update(digest)
        hasher.update(issuer.name)
        return hasher.finish()
    }
}
