public import Primitives

/// A payload that is not what its entry says, or cannot be used: kept, to be anchored.
public struct Mismatch: Hashable, Sendable {
    public enum Reason: UInt8, CaseIterable, Sendable {
        /// The wrapped key is not one that this institution can unwrap.
        case wrappedKey = 1
        /// The sealed payload does not open with its key.
        case ciphertext = 2
        /// It opens, and salt and payload do not give the commitment.
        case commitment = 3
        /// Its SHA-256 is not the one in the committed entry.
        case sealedDigest = 4
        /// It matches, and is no payload in the format.
        case format = 5
        /// A fact names a patient that the entry does not.
        case patient = 6
        /// The entry names no recipient like this institution.
        case notRecipient = 7
        /// A fact is of a kind that the entry's kind does not hold.
        case kind = 8
        /// Its segments do not give the root that the record's entry shows.
        case segments = 10
    }

    public let commitment: Digest
    public let issuer: InstitutionID
    /// The number that the delivery gave the entry in its stream.
    public let number: UInt64
    public let reason: Reason
    public let detail: String
    public let noticed: Timestamp

    public init(
        commitment: Digest, issuer: InstitutionID, number: UInt64, reason: Reason,
        detail: String, noticed: Timestamp
    ) {
        self.commitment = commitment
        self.issuer = issuer
        self.number = number
        self.reason = reason
        self.detail = detail
        self.noticed = noticed
    }
}

extension Mismatch.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrappedKey: "the wrapped key does not open"
        case .ciphertext: "the sealed payload does not open"
        case .commitment: "salt and payload do not give the commitment"
        case .sealedDigest: "the sealed payload is not the one that was committed"
        case .format: "the payload is not in the format"
        case .patient: "a fact names a patient that the entry does not"
        case .kind: "a fact is of a kind that the entry's kind does not hold"
        case .segments: "its segments do not give the root that the entry shows"
        case .notRecipient: "the entry does not name this institution as a recipient"
        }
    }
}

extension Mismatch {
    var key: [UInt8] {
        Table.mismatch.key(commitment.bytes, [reason.rawValue], Array(issuer.name.utf8))
    }

    var row: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 96)
        writer.array(3)
        writer.unsigned(number)
        writer.text(String(detail.prefix(512)))
        writer.integer(noticed.milliseconds)
        return writer.bytes
    }

    init(key: [UInt8], row: [UInt8]) throws(SupervisionError) {
        guard key.count > 33, let commitment = Digest(key[..<32]),
            let reason = Reason(rawValue: key[32]),
            let issuer = InstitutionID(String(decoding: key[33...], as: UTF8.self))
        else { throw .damaged(table: "mismatch", key: key) }
        self = try reading("mismatch row", row) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            let number = try reader.unsigned()
            let detail = try reader.text(atMost: 4_096)
            return Mismatch(
                commitment: commitment, issuer: issuer, number: number, reason: reason,
                detail: detail, noticed: Timestamp(milliseconds: try reader.integer()))
        }
    }
}
