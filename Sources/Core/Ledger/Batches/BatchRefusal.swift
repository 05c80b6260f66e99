public import Cryptography
public import Primitives
public import Records

/// Why a batch cannot go into the ledger, or into the next block.
public enum BatchRefusal: Error, Equatable, Sendable {
    case malformed(LedgerError)
    /// The signed header is no COSE_Sign1 of this kind, or its signature does not hold.
    case signedHeader(CryptographyError)
    /// The batch, or the sum of its entries, is too long.
    case oversize(byteCount: Int, limit: Int)
    case wrongLedger(found: LedgerID, right: LedgerID)
    case unknownInstitution(InstitutionID)
    case unknownStream(InstitutionID, StreamID)
    case wrongCount(signed: Int, found: Int)
    case wrongRoot(signed: Digest, found: Digest)
    /// An entry of the batch is not in order; `index` counts from 0 in the batch.
    case entry(index: Int, EntryRefusal)
    /// The issuer has another submit key now than the one that signed.
    case keyChanged(InstitutionID, StreamID)
    case expired(expiry: Height, height: Height)
    /// The batch would stay valid for longer than the parameters allow.
    case expiryTooFar(expiry: Height, latest: Height)
    /// Numbers are missing before this batch: it must wait.
    case gap(expected: UInt64, found: UInt64)
    /// This very batch was committed already.
    case duplicate(CommittedBatch)
    /// A number that was committed already stands in this batch.
    case replayed(number: UInt64, next: UInt64)
    /// The block has no more room for it.
    case noRoom(entryCount: Int, byteCount: Int)

    /// Whether the same batch may be fit for a later block.
    public var isTemporary: Bool {
        switch self {
        case .gap, .noRoom: true
        default: false
        }
    }
}

/// Why an entry cannot go into the ledger.
public enum EntryRefusal: Error, Equatable, Sendable {
    /// Its bytes or its shape are wrong.
    case form(EntryError)
    case wrongIssuer(found: InstitutionID, right: InstitutionID)
    case wrongStream(found: StreamID, right: StreamID)
    case wrongNumber(found: UInt64, right: UInt64)
    case unknownCredential(OpaqueID)
    /// Another institution registered the credential.
    case foreignCredential(OpaqueID, registeredBy: InstitutionID)
    case credentialNotValid(OpaqueID, day: Day, from: Day, to: Day)
    case credentialRevoked(OpaqueID)
    case authorSignature(OpaqueID, CryptographyError)
    /// A credential's key is no point on the curve.
    case credentialKey(OpaqueID, CryptographyError)
    /// A credential that is there already has another key.
    case credentialKeyChanged(OpaqueID)
    /// Evidence that shows nothing.
    case evidence(EvidenceRefusal)
    /// A batch has more entries of a kind than a node checks at once.
    case tooMany(EntryKind, limit: Int)
    /// A third party's statement that the registration policy does not take.
    case statement(StatementRefusal)
    /// A step of a case that no node may take yet.
    case step(CaseRefusal)
}

extension BatchRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let error): "\(error)"
        case .signedHeader(let error): "the batch's signed header: \(error)"
        case .oversize(let byteCount, let limit):
            "the batch has \(byteCount) bytes; at most \(limit) are allowed"
        case .wrongLedger(let found, let right):
            "the batch is for ledger \(found); this is \(right)"
        case .unknownInstitution(let id): "no institution \(id) on this ledger"
        case .unknownStream(let id, let stream): "\(id) has no stream \(stream)"
        case .wrongCount(let signed, let found):
            "the batch was signed over \(signed) entries and has \(found)"
        case .wrongRoot(let signed, let found):
            "the batch was signed over root \(signed); its entries have root \(found)"
        case .entry(let index, let refusal): "entry \(index) of the batch: \(refusal)"
        case .keyChanged(let id, let stream):
            "stream \(stream) of \(id) has another submit key than the one that signed"
        case .expired(let expiry, let height):
            "the batch was valid up to height \(expiry); this is height \(height)"
        case .expiryTooFar(let expiry, let latest):
            "the batch would be valid up to height \(expiry); at most \(latest) is allowed"
        case .gap(let expected, let found):
            "the stream's next number is \(expected); the batch begins with \(found)"
        case .duplicate(let committed):
            "the batch was committed at height \(committed.height) already"
        case .replayed(let number, let next):
            "number \(number) was committed already; the stream's next number is \(next)"
        case .noRoom(let entryCount, let byteCount):
            "\(entryCount) entries of \(byteCount) bytes do not fit into the block any more"
        }
    }
}

extension EntryRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .form(let error): "\(error)"
        case .wrongIssuer(let found, let right):
            "the issuer is \(found); the batch is signed by \(right)"
        case .wrongStream(let found, let right):
            "the stream is \(found); the batch is of stream \(right)"
        case .wrongNumber(let found, let right): "the number is \(found); right would be \(right)"
        case .unknownCredential(let id): "no credential \(id) is registered"
        case .foreignCredential(let id, let owner):
            "credential \(id) is registered by \(owner), not by the issuer"
        case .credentialNotValid(let id, let day, let from, let to):
            "credential \(id) is valid from \(from) to \(to), not on \(day)"
        case .credentialRevoked(let id): "credential \(id) is revoked"
        case .authorSignature(let id, let error):
            "the author's signature under credential \(id): \(error)"
        case .credentialKey(let id, let error): "the key of credential \(id): \(error)"
        case .credentialKeyChanged(let id):
            "credential \(id) is registered with another key; a new key needs a new credential"
        case .evidence(let refusal): "\(refusal)"
        case .tooMany(let kind, let limit):
            "a batch may hold at most \(limit) entries of kind '\(kind)'"
        case .statement(let refusal): "\(refusal)"
        case .step(let refusal): "\(refusal)"
        }
    }
}
