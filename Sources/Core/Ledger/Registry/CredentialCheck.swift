internal import Consensus
internal import Cryptography
internal import Primitives
internal import Records

/// What an entry may do with staff credentials: sign with one, register one, revoke one.
///
/// `credential` looks up the credentials as the entries before this one leave them.
struct CredentialCheck {
    let ledger: LedgerID
    let entry: Entry
    let signatures: any SignatureCheck

    /// Throws unless the author's credential stands and the signature holds under its key.
    ///
    /// The day is that of the event. A revoked credential signs nothing any more, whatever day an
    /// entry names, since who holds a stolen key can name any day.
    func checkAuthor(
        _ author: Author, credential: RegisteredCredential?, verifiedUnder known: PublicKey?
    ) throws(EntryRefusal) {
        guard let credential else { throw .unknownCredential(author.credential) }
        guard credential.institution == entry.issuer else {
            throw .foreignCredential(author.credential, registeredBy: credential.institution)
        }
        guard !credential.body.isRevoked else { throw .credentialRevoked(author.credential) }
        let day = entry.eventTime.day
        guard day >= credential.body.from, day <= credential.body.to else {
            throw .credentialNotValid(
                author.credential, day: day, from: credential.body.from, to: credential.body.to)
        }
        if credential.key == known { return }
        do throws(CryptographyError) {
            try verify(author, under: credential.key)
        } catch {
            throw .authorSignature(author.credential, error)
        }
    }

    /// Throws unless the author's signature over this entry's claim holds under `key`.
    func verify(_ author: Author, under key: PublicKey) throws(CryptographyError) {
        let signature = try UnverifiedSign1(decoding: author.signature)
        _ = try signature.verified(
            by: key, as: .author, detachedPayload: entry.authorClaim(ledger: ledger),
            check: signatures.isValid)
    }

    /// The credential as this entry registers, renews or revokes it.
    ///
    /// A credential belongs to the institution that registered it and keeps its key; once revoked
    /// it stays so.
    func registration(
        _ body: CredentialBody, replacing existing: RegisteredCredential?
    ) throws(EntryRefusal) -> RegisteredCredential {
        if let existing {
            guard existing.institution == entry.issuer else {
                throw .foreignCredential(
                    body.credential, registeredBy: existing.institution)
            }
            guard existing.body.publicKey == body.publicKey else {
                throw .credentialKeyChanged(body.credential)
            }
            guard !existing.body.isRevoked else { throw .credentialRevoked(body.credential) }
            return RegisteredCredential(
                institution: entry.issuer, body: body, key: existing.key)
        }
        do throws(CryptographyError) {
            let key = try PublicKey(compressed: body.publicKey)
            return RegisteredCredential(institution: entry.issuer, body: body, key: key)
        } catch {
            throw .credentialKey(body.credential, error)
        }
    }
}
