public import Primitives
public import Records

/// Gathers the sealed payloads of one batch and wraps their keys for each recipient.
///
/// One HPKE encapsulation for each recipient when it is made; then one AES wrap for each payload
/// and recipient.
public struct DeliverySealer {
    private let ledger: LedgerID
    private let issuer: InstitutionID
    private let stream: StreamID
    private let firstNumber: UInt64
    private let wrappingKeys: [(institution: InstitutionID, key: WrappingKey)]
    private var items: [Delivery.Item] = []

    /// A sealer for the batch of `issuer` that begins with entry `firstNumber`.
    ///
    /// - Throws: ``SealingError/recipient(_:)`` where an institution stands twice,
    ///   ``SealingError/sealKey(hex:)`` where a key is of no use.
    public init(
        ledger: LedgerID, issuer: InstitutionID, stream: StreamID, firstNumber: UInt64,
        recipients: [(institution: InstitutionID, key: SealPublicKey)]
    ) throws(SealingError) {
        var wrappingKeys: [(institution: InstitutionID, key: WrappingKey)] = []
        for recipient in recipients.sorted(by: { $0.institution < $1.institution }) {
            guard recipient.institution != wrappingKeys.last?.institution else {
                throw .recipient(recipient.institution)
            }
            let parties = WrappingKey.Parties(
                ledger: ledger, issuer: issuer, recipient: recipient.institution)
            let key = try WrappingKey(sealingTo: recipient.key, parties)
            wrappingKeys.append((recipient.institution, key))
        }
        self.ledger = ledger
        self.issuer = issuer
        self.stream = stream
        self.firstNumber = firstNumber
        self.wrappingKeys = wrappingKeys
    }

    /// Adds the payload of entry `number`, for those of the batch's recipients who may read it.
    ///
    /// - Throws: ``SealingError/number(_:after:)``: a number wrapped twice would use a nonce
    ///   twice; ``SealingError/recipient(_:)`` for an institution that is none of the batch.
    public mutating func add(
        _ payload: SealedPayload, number: UInt64, recipients: [InstitutionID]
    ) throws(SealingError) {
        let previous = items.last?.number ?? (firstNumber == 0 ? 0 : firstNumber - 1)
        guard number > previous else { throw .number(number, after: previous) }
        var keys: [Delivery.WrappedKey] = []
        keys.reserveCapacity(recipients.count)
        for recipient in recipients.sorted() {
            guard recipient != keys.last?.institution,
                let wrapping = wrappingKeys.first(where: { $0.institution == recipient })
            else { throw .recipient(recipient) }
            keys.append(
                Delivery.WrappedKey(
                    institution: recipient,
                    bytes: try wrapping.key.wrap(
                        payload.key, number: number, commitment: payload.commitment)))
        }
        items.append(
            Delivery.Item(
                number: number, commitment: payload.commitment, sealedPayload: payload.bytes,
                keys: keys))
    }

    /// The delivery of all that was added.
    public var delivery: Delivery {
        Delivery(
            ledger: ledger, issuer: issuer, stream: stream, firstNumber: firstNumber,
            recipients: wrappingKeys.map {
                Delivery.Recipient(
                    institution: $0.institution, encapsulation: $0.key.encapsulation)
            },
            items: items)
    }
}
