internal import Cryptography
internal import Findings
public import Primitives
internal import Records
internal import Sealing
internal import Storage

/// The recipient's side: opens what is delivered, checks it, and keeps it sealed.
///
/// What is answered as stored is on the disk, key first, then the sealed payload. Who delivers is
/// known from the connection, and must be the issuer itself.
public final class PayloadReceiver {
    /// What came of a delivery.
    public struct Reception: Sendable {
        /// To be sent back to the issuer.
        public let answer: DeliveryAnswer
        /// Committed entries whose payload can be read from now on.
        public let arrived: [CommittedEntry]
        public let mismatches: [Mismatch]
    }

    private let ledger: LedgerID
    private let institution: InstitutionID
    /// The institution's keys, those that are no longer sealed to among them.
    private var sealKeys: [SealSecretKey]
    private let database: SupervisionDatabase
    private let payloads: PayloadStore
    private let entries: EntryStore

    init(
        ledger: LedgerID, institution: InstitutionID, sealKeys: [SealSecretKey],
        database: SupervisionDatabase, payloads: PayloadStore, entries: EntryStore
    ) {
        self.ledger = ledger
        self.institution = institution
        self.sealKeys = sealKeys
        self.database = database
        self.payloads = payloads
        self.entries = entries
    }

    /// Takes in keys that it does not have yet.
    func hold(_ keys: [SealSecretKey]) {
        let known = sealKeys.compactMap { try? $0.publicKey }
        sealKeys += keys.filter { key in
            (try? key.publicKey).map { !known.contains($0) } ?? false
        }
    }

    /// Takes in a delivery at the time `now`.
    ///
    /// - Throws: ``SupervisionError/sealing(_:)`` for bytes that are no delivery to this
    ///   institution, ``SupervisionError/foreign(what:from:)`` where another than the issuer
    ///   delivers; nothing is stored then, and the sender is to be told so.
    public func handleDelivery(
        _ bytes: [UInt8], from deliverer: InstitutionID, at now: Timestamp
    ) throws(SupervisionError) -> Reception {
        let (delivery, opener) = try sealing { () throws(SealingError) in
            let delivery = try Delivery(decoding: bytes)
            let opener = try DeliveryOpener(
                delivery, ledger: ledger, institution: institution, secretKeys: sealKeys)
            return (delivery, opener)
        }
        guard delivery.issuer == deliverer, deliverer != institution else {
            throw .foreign(what: "delivery", from: deliverer)
        }
        var work = Work(issuer: deliverer, now: now)
        for item in delivery.items {
            let verdict = try take(item, with: opener, &work)
            work.items.append(
                DeliveryAnswer.Item(
                    number: item.number, commitment: item.commitment, verdict: verdict))
        }
        try payloads.keepKeys(work.keys)
        try storage { () throws(StorageError) in try database.write(work.group) }
        return Reception(
            answer: DeliveryAnswer(
                ledger: ledger, issuer: deliverer, stream: delivery.stream, items: work.items),
            arrived: work.arrived, mismatches: work.mismatches)
    }

    /// What one delivery adds up to, before anything is written.
    private struct Work: ~Copyable {
        let issuer: InstitutionID
        let now: Timestamp
        var group = WriteGroup()
        var keys: [(commitment: Digest, key: PayloadKey)] = []
        var items: [DeliveryAnswer.Item] = []
        var arrived: [CommittedEntry] = []
        var mismatches: [Mismatch] = []

        init(issuer: InstitutionID, now: Timestamp) {
            self.issuer = issuer
            self.now = now
        }
    }

    private func take(
        _ item: Delivery.Item, with opener: DeliveryOpener, _ work: inout Work
    ) throws(SupervisionError) -> DeliveryAnswer.Verdict {
        let name = PayloadName(item.commitment, of: work.issuer)
        if try payloads.has(name) { return .stored }
        var committed: [CommittedEntry] = []
        for leaf in try payloads.places(of: name) {
            if let entry = try entries.entry(at: leaf) { committed.append(entry) }
        }
        let digest = SHA256.hash(item.sealedPayload)
        if let reason = reason(against: committed, digest) {
            return refuse(item, reason, "", &work)
        }
        let opened: (payload: [UInt8], key: PayloadKey)
        do throws(SealingError) {
            opened = try opener.open(item, commitment: item.commitment)
        } catch {
            return refuse(item, Mismatch.Reason(error), error.description, &work)
        }
        if committed.isEmpty {
            guard
                payloads.addEarly(item.sealedPayload, name, number: item.number, to: &work.group)
            else { return .later }
        }
        for entry in committed {
            payloads.addLate(item.sealedPayload, of: entry, name, to: &work.group)
            do throws(PayloadProblem) {
                _ = try PayloadCheck.read(opened.payload, of: entry.entry)
                work.arrived.append(entry)
            } catch {
                // It is what was committed, so it is kept: evidence against its issuer.
                note(item, Mismatch.Reason(error), error.description, &work)
            }
        }
        work.keys.append(PayloadStore.keyRow(opened.key, name, sealed: digest))
        return .stored
    }

    /// Why a sealed payload is not that of any of these entries, or nil where it may be.
    private func reason(
        against committed: [CommittedEntry], _ digest: Digest
    ) -> Mismatch.Reason? {
        guard !committed.isEmpty else { return nil }
        let ours = committed.filter { $0.entry.recipients.contains(institution) }
        if ours.isEmpty { return .notRecipient }
        return ours.contains { $0.entry.sealedPayload == digest } ? nil : .sealedDigest
    }

    private func refuse(
        _ item: Delivery.Item, _ reason: Mismatch.Reason, _ detail: String, _ work: inout Work
    ) -> DeliveryAnswer.Verdict {
        note(item, reason, detail, &work)
        return .refused(reason)
    }

    private func note(
        _ item: Delivery.Item, _ reason: Mismatch.Reason, _ detail: String, _ work: inout Work
    ) {
        let mismatch = Mismatch(
            commitment: item.commitment, issuer: work.issuer, number: item.number,
            reason: reason, detail: detail, noticed: work.now)
        payloads.add(mismatch, to: &work.group)
        work.mismatches.append(mismatch)
    }
}

extension Mismatch.Reason {
    /// The reason that an error of opening stands for.
    init(_ error: SealingError) {
        switch error {
        case .commitment: self = .commitment
        case .sealedPayload, .encoding: self = .ciphertext
        default: self = .wrappedKey
        }
    }
}
