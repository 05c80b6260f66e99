public import Primitives

/// Opens what a delivery holds for one institution.
///
/// One HPKE operation for each of the institution's keys when it is made; then AES for each
/// payload. There are several keys where the ledger has changed the one that payloads are sealed
/// to: what was on its way is sealed to the one before.
public struct DeliveryOpener {
    private let ledger: LedgerID
    private let institution: InstitutionID
    private let wrappingKeys: [WrappingKey]

    /// An opener of `delivery` for `institution`, the holder of `secretKeys`.
    ///
    /// - Throws: ``SealingError/otherLedger(found:expected:)``,
    ///   ``SealingError/notForUs(_:number:)``, or ``SealingError/sealKey(hex:)`` where the
    ///   encapsulation is not one.
    public init(
        _ delivery: Delivery, ledger: LedgerID, institution: InstitutionID,
        secretKeys: [SealSecretKey]
    ) throws(SealingError) {
        guard delivery.ledger == ledger else {
            throw .otherLedger(found: delivery.ledger, expected: ledger)
        }
        guard let ours = delivery.recipients.first(where: { $0.institution == institution })
        else { throw .notForUs(institution, number: nil) }
        self.ledger = ledger
        self.institution = institution
        let parties = WrappingKey.Parties(
            ledger: ledger, issuer: delivery.issuer, recipient: institution)
        wrappingKeys = try secretKeys.map { (secretKey) throws(SealingError) in
            try WrappingKey(opening: ours.encapsulation, with: secretKey, parties)
        }
    }

    /// An opener of `delivery` for `institution`, the holder of `secretKey`.
    public init(
        _ delivery: Delivery, ledger: LedgerID, institution: InstitutionID,
        secretKey: SealSecretKey
    ) throws(SealingError) {
        try self.init(
            delivery, ledger: ledger, institution: institution, secretKeys: [secretKey])
    }

    /// The payload of one entry and the key to keep, checked against the entry's commitment.
    ///
    /// Give `commitment` from the committed entry, never from the delivery.
    ///
    /// - Throws: ``SealingError/notForUs(_:number:)``, ``SealingError/wrappedKey(number:)``, or
    ///   what ``SealedPayload/open(_:key:ledger:commitment:)`` throws.
    public func open(
        _ item: Delivery.Item, commitment: Digest
    ) throws(SealingError) -> (payload: [UInt8], key: PayloadKey) {
        guard let wrapped = item.keys.first(where: { $0.institution == institution }) else {
            throw .notForUs(institution, number: item.number)
        }
        let key = try unwrap(wrapped.bytes[...], number: item.number, commitment: commitment)
        let payload = try SealedPayload.open(
            item.sealedPayload[...], key: key, ledger: ledger, commitment: commitment)
        return (payload, key)
    }

    private func unwrap(
        _ wrapped: ArraySlice<UInt8>, number: UInt64, commitment: Digest
    ) throws(SealingError) -> PayloadKey {
        for wrappingKey in wrappingKeys.dropLast() {
            if let key = try? wrappingKey.unwrap(
                wrapped, number: number, commitment: commitment)
            {
                return key
            }
        }
        guard let last = wrappingKeys.last else { throw .wrappedKey(number: number) }
        return try last.unwrap(wrapped, number: number, commitment: commitment)
    }
}
