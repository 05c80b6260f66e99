internal import Cryptography
public import Consensus
internal import Ledger
public import Primitives

/// Joining late: fetches a snapshot of the state in pieces, from many peers at once.
///
/// A snapshot counts once a quorum's proof for its block holds: by the validators that are trusted,
/// those of the genesis or those that a chain of changes leads to, or by those that the snapshot
/// names, where more than 1/3 of the trusted power has signed it under the same keys. Each chunk
/// must have its name, and all of them together the state root of the block. Whoever offers or
/// sends anything else is dropped and named; where nothing is left to ask, the blocks are fetched
/// one by one.
///
/// A pure value: the host carries out the effects of each ``step(_:)`` in order before the next.
public struct StateSync: Sendable {
    /// How many chunks are asked for at a time.
    public static let windowChunks = 16
    /// How long offers are waited for before the best one is taken, in milliseconds.
    public static let offerMilliseconds: UInt64 = 1_000
    /// How often that is done before the blocks are fetched instead.
    public static let waitCountMax = 5
    /// How often that is done before one is taken that no honest peer may have offered.
    public static let vouchCountMax = 3

    /// How many bytes of such a one are fetched, where the ledger has so many entries.
    ///
    /// A proved block says how many entries there are, and nothing of the length of the state. What
    /// an entry leaves in it is some tens of bytes, a new patient's head a few hundred; what does
    /// not grow with entries (institutions, rules, tables) is far below the rest. A state that is
    /// larger all the same is taken where more than 1/3 of the power offers it.
    public static func loneByteCountMax(entryCount: UInt64) -> UInt64 {
        (64 << 20) + 512 * min(entryCount, 1 << 48)
    }

    private let trusted: ValidatorSet
    private let ledger: LedgerID
    private let signing: SigningBytes
    private let check: any SignatureCheck
    /// Chunks that are kept already, from an earlier life.
    private var held: Set<Digest>

    private var offers: [Offer] = []
    private var chosen: ProvedSnapshot?
    /// The peers that offered what was chosen, by id.
    private var sources: [InstitutionID] = []
    /// Chunks that are neither kept nor asked for, last first.
    private var missing: [Digest] = []
    private var requests: [Request] = []
    private var waits = 0
    private var turn = 0
    private var isRestoring = false
    /// What was fetched of what is chosen, by name, and how many bytes that is.
    private var fetched: [Digest] = []
    private var fetchedByteCount: UInt64 = 0
    /// Snapshots that grew beyond what is fetched of one that nobody vouches for.
    private var tooLarge: Set<Digest> = []

    private struct Offer: Sendable {
        let peer: InstitutionID
        let name: Digest
        let snapshot: ProvedSnapshot
    }

    private struct Request: Sendable {
        let chunk: Digest
        var peer: InstitutionID
        var attempt: UInt32
    }

    /// A node without a ledger; `trusted` are the validators that the genesis names, or later ones
    /// that are known to have followed them.
    public init(
        ledger: LedgerID, trusted: ValidatorSet, signing: SigningBytes,
        check: any SignatureCheck, held: [Digest] = []
    ) {
        self.ledger = ledger
        self.trusted = trusted
        self.signing = signing
        self.check = check
        self.held = Set(held)
    }

    /// The height of the snapshot that is being fetched.
    public var height: Height? { chosen?.manifest.height }
    /// How many chunks of it are here, and how many there are.
    public var progress: (here: Int, total: Int) {
        guard let chosen else { return (0, 0) }
        let total = chosen.manifest.chunks.count
        return (total - missing.count - requests.count, total)
    }

    /// The first thing to call.
    public func start() -> [StateSyncEffect] {
        [.wait(milliseconds: StateSync.offerMilliseconds)]
    }

    /// Takes in what happened and says what must be done.
    public mutating func step(_ input: StateSyncInput) -> [StateSyncEffect] {
        switch input {
        case .offered(let peer, let offer): return take(offer, from: peer)
        case .received(let peer, let name, let chunk):
            return receive(chunk, named: name, from: peer)
        case .lacking(let peer, let name): return retry(name, without: peer)
        case .timedOut(let name, let attempt):
            guard let request = requests.first(where: { $0.chunk == name }),
                request.attempt == attempt
            else { return [] }
            return retry(name, without: request.peer)
        case .waited: return chosen == nil ? choose() : []
        case .unusable(let reason): return refuse(reason)
        case .lost(let names): return fetchAgain(names)
        case .left(let peer): return leave(peer)
        }
    }

