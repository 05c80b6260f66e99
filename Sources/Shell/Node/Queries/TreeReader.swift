internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Storage

/// Reads blocks, entries and hashes of the ledger tree back from the rows that blocks left.
final class TreeReader {
    private let store: BlockStore
    private let index: EntryIndex
    /// The tree rows that were read last, by height: a proof needs a few dozen.
    private var rows = RecentValues<Height, TreeRow>(costMax: 128)
    private let trails: TrailReader
    /// The batches that were read last, and the times of blocks: neighbours share them.
    private var batches = RecentValues<BatchPlace, UnverifiedBatch>(costMax: 64)
    private var times = RecentValues<Height, Timestamp>(costMax: 65_536)
    private var directory = BlockDirectory()

    private struct BatchPlace: Hashable {
        let height: Height
        let number: Int
    }

    init(store: BlockStore, index: EntryIndex) {
        self.store = store
        self.index = index
        trails = TrailReader(store)
    }

    func entry(at leaf: UInt64) throws(QueryError) -> EntryAnswer {
        if leaf < store.base.tree.size {
            let base = store.base.height
            throw .storage(.pruned(base, keptFrom: base.next))
        }
        if let answer = try glance(at: leaf) { return answer }
        guard let (height, batch, position) = try place(ofLeaf: leaf) else {
            throw .noEntry("with leaf index \(leaf)")
        }
        let answer = try entry(leaf, height, batch: UInt64(batch), position: position)
        if let hash = try row(at: height)?.leafHash(at: leaf), hash != SHA256.leaf(answer.entry) {
            throw .damaged("the entry at leaf \(leaf)")
        }
        return answer
    }

    /// The entry at a leaf, read without most of its neighbours; nil where it must be read with
    /// them, or is not what the ledger tree has at the leaf.
    private func glance(at leaf: UInt64) throws(QueryError) -> EntryAnswer? {
        guard let block = try knownBlock(ofLeaf: leaf),
            let place = block.place(ofLeaf: leaf)
        else { return nil }
        let entry = try queryStorage { () throws(StorageError) -> [UInt8]? in
            try store.requireEntries(at: block.height)
            if let entry = try store.entry(at: leaf, of: block) { return entry }
            return try store.formerEntry(at: leaf, of: block)
        }
        return entry.map { entry in
            EntryAnswer(
                leafIndex: leaf, height: block.height, time: block.time,
                batch: block.batches[place.batch].digest, entry: entry)
        }
    }

    /// The block that holds a leaf; nil where none does.
    private func knownBlock(ofLeaf leaf: UInt64) throws(QueryError) -> IndexedBlock? {
        if let block = directory.block(ofLeaf: leaf) { return block }
        var found = try queryStorage { () throws(StorageError) in
            try index.block(ofLeaf: leaf)
        }
        if found == nil { found = try formerBlock(ofLeaf: leaf) }
        guard let block = found else { return nil }
        directory.add(block)
        return block
    }

    /// The block that holds a leaf, where an older version took it into the index: what that did
    /// not tell is read from the block.
    private func formerBlock(ofLeaf leaf: UInt64) throws(QueryError) -> IndexedBlock? {
        let found = try queryStorage { () throws(StorageError) in
            try index.formerBlock(ofLeaf: leaf)
        }
        guard let (place, counts) = found else { return nil }
        let named = try queryStorage { () throws(StorageError) in
            try store.namedBlock(at: place.height)
        }
        guard let block = named else {
            // LevelDB tells more where it is its checksum that is wrong.
            _ = try stored(place.height)
            throw .damaged("block \(place.height)")
        }
        return IndexedBlock(
            height: place.height, time: block.header.time, firstLeaf: place.firstLeaf,
            count: place.count,
            batches: zip(block.batches, counts).map { .init(digest: $0, count: $1) })
    }

    func entry(
        _ issuer: InstitutionID, _ stream: StreamID, number: UInt64
    ) throws(QueryError) -> EntryAnswer {
        let wanted = "\(number) of \(issuer), stream \(stream)"
        let found = try queryStorage { () throws(StorageError) in
            try index.batch(of: issuer, stream, number: number)
        }
        guard let (first, place) = found else { throw .noEntry(wanted) }
        // The place follows from the number, but behind a void, which takes more than one.
        let offset = number - first
        if offset < place.count, let answer = try glance(at: place.firstLeaf &+ offset),
            let entry = try? Entry.decode(answer.entry), entry.kind != .statement,
            entry.number == number
        {
            return answer
        }
        let batch = try batch(Int(place.batch), at: place.height)
        let entries = (try? batch.readEntries()) ?? []
        if let offset = entries.firstIndex(where: { $0.number == number }) {
            return try entry(
                place.firstLeaf + UInt64(offset), place.height, batch: UInt64(place.batch),
                position: offset)
        }
        throw .noEntry(wanted)
    }

