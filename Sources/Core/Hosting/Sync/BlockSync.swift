internal import Cryptography
public import Consensus
public import Primitives

/// Catching up: fetches the blocks that this replica missed, and believes none without its proof.
///
/// Blocks are asked for ahead and from several peers, and checked in order, since each block may
/// change who votes on the next. What a peer says of its height only decides whom to ask
/// (``HeightClaims``).
///
/// A pure value: the host carries out the effects of each ``step(_:)`` in order before the next.
public struct BlockSync: Sendable {
    /// How many blocks are asked for ahead of the one that is to be applied.
    public static let windowBlocks: UInt64 = 16
    /// The most bytes of blocks that wait for those before them: what is more is asked for again,
    /// once half of it has been applied.
    public static let waitingByteCountMax = 64 << 20

    /// The height that was applied last.
    public private(set) var height: Height
    private var validators: ValidatorSet
    private let signing: SigningBytes
    private let check: any SignatureCheck
    private let identity: InstitutionID?

    /// Who may be asked.
    private var claims = HeightClaims()
    private var requests: [Request] = []
    private var arrived: [Arrived] = []
    private var isApplying = false
    /// How many blocks were fetched and applied with none between them that was decided here.
    private var fetchedInARow: UInt64 = 0

    private struct Request: Sendable {
        let height: Height
        var peer: InstitutionID
        var attempt: UInt32
    }

    private struct Arrived: Sendable {
        let peer: InstitutionID
        let block: SyncedBlock
    }

    /// A replica that has applied everything up to `height`; `validators` vote on the next.
    ///
    /// `identity` is its own: where it has power, that counts against whoever lies about heights.
    public init(
        height: Height, validators: ValidatorSet, signing: SigningBytes,
        check: any SignatureCheck, identity: InstitutionID? = nil
    ) {
        self.height = height
        self.validators = validators
        self.signing = signing
        self.check = check
        self.identity = identity
    }

    /// Whether this replica is known to be behind, and not only told so by a few.
    ///
    /// Peers with more than 1/3 of the power claim a height above; or, where so many cannot be
    /// heard, a whole window of blocks was fetched in a row, and more are asked for.
    public var isCatchingUp: Bool {
        let isFetching = !requests.isEmpty || !arrived.isEmpty
        return isApplying || claims.vouched(in: validators) > height
            || (isFetching && fetchedInARow >= BlockSync.windowBlocks)
    }

    /// Takes in what happened and says what must be done.
    public mutating func step(_ input: SyncInput) -> [SyncEffect] {
        switch input {
        case .reported(let peer, let claimed):
            claims.report(peer, claimed)
            if let liar = claims.liar(in: validators, own: identity, at: height) {
                return drop(liar.peer, .unproven(liar.claimed))
            }
        case .received(let peer, let block):
            return receive(block, from: peer)
        case .lacking(let peer, let height):
            return retry(height, without: peer)
        case .timedOut(let height, let attempt):
            guard let request = requests.first(where: { $0.height == height }),
                request.attempt == attempt
            else { return [] }
            return retry(height, without: request.peer)
        case .applied(let height, let validators):
            self.height = height
            self.validators = validators
            fetchedInARow = isApplying ? fetchedInARow + 1 : 0
            isApplying = false
            requests.removeAll { $0.height <= height }
            arrived.removeAll { $0.block.height <= height }
            return applyNext() + ask()
        case .unusable(let peer, let height, let reason):
            isApplying = false
            return drop(peer, .unusable(height, reason: reason))
        case .forked(let peer, let height):
            isApplying = false
            fetchedInARow = 0
            claims.noteFailure(peer, at: height)
        case .left(let peer):
            return leave(peer)
        }
        return ask()
    }