    private mutating func take(
        _ offer: SnapshotOffer, from peer: InstitutionID
    ) -> [StateSyncEffect] {
        offers.removeAll { $0.peer == peer }
        do throws(StateSyncFault) {
            guard let snapshot = try prove(offer) else { return [] }
            let name = SHA256.hash(offer.manifest)
            offers.append(Offer(peer: peer, name: name, snapshot: snapshot))
            offers.sort { $0.peer < $1.peer }
            // One more who has what is being fetched.
            guard let chosen, chosen.manifest.digest == name, !sources.contains(peer) else {
                return []
            }
            sources = (sources + [peer]).sorted()
            return ask()
        } catch {
            return [.drop(peer, error)] + leave(peer)
        }
    }

    /// The snapshot, once its block's proof holds; nil where it cannot be trusted from the genesis.
    private func prove(_ offer: SnapshotOffer) throws(StateSyncFault) -> ProvedSnapshot? {
        let manifest: SnapshotManifest
        do throws(LedgerError) {
            manifest = try SnapshotManifest.decode(offer.manifest)
        } catch {
            throw .malformed(error)
        }
        let claimed = offer.proof.claimed
        let header = manifest.block.header
        guard header.ledger == ledger, claimed.height == header.height,
            claimed.block.hash == manifest.block.hash, claimed.block.treeRoot == header.treeRoot
        else { throw .otherBlock(claimed.height) }
        do throws(ConsensusError) {
            let proof = try manifest.validators.verify(offer.proof, with: signing, by: check)
            // No lie, where nearly all validators have changed since those that are trusted.
            guard isTrusted(claimed, by: manifest.validators) else { return nil }
            return ProvedSnapshot(manifest: manifest, proof: proof.message)
        } catch {
            throw .proof(header.height, error)
        }
    }

    /// More than 1/3 of the trusted power must have signed, under the same keys: so somebody honest
    /// among them vouches for the validators that the snapshot names.
    private func isTrusted(_ proof: CommitProof, by set: ValidatorSet) -> Bool {
        guard set != trusted else { return true }
        var power: UInt64 = 0
        for precommit in proof.precommits {
            guard let old = trusted.index(of: precommit.voter),
                let new = set.index(of: precommit.voter),
                trusted.validators[old].key == set.validators[new].key
            else { continue }
            power += trusted.validators[old].power
        }
        return trusted.hasHonest(power)
    }

    /// Takes the highest snapshot on offer, of those that somebody honest offers where there are.
    ///
    /// A proved block says nothing of the names of chunks: a liar could have this node fetch any
    /// number of them before the state root shows it. So for a while one that only liars may have
    /// offered is not taken.
    private mutating func choose() -> [StateSyncEffect] {
        let best = offers.map { (offer: $0, rank: rank($0)) }
            .filter { $0.rank.isVouched == 1 || !tooLarge.contains($0.offer.name) }
            .max { $0.rank < $1.rank }
        guard let best, best.rank.isVouched == 1 || waits >= StateSync.vouchCountMax else {
            waits += 1
            guard waits < StateSync.waitCountMax else {
                return [.fallBack(reason: "no peer has offered a snapshot")]
            }
            return start()
        }
        let (name, snapshot) = (best.offer.name, best.offer.snapshot)
        chosen = snapshot
        sources = offers.filter { $0.name == name }.map(\.peer)
        requests = []
        isRestoring = false
        fetched = []
        fetchedByteCount = 0
        var seen: Set<Digest> = []
        missing = snapshot.manifest.chunks.filter { name in
            !held.contains(name) && seen.insert(name).inserted
        }.reversed()
        return ask()
    }

    /// Whether more than 1/3 of the power offers it, then its height, then how many peers do.
    private func rank(_ offer: Offer) -> (isVouched: Int, height: UInt64, count: Int) {
        let manifest = offer.snapshot.manifest
        let peers = offers.filter { $0.name == offer.name }.map(\.peer)
        let power = peers.reduce(UInt64(0)) { power, peer in
            let index = manifest.validators.index(of: peer)
            return power + (index.map { manifest.validators.validators[$0].power } ?? 0)
        }
        return (
            manifest.validators.hasHonest(power) ? 1 : 0, manifest.height.blocks, peers.count
        )
    }