    /// The batch that carries an entry, and the entry's place in it.
    func batch(of entry: EntryAnswer) throws(QueryError) -> (UnverifiedBatch, Int) {
        guard let (height, batch, position) = try place(ofLeaf: entry.leafIndex) else {
            throw .damaged("block \(entry.height)")
        }
        return (try self.batch(batch, at: height), position)
    }

    /// The block at a height, or the last one for height 0.
    func block(_ height: Height) throws(QueryError) -> BlockAnswer {
        let stored = try stored(height)
        return BlockAnswer(
            height: stored.height, block: stored.block,
            commitProof: stored.proof.commit.encoded)
    }

    func head(_ height: Height) throws(QueryError) -> ClaimedHead {
        let stored = try stored(height)
        guard let block = try? Block.decode(stored.block) else {
            throw .damaged("block \(height)")
        }
        return ClaimedHead(header: block.header, commitProof: stored.proof.commit)
    }

    func notice(_ height: Height) throws(QueryError) -> CommitNotice {
        let stored = try stored(height)
        guard let block = try? Block.decode(stored.block) else {
            throw .damaged("block \(height)")
        }
        let count = try row(at: height)?.leafCount ?? 0
        return CommitNotice(
            height: height, hash: block.hash, time: block.header.time,
            firstLeaf: block.header.treeSize - UInt64(count), entryCount: UInt64(count),
            batchCount: UInt64(block.batches.count))
    }

    func inclusion(of leaf: UInt64, treeSize: UInt64) throws(QueryError) -> InclusionProof {
        guard let ranges = try? MerklePlan.inclusion(of: leaf, treeSize: treeSize) else {
            throw .noEntry("with leaf index \(leaf)")
        }
        var path: [Digest] = []
        for range in ranges {
            path.append(
                try range.hash { node throws(QueryError) in try self.hash(of: node) })
        }
        return InclusionProof(leafIndex: leaf, treeSize: treeSize, path: path)
    }

    /// The proof that the tree of `first` leaves is the start of the one of `second`.
    func consistency(
        from first: UInt64, to second: UInt64
    ) throws(QueryError) -> ConsistencyProof {
        guard let ranges = try? MerklePlan.consistency(from: first, to: second) else {
            throw .noTree(size: second, since: first)
        }
        var path: [Digest] = []
        for range in ranges {
            path.append(
                try range.hash { node throws(QueryError) in try self.hash(of: node) })
        }
        return ConsistencyProof(firstSize: first, secondSize: second, path: path)
    }

    /// The peaks of the ledger tree when it had so many leaves.
    func peaks(treeSize: UInt64) throws(QueryError) -> [Digest] {
        var peaks: [Digest] = []
        for node in MerkleRange(start: 0, end: treeSize).nodes { peaks.append(try hash(of: node)) }
        return peaks
    }

    /// What an archive of these blocks stands on, and the institutions as a state has them.
    func archiveHead(
        _ heights: HeightRange, ledger: LedgerID, _ state: StateAnswer
    ) throws(QueryError) -> ArchiveHead {
        var base: ArchiveHead.Base?
        if heights.first > Height(1) {
            let before = try head(Height(heights.first.blocks - 1))
            base = ArchiveHead.Base(
                head: before, peaks: try peaks(treeSize: before.header.treeSize))
        }
        return ArchiveHead(
            ledger: ledger, heights: heights, base: base,
            keys: ArchiveHead.Keys(
                head: try head(state.height), institutions: state.items.compactMap(\.proof)))
    }

    /// A block with its commit proof and its batches.
    func archived(_ height: Height) throws(QueryError) -> ArchiveBlock {
        guard height > .genesis else { throw .noBlock(height) }
        let stored = try stored(height)
        let batches = try queryStorage { () throws(StorageError) in
            try store.batches(at: height)
        }
        return ArchiveBlock(
            block: stored.block, commitProof: stored.proof.commit, batches: batches)
    }

    /// The runs of a term above a height, oldest first: each is followed to the one before.
    func runs(
        ofSlot slot: UInt32, back last: Height, above known: Height
    ) throws(QueryError) -> [TermRun] {
        var runs: [TermRun] = []
        var height = last
        while height > known {
            try queryStorage { () throws(StorageError) in
                let base = store.base.height
                if height <= base { throw .pruned(height, keptFrom: base.next) }
            }
            let (run, previous) = try self.linkedRun(ofSlot: slot, at: height)
            runs.append(run)
            height = previous
        }
        return runs.reversed()
    }

    /// The run of a term in one block.
    func run(ofSlot slot: UInt32, at height: Height) throws(QueryError) -> TermRun {
        try linkedRun(ofSlot: slot, at: height).run
    }

