public import Primitives
public import Records

/// Why an entry that stands on the ledger has no effect.
///
/// Its issuer had numbered and signed it, and then it became unfit: its author's credential was
/// revoked before a block took it, say. Kept off, it would hold up its stream for ever, since
/// another entry under its number would convict the issuer. Source: `docs/consensus.md`.
public struct Unfitness: Hashable, Sendable {
    public let reason: Reason
    /// The credential that it is about; nil for evidence.
    public let credential: OpaqueID?

    public enum Reason: UInt8, CaseIterable, Sendable {
        /// Nobody has registered the author's credential.
        case unknownCredential = 1
        /// Another institution registered the credential.
        case foreignCredential = 2
        /// The credential does not hold on the day of the event.
        case credentialNotValid = 3
        case credentialRevoked = 4
        /// The author's signature does not hold under the credential's key.
        case authorSignature = 5
        /// The key that is to be registered is no point on the curve.
        case credentialKey = 6
        /// The credential is registered already, with another key.
        case credentialKeyChanged = 7
        /// The evidence shows nothing.
        case evidence = 8
    }

    /// What a refusal comes to that hangs on the state of the ledger; nil for one that does not.
    init?(_ refusal: EntryRefusal) {
        switch refusal {
        case .unknownCredential(let id): self.init(.unknownCredential, id)
        case .foreignCredential(let id, _): self.init(.foreignCredential, id)
        case .credentialNotValid(let id, _, _, _): self.init(.credentialNotValid, id)
        case .credentialRevoked(let id): self.init(.credentialRevoked, id)
        case .authorSignature(let id, _): self.init(.authorSignature, id)
        case .credentialKey(let id, _): self.init(.credentialKey, id)
        case .credentialKeyChanged(let id): self.init(.credentialKeyChanged, id)
        case .evidence: self.init(.evidence, nil)
        default: return nil
        }
    }

    private init(_ reason: Reason, _ credential: OpaqueID?) {
        self.reason = reason
        self.credential = credential
    }

    /// The value in the state map: `[reason, credential / null]`.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 24)
        encode(into: &writer)
        return writer.bytes
    }

    func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.unsigned(UInt64(reason.rawValue))
        if let credential { writer.bytes(credential.bytes) } else { writer.null() }
    }

    /// Reads a value of the state map.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> Unfitness {
        try reading("unfitness", bytes[...]) { reader throws(CBORError) in
            try Unfitness(from: &reader)
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        reason = try reader.code("a reason, 1 to 8")
        credential = try reader.isNull() ? nil : try reader.opaqueID()
    }
}

extension Unfitness: CustomStringConvertible {
    public var description: String {
        let credential = credential.map { "credential \($0)" } ?? "the credential"
        return switch reason {
        case .unknownCredential: "no \(credential) was registered"
        case .foreignCredential: "\(credential) is another institution's"
        case .credentialNotValid: "\(credential) does not hold on the day of the event"
        case .credentialRevoked: "\(credential) was revoked"
        case .authorSignature: "the author's signature does not hold under \(credential)"
        case .credentialKey: "the key of \(credential) is none"
        case .credentialKeyChanged: "\(credential) was registered with another key"
        case .evidence: "the evidence shows nothing"
        }
    }
}

extension Entry {
    /// Whether it may stand on the ledger without effect; all other entries have theirs.
    public var mayBeUnfit: Bool { author != nil || kind == .credential || kind == .evidence }
}