    /// Asks for as many chunks as may be asked for, or has the state put together.
    private mutating func ask() -> [StateSyncEffect] {
        guard let chosen, !isRestoring else { return [] }
        var effects: [StateSyncEffect] = []
        while requests.count < StateSync.windowChunks, let name = missing.last {
            guard let peer = nextSource() else { return effects + startOver() }
            missing.removeLast()
            requests.append(Request(chunk: name, peer: peer, attempt: 0))
            effects.append(.request(peer, name, attempt: 0))
        }
        guard missing.isEmpty, requests.isEmpty else { return effects }
        isRestoring = true
        return effects + [.restore(chosen)]
    }

    private mutating func receive(
        _ chunk: [UInt8], named name: Digest, from peer: InstitutionID
    ) -> [StateSyncEffect] {
        guard SHA256.hash(chunk) == name else {
            return [.drop(peer, .chunk(name))] + leave(peer)
        }
        // One that is not asked for now is no lie: it may be late.
        guard let index = requests.firstIndex(where: { $0.chunk == name }) else { return [] }
        requests.remove(at: index)
        held.insert(name)
        fetched.append(name)
        fetchedByteCount += UInt64(chunk.count)
        let kept = StateSyncEffect.keep(name, chunk)
        return isTooLarge ? [kept] + giveUp() : [kept] + ask()
    }

    /// Whether more was fetched of what nobody honest may have offered than a state may take.
    private var isTooLarge: Bool {
        guard let chosen, let offer = offers.first(where: { $0.name == chosen.manifest.digest })
        else { return false }
        let most = StateSync.loneByteCountMax(entryCount: chosen.manifest.tree.size)
        return fetchedByteCount > most && rank(offer).isVouched == 0
    }

    /// Lets go of a snapshot that is too large to be believed of so few; nobody is blamed.
    private mutating func giveUp() -> [StateSyncEffect] {
        guard let chosen else { return [] }
        tooLarge.insert(chosen.manifest.digest)
        held.subtract(fetched)
        let effects = [StateSyncEffect.forget(fetched)]
        fetched = []
        return effects + startOver()
    }

    private mutating func retry(
        _ name: Digest, without peer: InstitutionID
    ) -> [StateSyncEffect] {
        guard let index = requests.firstIndex(where: { $0.chunk == name }),
            requests[index].peer == peer
        else { return [] }
        sources.removeAll { $0 == peer }
        guard let other = nextSource() else {
            requests.remove(at: index)
            missing.append(name)
            return startOver()
        }
        requests[index].peer = other
        requests[index].attempt += 1
        return [.request(other, name, attempt: requests[index].attempt)]
    }

    /// Nobody is left who has what is missing: what is kept stays kept, and offers are taken anew.
    private mutating func startOver() -> [StateSyncEffect] {
        if let chosen { offers.removeAll { $0.name == chosen.manifest.digest } }
        chosen = nil
        sources = []
        requests = []
        missing = []
        waits += 1
        guard waits < StateSync.waitCountMax else {
            return [.fallBack(reason: "no peer could be had that has all of a snapshot")]
        }
        return start()
    }

    /// Those who offered a snapshot that is none are dropped, and the next best is taken.
    private mutating func refuse(_ reason: String) -> [StateSyncEffect] {
        guard let refused = chosen else { return [] }
        let name = refused.manifest.digest
        let liars = offers.filter { $0.name == name }.map(\.peer)
        held.subtract(refused.manifest.chunks)
        var effects: [StateSyncEffect] = liars.map {
            .drop($0, .unusable(refused.manifest.height, reason: reason))
        }
        effects.append(.forget(fetched))
        fetched = []
        for liar in liars { effects += leave(liar) }
        isRestoring = false
        return effects + (chosen == nil ? [] : startOver())
    }

    /// The own disk has lost chunks: nobody's lie, and they are asked for once more.
    private mutating func fetchAgain(_ names: [Digest]) -> [StateSyncEffect] {
        guard let chosen, isRestoring else { return [] }
        isRestoring = false
        held.subtract(names)
        waits += 1
        guard waits < StateSync.waitCountMax else {
            return [.fallBack(reason: "chunks that were kept cannot be read")]
        }
        let lost = Set(names)
        missing = chosen.manifest.chunks.filter { lost.contains($0) }.reversed()
        return ask()
    }

    private mutating func leave(_ peer: InstitutionID) -> [StateSyncEffect] {
        offers.removeAll { $0.peer == peer }
        sources.removeAll { $0 == peer }
        var effects: [StateSyncEffect] = []
        for request in requests where request.peer == peer {
            effects += retry(request.chunk, without: peer)
        }
        return effects
    }

    private mutating func nextSource() -> InstitutionID? {
        guard !sources.isEmpty else { return nil }
        turn = (turn + 1) % sources.count
        return sources[turn]
    }
}