    private func linkedRun(
        ofSlot slot: UInt32, at height: Height
    ) throws(QueryError) -> (run: TermRun, previous: Height) {
        if let item = try trails.item(ofSlot: slot, at: height), item.previousHeight < height {
            return (item.run, item.previousHeight)
        }
        guard let table = try trails.table(at: height), let place = table.place(ofSlot: slot),
            let tree = try row(at: height), let found = try? table.run(place, tree),
            found.previousHeight < height
        else { throw .damaged("the runs of block \(height)") }
        return (found.run, found.previousHeight)
    }

    /// The bytes of the entries of a term's run.
    func entries(of run: TermRun, slot: UInt32) throws(QueryError) -> [[UInt8]] {
        try queryStorage { () throws(StorageError) in try store.requireEntries(at: run.height) }
        if let item = try trails.item(ofSlot: slot, at: run.height), item.run == run {
            return item.entries.map { Array($0) }
        }
        var entries: [[UInt8]] = []
        entries.reserveCapacity(run.entries.count)
        for item in run.entries {
            entries.append(try entryBytes(at: item.leafIndex, run.height))
        }
        return entries
    }

    /// The bytes of an entry of the block at a height.
    private func entryBytes(at leaf: UInt64, _ height: Height) throws(QueryError) -> [UInt8] {
        guard let (batch, position) = try row(at: height)?.place(ofLeaf: leaf) else {
            throw .noEntry("with leaf index \(leaf)")
        }
        let entries = try self.batch(batch, at: height).entries
        guard entries.indices.contains(position) else { throw .damaged("block \(height)") }
        return Array(entries[position])
    }

    private func stored(_ height: Height) throws(QueryError) -> BlockStore.Stored {
        let stored = try queryStorage { () throws(StorageError) in
            let wanted = height == .genesis ? try store.headHeight() : height
            return try store.block(at: wanted)
        }
        guard let stored else {
            let base = store.base.height
            if height > .genesis, height <= base {
                throw .storage(.pruned(height, keptFrom: base.next))
            }
            throw .noBlock(height)
        }
        return stored
    }

    private func entry(
        _ leaf: UInt64, _ height: Height, batch: UInt64, position: Int
    ) throws(QueryError) -> EntryAnswer {
        let batch = try self.batch(Int(batch), at: height)
        guard batch.entries.indices.contains(position) else {
            throw .damaged("block \(height)")
        }
        return EntryAnswer(
            leafIndex: leaf, height: height, time: try time(of: height), batch: batch.digest,
            entry: Array(batch.entries[position]))
    }

    private func time(of height: Height) throws(QueryError) -> Timestamp {
        if let time = times[height] { return time }
        let time = try head(height).header.time
        times.keep(time, for: height)
        return time
    }

    private func batch(_ number: Int, at height: Height) throws(QueryError) -> UnverifiedBatch {
        let place = BatchPlace(height: height, number: number)
        try queryStorage { () throws(StorageError) in try store.requireEntries(at: height) }
        if let batch = batches[place] { return batch }
        let bytes = try queryStorage { () throws(StorageError) in
            try store.row(.batch, at: height, number: UInt64(number))
        }
        guard let bytes, let batch = try? UnverifiedBatch(decoding: bytes) else {
            throw .damaged("batch \(number) of block \(height)")
        }
        batches.keep(batch, for: place)
        return batch
    }

    /// Where an entry stands: height, batch of the block, entry of the batch.
    private func place(
        ofLeaf leaf: UInt64
    ) throws(QueryError) -> (height: Height, batch: Int, entry: Int)? {
        guard let block = try knownBlock(ofLeaf: leaf) else { return nil }
        var place = block.place(ofLeaf: leaf)
        if place == nil { place = try row(at: block.height)?.place(ofLeaf: leaf) }
        guard let place else { return nil }
        return (block.height, place.batch, place.entry)
    }

    /// The hash of a complete subtree, which lies with the block that its last leaf closed it in.
    private func hash(of node: MerkleNode) throws(QueryError) -> Digest {
        // Complete subtrees from before the ledger began here are its peaks, or not needed.
        if node.range.end <= store.base.tree.size {
            guard let peak = store.base.tree.peak(at: node) else {
                throw .storage(.pruned(store.base.height, keptFrom: store.base.height.next))
            }
            return peak
        }
        guard let block = try knownBlock(ofLeaf: node.range.end - 1) else {
            throw .damaged("the ledger tree over \(node.range)")
        }
        let cut = try queryStorage { () throws(StorageError) in
            try store.treeHash(of: node, in: block)
        }
        if let cut { return cut }
        guard let hash = try row(at: block.height)?.hash(of: node) else {
            throw .damaged("the ledger tree over \(node.range)")
        }
        return hash
    }

    private func row(at height: Height) throws(QueryError) -> TreeRow? {
        if let row = rows[height] { return row }
        let bytes = try queryStorage { () throws(StorageError) in
            try store.row(.tree, at: height)
        }
        guard let bytes else { return nil }
        guard let row = try? TreeRow.decode(bytes) else { throw .damaged("block \(height)") }
        rows.keep(row, for: height)
        return row
    }
}
