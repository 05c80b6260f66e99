public import Primitives

/// Who in the institution stands behind an entry, by a credential and its signature.
public struct Author: Hashable, Sendable {
    /// The practitioner credential, as its `credential` entry registered it.
    public let credential: OpaqueID
    /// COSE_Sign1 over the entry's author claim, with a detached payload.
    public let signature: [UInt8]

    public init(credential: OpaqueID, signature: [UInt8]) {
        self.credential = credential
        self.signature = signature
    }

    /// The content type that the signature's protected header names.
    public static let contentType = "application/x.custos-author"

    /// The bytes that an author signs: ledger, kind, subjects and commitment.
    public static func claim(
        ledger: LedgerID, kind: EntryKind, subjects: [Subject], commitment: Digest?
    ) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 96 + subjects.count * 24)
        writer.array(4)
        writer.digest(ledger.digest)
        writer.unsigned(UInt64(kind.rawValue))
        writer.array(subjects.count)
        for subject in subjects { subject.encode(into: &writer) }
        if let commitment {
            writer.digest(commitment)
        } else {
            writer.null()
        }
        return writer.bytes
    }
}

extension Author {
    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        credential = try reader.opaqueID()
        signature = Array(try reader.bytes(atMost: Entry.byteCountMax))
    }

    func encode(into writer: inout CBORWriter) {
        writer.array(2)
        writer.bytes(credential.bytes)
        writer.bytes(signature)
    }
}
