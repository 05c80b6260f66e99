public import Consensus
public import Cryptography
public import Primitives
public import Records

/// The ledger's state after a block: all that decides what the next block may hold.
///
/// Execution is pure (``execute(_:at:time:proposer:commitProof:)``): a block is executed before
/// the vote, beside the state, and put in with ``apply(_:)`` once it is decided. Keep one copy
/// only: a second one makes the next ``apply(_:)`` copy the whole map.
public struct LedgerState: Sendable {
    public let ledger: LedgerID
    /// The last block applied; height 0 is the genesis.
    public private(set) var head: Head
    /// The authenticated map after it.
    public private(set) var map: StateMap
    private(set) var registry: Registry
    private(set) var recent: RecentBatches
    private(set) var snapshot: SnapshotCursor
    /// How signatures of batches, of authors, and of validators in evidence are checked; a
    /// simulator puts its own here.
    public var signatureCheck: any SignatureCheck = KeyCheck()

    /// The last block, as the next one refers to it.
    public struct Head: Hashable, Sendable {
        public let height: Height
        public let time: Timestamp
        /// Hash of the header; zero at genesis.
        public let hash: Digest
        /// The RFC 9162 tree over all entries.
        public let tree: MerkleFrontier
    }

    /// The state that a genesis founds, at height 0.
    public init(genesis: Genesis) {
        ledger = genesis.ledger
        registry = Registry(Governance(genesis))
        head = Head(
            height: .genesis, time: genesis.start, hash: .zero, tree: MerkleFrontier())
        map = StateMap(
            ledger: ledger, records: LedgerState.records(of: genesis),
            isHashed: genesis.parameters.isIndexKept)
        recent = RecentBatches()
        snapshot = SnapshotCursor()
    }

    init(
        ledger: LedgerID, head: Head, map: StateMap, registry: Registry, recent: RecentBatches,
        snapshot: SnapshotCursor
    ) {
        self.ledger = ledger
        self.head = head
        self.map = map
        self.registry = registry
        self.recent = recent
        self.snapshot = snapshot
    }

    /// Institutions by id, their next numbers by stream, parameters, rules by id, ledger.
    static func records(of genesis: Genesis) -> [StateMap.Record] {
        var records: [StateMap.Record] = []
        for institution in genesis.institutions {
            records.append(
                StateMap.Record(
                    key: .institution(institution.id), value: .bytes(institution.encode())))
        }
        for institution in genesis.institutions {
            for submitKey in institution.submitKeys {
                records.append(
                    StateMap.Record(
                        key: .nextNumber(institution.id, submitKey.stream), value: .number(1)))
            }
        }
        records.append(
            StateMap.Record(key: .parameters, value: .bytes(genesis.parameters.encode())))
        for rule in genesis.rules {
            records.append(StateMap.Record(key: .rule(rule.id), value: .bytes(rule.encode())))
        }
        for (key, value) in Governance.records(of: genesis) {
            records.append(StateMap.Record(key: key, value: .bytes(value)))
        }
        records.append(
            StateMap.Record(key: .ledger, value: ledgerValue(.genesis, genesis.start)))
        return records
    }

    /// `[height, timestamp]`, the value of space 7.
    static func ledgerValue(_ height: Height, _ time: Timestamp) -> StateValue {
        var writer = CBORWriter(reservingCapacity: 20)
        writer.array(2)
        writer.unsigned(height.blocks)
        writer.integer(time.milliseconds)
        return .bytes(writer.bytes)
    }
}

extension LedgerState {
    /// All institutions, by id: who votes is those with power above 0.
    public var institutions: [Institution] { charter.institutions }
    public var parameters: Parameters { charter.parameters }
    /// The rules in force, by id.
    public var rules: [RuleVersion] { charter.rules }
    /// What the institutions agreed on, as it holds for the next block.
    public var charter: Charter { registry.governance.charter }
    /// Proposals, votes, who follows, whether the ledger is stopped.
    public var governance: Governance { registry.governance }
    /// Digest of the validator set for the next height.
    public var validatorsDigest: Digest { charter.validators.digest }
    public var stateRoot: Digest { map.root }

    /// Who votes at a height: the next one, or one that was decided.
    public func validators(at height: Height) -> ValidatorSet {
        registry.governance.validators(at: height)
    }

    public func institution(_ id: InstitutionID) -> Institution? {
        charter.institution(id)
    }

    public func credential(_ id: OpaqueID) -> RegisteredCredential? {
        registry.credentials[id]
    }

    /// The number that the stream's next entry must have, or nil where there is no such stream.
    public func nextNumber(of issuer: InstitutionID, _ stream: StreamID) -> UInt64? {
        guard case .number(let number) = map.value(of: .nextNumber(issuer, stream)) else {
            return nil
        }
        return number
    }

    /// Where a finding stands or stood, and whether it was withdrawn; nil where it never stood.
    public func state(of finding: Digest) -> FindingState? {
        FindingState(map.value(of: .finding(finding)))
    }

    /// Why the entry at a leaf has no effect; nil where it has.
    public func unfitness(ofLeaf leaf: UInt64) -> Unfitness? {
        guard case .bytes(let bytes) = map.value(of: .unfit(leaf)) else { return nil }
        return try? Unfitness.decode(bytes)
    }

    /// Where a batch of the last heights stands, or nil where it was not committed or is older.
    public func committed(batch digest: Digest) -> CommittedBatch? { recent[digest] }

    /// The lowest height whose batches must be known here, so that one that comes again is answered
    /// as before.
    public var batchesNeededFrom: Height {
        Height(max(1, head.height.blocks - min(head.height.blocks, parameters.batchHeightsMax)))
    }

    /// Remembers the batches of the heights right below those whose rows made up this state, lowest
    /// first.
    public mutating func recall(_ batches: [[CommittedBatch]], from height: Height) {
        recent.prepend(batches, from: height)
    }

    /// The authors' signatures that hold under the credentials as they are now, by entry.
    func authorKeys(of entries: [Entry]) -> [Int: PublicKey] {
        var keys: [Int: PublicKey] = [:]
        for index in entries.span.indices where entries.span[index].author != nil {
            let entry = entries[index]
            guard let author = entry.author,
                let key = registry.credentials[author.credential]?.key
            else { continue }
            let check = CredentialCheck(
                ledger: ledger, entry: entry, signatures: signatureCheck)
            guard (try? check.verify(author, under: key)) != nil else { continue }
            keys[index] = key
        }
        return keys
    }

    /// Puts a decided block in.
    ///
    /// - Returns: what must be on the disk, in one write group, before anything is built on it.
    /// - Precondition: the block was executed on this very state.
    public mutating func apply(_ executed: ExecutedBlock) -> [LedgerRow] {
        let header = executed.block.header
        precondition(
            header.previous == head.hash && header.height == head.height.next,
            "block \(header.height) was executed on another state than \(head.height)")
        map.apply(executed.changes)
        registry.governance = executed.governance
        for credential in executed.credentials { registry.register(credential) }
        head = Head(
            height: header.height, time: header.time, hash: executed.block.hash,
            tree: executed.tree)
        let oldest =
            header.height.blocks
            - min(
                header.height.blocks, parameters.batchHeightsMax)
        recent.add(executed.committed, at: header.height, keepingFrom: oldest)
        let chunk = snapshot.advance(
            at: header.height, changeCount: executed.changes.items.count,
            slotCount: map.slotCount)
        return executed.rows + [ChunkRow(chunk, of: map).row]
    }
}