    private mutating func receive(
        _ block: SyncedBlock, from peer: InstitutionID
    ) -> [SyncEffect] {
        // One that is not asked for now is no lie: it may be late, and answer a request that went
        // to another peer since, or one of an earlier life of this replica.
        guard
            let index = requests.firstIndex(where: {
                $0.height == block.height && $0.peer == peer
            })
        else { return [] }
        requests.remove(at: index)
        claims.noteDelivery(peer)
        let waiting = waitingByteCount + block.byteCount
        if block.height == height.next || waiting <= BlockSync.waitingByteCountMax {
            arrived.append(Arrived(peer: peer, block: block))
        }
        return applyNext() + ask()
    }

    /// Proves the next block, where it is here, and hands it to the host.
    private mutating func applyNext() -> [SyncEffect] {
        guard !isApplying,
            let index = arrived.firstIndex(where: { $0.block.height == height.next })
        else { return [] }
        let (peer, block) = (arrived[index].peer, arrived[index].block)
        arrived.remove(at: index)
        do throws(SyncFault) {
            let proof = try prove(block)
            isApplying = true
            return [
                .apply(
                    ProvedBlock(
                        peer: peer, height: block.height, block: block.block, proof: proof,
                        batches: block.batches))
            ]
        } catch {
            return drop(peer, error)
        }
    }

    private func prove(_ block: SyncedBlock) throws(SyncFault) -> Verified<CommitProof> {
        let claimed = block.proof.claimed
        guard claimed.height == block.height,
            claimed.block.hash == (try headerHash(of: block))
        else { throw .otherBlock(block.height) }
        do throws(ConsensusError) {
            return try validators.verify(block.proof, with: signing, by: check)
        } catch {
            throw .proof(block.height, error)
        }
    }

    private func headerHash(of block: SyncedBlock) throws(SyncFault) -> Digest {
        do throws(CBORError) {
            var reader = CBORReader(block.block)
            try reader.array(exactly: 4)
            try reader.version(1)
            return SHA256.hash(try reader.bytes())
        } catch {
            throw .malformed(block.height, error)
        }
    }

    private var waitingByteCount: Int { arrived.reduce(0) { $0 + $1.block.byteCount } }

    /// Asks for every block of the window that is neither here nor asked for.
    private mutating func ask() -> [SyncEffect] {
        var effects: [SyncEffect] = []
        let first = isApplying ? height.blocks + 2 : height.blocks + 1
        let isFull = waitingByteCount > BlockSync.waitingByteCountMax / 2
        for blocks in first..<(isFull ? first + 1 : first + BlockSync.windowBlocks) {
            let wanted = Height(blocks)
            guard !requests.contains(where: { $0.height == wanted }),
                !arrived.contains(where: { $0.block.height == wanted })
            else { continue }
            guard let peer = claims.nextPeer(claiming: wanted) else { break }
            requests.append(Request(height: wanted, peer: peer, attempt: 0))
            effects.append(.request(peer, wanted, attempt: 0))
        }
        return effects
    }

    /// Asks another peer, and lowers what this one is thought to have.
    private mutating func retry(_ wanted: Height, without peer: InstitutionID) -> [SyncEffect] {
        guard let index = requests.firstIndex(where: { $0.height == wanted }),
            requests[index].peer == peer
        else { return [] }
        claims.noteFailure(peer, at: wanted)
        fetchedInARow = 0
        guard let other = claims.nextPeer(claiming: wanted) else {
            requests.remove(at: index)
            return []
        }
        requests[index].peer = other
        requests[index].attempt += 1
        return [.request(other, wanted, attempt: requests[index].attempt)]
    }

    private mutating func drop(_ peer: InstitutionID, _ fault: SyncFault) -> [SyncEffect] {
        fetchedInARow = 0
        return [.drop(peer, fault)] + leave(peer)
    }

    /// Forgets a peer and all that came from it, and asks others instead.
    private mutating func leave(_ peer: InstitutionID) -> [SyncEffect] {
        claims.remove(peer)
        requests.removeAll { $0.peer == peer }
        arrived.removeAll { $0.peer == peer }
        return ask()
    }
}
