internal import Ledger
internal import Primitives
internal import Records
internal import Sealing

/// A node's patient keys: while it supervises, it asks the identity provider for those that are
/// new.
final class PersonDesk {
    private let ledger: LedgerID
    private let institution: InstitutionID
    private let provider: InstitutionID
    private let sealKey: SealSecretKey
    private let keyring: PersonKeyring
    private let book: PersonBook
    /// Where this node is the identity provider itself.
    private let service: PersonKeyService?
    /// Whether the ledger has this institution supervise now.
    var isSupervising = false
    private var askedAt: Timestamp?
    private var isMore = false

    /// How long it waits before it asks again where nothing was new, in milliseconds.
    private static let pauseMilliseconds: Int64 = 1_000

    init(
        ledger: LedgerID, institution: InstitutionID, provider: InstitutionID,
        sealKey: SealSecretKey, keyring: PersonKeyring, book: PersonBook,
        service: PersonKeyService?
    ) {
        self.ledger = ledger
        self.institution = institution
        self.provider = provider
        self.sealKey = sealKey
        self.keyring = keyring
        self.book = book
        self.service = service
    }

    /// The number of the last row that this node has, where it is time to ask a peer for more.
    func question(to peer: InstitutionID, at now: Timestamp) -> UInt64? {
        guard isSupervising, peer == provider, peer != institution else { return nil }
        // A clock that was set back is no reason to wait.
        if !isMore, let askedAt, now >= askedAt,
            !now.isLater(than: askedAt, by: PersonDesk.pauseMilliseconds)
        {
            return nil
        }
        askedAt = now
        isMore = false
        return keyring.position
    }

    /// Takes the provider's answer; what it brings is on the disk when this returns.
    ///
    /// - Returns: whether the keys that are held have changed.
    func handleAnswer(_ bytes: [UInt8]) throws(SupervisionError) -> Bool {
        switch try PersonKeyAnswer.decode(bytes) {
        case .refused: return false
        case .sealed(let sealed):
            let opened = try sealing { () throws(SealingError) in
                try SealedMessage(
                    use: PersonKeyPage.use, ledger: ledger, sender: provider,
                    recipient: institution
                ).open(sealed, with: sealKey)
            }
            return try take(try PersonKeyPage.decode(opened))
        }
    }

    /// How many patients' keys are held.
    var keyCount: Int { keyring.count }

    /// Where this node is the provider: takes what its own directory has that is new.
    func takeOwn() throws(SupervisionError) -> Bool {
        guard isSupervising, let service else { return false }
        var changed = false
        while keyring.position < service.roster.last {
            changed = try take(service.page(after: keyring.position)) || changed
        }
        return changed
    }

    private func take(_ page: PersonKeyPage) throws(SupervisionError) -> Bool {
        isMore = page.isMore
        guard !page.rows.isEmpty else { return false }
        book.take(try keyring.take(page.rows))
        return true
    }
}
