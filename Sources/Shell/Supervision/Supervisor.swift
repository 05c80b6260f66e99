public import Ledger
public import Primitives
internal import Records
public import Sealing
internal import Storage

/// Everything that a node keeps and does beside the ledger: payloads, facts, rules, findings.
///
/// It has no socket, loop or clock. One thread owns it and tells it what happened by the
/// `handle…` methods; what they return is for the node to carry out.
///
/// The node hands over every committed block, once it is on the node's disk, from the one after
/// ``height`` on: after a crash that may be blocks that were committed before.
public final class Supervisor {
    /// Where a supervisor keeps things, and who it works for.
    public struct Settings: Sendable {
        public var ledger: LedgerID
        public var institution: InstitutionID
        /// The folder of its data base and of its encrypted keys.
        public var folder: String
        /// The folder of the node keys, which belongs on no backup.
        public var keyFolder: String
        public var sealKey: SealSecretKey
        public var policy = RecipientPolicy.standard
        public var random = RandomBytes.system
        /// For tests of what a crash leaves.
        public var fault: WriteFault?

        public init(
            ledger: LedgerID, institution: InstitutionID, folder: String, keyFolder: String,
            sealKey: SealSecretKey
        ) {
            self.ledger = ledger
            self.institution = institution
            self.folder = folder
            self.keyFolder = keyFolder
            self.sealKey = sealKey
        }
    }

    public let institution: InstitutionID
    public let gateway: Gateway
    public let entries: EntryStore
    public let payloads: PayloadStore
    public let deliveries: DeliveryQueue
    public let pseudonyms: PseudonymClient

    private let receiver: PayloadReceiver
    private let database: SupervisionDatabase

    /// Opens what lies in the folders, or makes it.
    public init(_ settings: Settings) throws(SupervisionError) {
        let ledger = settings.ledger
        institution = settings.institution
        let keys = try sealing { () throws(SealingError) in
            try KeyStore(
                folder: settings.folder + "/keys", keyFolder: settings.keyFolder + "/payloads",
                random: settings.random)
        }
        database = try storage { () throws(StorageError) in
            try SupervisionDatabase(path: settings.folder + "/rows", fault: settings.fault)
        }
        let secret = try LocalSecret(
            path: settings.keyFolder + "/local.key", random: settings.random)
        payloads = try PayloadStore(
            ledger: ledger, institution: institution, database: database, keys: keys)
        entries = try EntryStore(
            database: database, payloads: payloads, institution: institution)
        gateway = Gateway(
            ledger: ledger, institution: institution, policy: settings.policy,
            database: database, payloads: payloads, random: settings.random)
        deliveries = DeliveryQueue(
            ledger: ledger, institution: institution, database: database, payloads: payloads)
        receiver = PayloadReceiver(
            ledger: ledger, institution: institution, sealKey: settings.sealKey,
            database: database, payloads: payloads, entries: entries)
        pseudonyms = PseudonymClient(
            database: database, key: secret.key(for: "custos pseudonym cache"))
    }

    /// The last block that was taken in.
    public var height: Height { entries.mark.height }

    /// Takes in a committed block: one synced write group, then the rules.
    ///
    /// A block that was taken in before changes nothing.
    ///
    /// - Throws: ``SupervisionError/outOfOrder(height:expected:)`` where blocks are missing.
    public func handleCommitted(
        _ block: CommittedBlock, state: LedgerState
    ) throws(SupervisionError) -> [SupervisionEffect] {
        guard try entries.isNext(block) else { return [] }
        var group = WriteGroup()
        entries.add(block, to: &group)
        for item in block.entries {
            try payloads.settle(item, to: &group)
            deliveries.add(item, to: &group)
        }
        try storage { () throws(StorageError) in try database.write(group) }
        entries.advance(to: block)
        return recipients(of: block.entries).map(SupervisionEffect.deliver)
    }

    private func recipients(of items: [CommittedEntry]) -> [InstitutionID] {
        var found: Set<InstitutionID> = []
        for item in items where item.entry.issuer == institution {
            found.formUnion(item.entry.recipients)
        }
        return found.subtracting([institution]).sorted()
    }

    /// Takes in a delivery of payloads; the answer goes back to who delivered.
    public func handleDelivery(
        _ bytes: [UInt8], from deliverer: InstitutionID, at now: Timestamp
    ) throws(SupervisionError) -> (answer: DeliveryAnswer, effects: [SupervisionEffect]) {
        let reception = try receiver.handleDelivery(bytes, from: deliverer, at: now)
        return (reception.answer, reception.mismatches.map(SupervisionEffect.report))
    }
}
