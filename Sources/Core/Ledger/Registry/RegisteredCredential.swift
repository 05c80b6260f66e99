public import Cryptography
public import Primitives
public import Records

/// A practitioner's key as the ledger holds it: the credential and the institution behind it.
public struct RegisteredCredential: Hashable, Sendable {
    public let institution: InstitutionID
    public let body: CredentialBody
    public let key: PublicKey

    init(institution: InstitutionID, body: CredentialBody, key: PublicKey) {
        self.institution = institution
        self.body = body
        self.key = key
    }

    /// The value in the state map: `[institution-id, credential-body]`.
    static func encode(_ body: CredentialBody, by institution: InstitutionID) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 192)
        writer.array(2)
        writer.institution(institution)
        body.encode(into: &writer)
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(LedgerError) -> RegisteredCredential {
        try reading("credential", bytes[...]) { reader throws(CBORError) in
            try reader.array(exactly: 2)
            let institution = try reader.institution()
            let body = try CredentialBody(from: &reader)
            guard let key = try? PublicKey(compressed: body.publicKey) else {
                throw .unexpected(offset: 0, expected: "a public key", found: "33 other bytes")
            }
            return RegisteredCredential(institution: institution, body: body, key: key)
        }
    }
}
