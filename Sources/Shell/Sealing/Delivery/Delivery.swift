public import Primitives
public import Records

/// What an issuer sends to the recipients of a batch, off the ledger: sealed payloads and keys.
///
/// A value from anybody: it names an issuer, but only what opens under the commitments of
/// committed entries is that issuer's.
///
/// Source: `docs/formats/payload.md`.
public struct Delivery: Hashable, Sendable {
    public let ledger: LedgerID
    public let issuer: InstitutionID
    public let stream: StreamID
    /// The number of the batch's first entry.
    public let firstNumber: UInt64
    /// One encapsulation for each recipient, by institution id increasing.
    public let recipients: [Recipient]
    /// The sealed payloads, by number increasing.
    public let items: [Item]

    /// An institution that the delivery is for.
    public struct Recipient: Hashable, Sendable {
        public let institution: InstitutionID
        /// HPKE encapsulation, 32 bytes.
        public let encapsulation: [UInt8]
    }

    /// One sealed payload and its keys.
    public struct Item: Hashable, Sendable {
        /// The number of the entry.
        public let number: UInt64
        public let commitment: Digest
        public let sealedPayload: [UInt8]
        /// By institution id increasing.
        public let keys: [WrappedKey]
    }

    /// The payload key, wrapped for one recipient.
    public struct WrappedKey: Hashable, Sendable {
        public let institution: InstitutionID
        public let bytes: [UInt8]
    }

    /// The most recipients of a batch: as many as an entry may have.
    public static let recipientCountMax = 64
    /// The most payloads of a batch: as many as it has entries.
    public static let itemCountMax = 4096

    /// The part of the delivery that `institution` can open: it is sent no more than that.
    public func addressed(to institution: InstitutionID) -> Delivery {
        let items = items.compactMap { item -> Item? in
            let keys = item.keys.filter { $0.institution == institution }
            guard !keys.isEmpty else { return nil }
            return Item(
                number: item.number, commitment: item.commitment,
                sealedPayload: item.sealedPayload, keys: keys)
        }
        return Delivery(
            ledger: ledger, issuer: issuer, stream: stream, firstNumber: firstNumber,
            recipients: recipients.filter { $0.institution == institution }, items: items)
    }
}
