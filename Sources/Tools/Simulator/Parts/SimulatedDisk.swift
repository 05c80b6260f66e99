internal import Consensus
internal import Cryptography
internal import Hosting
internal import Ledger
internal import Primitives
internal import Records

/// What a node has written, as bytes under checksums: what survives a power failure, what may
/// not, and what has gone bad without anybody's knowing.
struct SimulatedDisk {
    /// Bytes with the sum that was written beside them; the place is part of the sum.
    struct Cell {
        var bytes: [UInt8]
        private var sum: UInt64

        init(_ bytes: [UInt8], place: UInt64) {
            self.bytes = bytes
            sum = Checksum.of(bytes, key: place)
        }

        /// The bytes, or nil where they are not what was written here.
        func read(at place: UInt64) -> [UInt8]? {
            Checksum.of(bytes, key: place) == sum ? bytes : nil
        }
    }

    /// A committed block: its rows and its commit proof, one write group.
    struct StoredBlock {
        var rows: [(kind: LedgerRow.Kind, cell: Cell)]
        var proof: Cell
        /// The lowest height whose state rows a restart after this block needs.
        let stateRowsFrom: Height
    }

    /// Where a batch lies, for those who look for numbers of its stream.
    struct BatchPlace {
        let numbers: Range<UInt64>
        let height: Height
        /// Its place among the rows of its block.
        let row: Int
    }

    struct LogCell {
        let height: Height
        var cell: Cell
    }

    enum Damage: Error {
        case block(Height)
        case signedState
        case log
        case outbox
        case state(String)
    }

    private(set) var blocks: [StoredBlock] = []
    /// By stream, in the order of numbers.
    private var batchPlaces: [StreamKey: [BatchPlace]] = [:]
    private var signedCell: Cell?
    private var log: [LogCell] = []
    private var syncedLogCount = 0
    private var outbox: [(number: UInt64, cell: Cell)] = []
    /// What a disk says that took the place of one that was lost; nil where none was.
    var comeback: Comeback?

    struct Comeback {
        /// From where on the replica may sign, when the network has told.
        var signsFrom: Height?
        /// Whether its outbox has not opened yet, and where it may.
        var isRenumbering = true
        var numbersFrom: Height?
        /// Whether the node begins with a snapshot of its peers.
        var joins = false
    }

    /// The newest snapshot that was cut here, and its chunks.
    struct CutSnapshot {
        let manifest: SnapshotManifest
        var chunks: [Digest: [UInt8]] = [:]
    }

    private(set) var snapshot: CutSnapshot?
    /// Chunks of a snapshot that is being fetched.
    private(set) var incoming: [Digest: [UInt8]] = [:]
    /// What the ledger begins with here, where that is a snapshot; its height.
    private var founding: StoredBlock?
    private(set) var base = 0

    var height: Int { base + blocks.count }

    mutating func keep(_ chunk: [UInt8], named name: Digest) {
        incoming[name] = chunk
    }

    mutating func forget(chunk name: Digest) {
        incoming[name] = nil
    }

    /// Begins with a snapshot, on a disk without blocks.
    mutating func found(_ adopted: AdoptedSnapshot) {
        let height = adopted.height.blocks
        base = Int(height)
        founding = SimulatedDisk.stored(
            adopted.rows, adopted.snapshot.proof.encoded, at: adopted.height,
            stateRowsFrom: adopted.height)
        incoming = [:]
    }

    /// Cuts a snapshot after the last block, out of what lies on the disk.
    mutating func cutSnapshot(_ genesis: Genesis) throws {
        let state = try state(genesis)
        var chunks: [Digest: [UInt8]] = [:]
        guard
            let manifest = state.cutSnapshot(
                after: try block(at: state.head.height), { chunks[$0] = $1 })
        else { return }
        snapshot = CutSnapshot(manifest: manifest, chunks: chunks)
    }

    private static func stored(
        _ rows: [LedgerRow], _ proof: [UInt8], at height: Height, stateRowsFrom: Height
    ) -> StoredBlock {
        StoredBlock(
            rows: rows.enumerated().map { index, row in
                (row.kind, Cell(row.bytes, place: place(of: index, at: height)))
            }, proof: Cell(proof, place: place(of: 0xffff, at: height)),
            stateRowsFrom: stateRowsFrom)
    }

    private static func place(of row: Int, at height: Height) -> UInt64 {
        height.blocks << 16 + UInt64(row)
    }

    mutating func appendLog(_ record: HostRecord) {
        log.append(LogCell(height: record.height, cell: Cell(record.stored, place: 1)))
    }

    mutating func syncLog() {
        syncedLogCount = log.count
    }

    mutating func persist(_ state: SignedState) {
        signedCell = Cell(state.encoded, place: 2)
    }

    mutating func commit(_ block: CommittedBlock) {
        blocks.append(
            SimulatedDisk.stored(
                block.rows, block.proof.encoded, at: block.height,
                stateRowsFrom: block.stateRowsFrom))
        let rows = block.rows.indices.filter { block.rows[$0].kind == .batch }
        for (row, batch) in zip(rows, block.executed.batches) {
            let stream = StreamKey(issuer: batch.header.issuer, stream: batch.header.stream)
            batchPlaces[stream, default: []].append(
                BatchPlace(
                    numbers: batch.header.firstNumber..<batch.nextNumber, height: block.height,
                    row: row))
        }
    }

    mutating func forgetLog(through height: Height) {
        let synced = log.prefix(syncedLogCount).count { $0.height > height }
        log.removeAll { $0.height <= height }
        syncedLogCount = synced
    }

    mutating func add(_ row: OutboxRow) {
        var writer = CBORWriter(reservingCapacity: row.entry.count + 24)
        writer.array(3)
        writer.unsigned(row.number)
        writer.unsigned(row.nextNumber)
        writer.bytes(row.entry)
        outbox.append((row.number, Cell(writer.bytes, place: 3)))
    }

    mutating func forgetOutbox(below number: UInt64) {
        outbox.removeAll { $0.number < number }
    }

    // What a power failure and bad hardware do.

    /// Loses what was not synced, but for a part, whose end may be cut through.
    mutating func losePower(keeping generator: inout SeededGenerator, isTorn: Bool) {
        let unsynced = log.count - syncedLogCount
        let kept = syncedLogCount + generator.below(unsynced + 1)
        if kept < log.count { log.removeSubrange(kept...) }
        if isTorn, kept > syncedLogCount {
            log[kept - 1].cell.bytes.removeLast()
        }
        syncedLogCount = log.count
    }

    /// Flips one bit somewhere; says whether anything was there.
    mutating func rot(_ generator: inout SeededGenerator) -> Bool {
        guard !blocks.isEmpty else { return false }
        let block = generator.below(blocks.count)
        let row = generator.below(blocks[block].rows.count)
        flip(&blocks[block].rows[row].cell.bytes, &generator)
        return true
    }

    /// Writes what belongs to one block into another's place.
    mutating func misdirect(_ generator: inout SeededGenerator) -> Bool {
        guard blocks.count > 1 else { return false }
        let place = generator.below(blocks.count - 1)
        guard let row = blocks.last?.rows.first else { return false }
        blocks[place].rows[0] = row
        return true
    }

    mutating func rotSignedState(_ generator: inout SeededGenerator) -> Bool {
        guard var cell = signedCell else { return false }
        flip(&cell.bytes, &generator)
        signedCell = cell
        return true
    }

    private func flip(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        bytes[generator.below(bytes.count)] ^= 1 << UInt8(generator.below(8))
    }

    /// Forgets what this replica has signed: what a copy of an old disk does.
    mutating func forgetWhatWasSigned() {
        signedCell = nil
        log = []
        syncedLogCount = 0
    }

    mutating func dropLastBlock() {
        guard blocks.popLast() != nil else { return }
        let gone = Height(UInt64(height + 1))
        for stream in batchPlaces.keys {
            batchPlaces[stream]?.removeAll { $0.height == gone }
        }
    }

    mutating func forgetOutboxRows(_ count: Int) {
        outbox.removeLast(min(count, outbox.count))
    }
}

// What a process reads when it starts.
extension SimulatedDisk {
    func signedState() throws -> SignedState? {
        guard let signedCell else { return nil }
        guard let bytes = signedCell.read(at: 2) else { throw Damage.signedState }
        return try SignedState.decode(bytes[...])
    }

    /// The log; a bad end is one that a crash cut through, and anything else is damage.
    mutating func logRecords() throws -> [HostRecord] {
        var records: [HostRecord] = []
        for (index, item) in log.enumerated() {
            guard let bytes = item.cell.read(at: 1) else {
                guard index == log.count - 1 else { throw Damage.log }
                log.removeLast()
                syncedLogCount = log.count
                break
            }
            records.append(try HostRecord(stored: bytes))
        }
        return records
    }

    func outboxRows() throws -> [OutboxRow] {
        try outbox.map { item in
            guard let bytes = item.cell.read(at: 3) else { throw Damage.outbox }
            var reader = CBORReader(bytes)
            try reader.array(exactly: 3)
            let number = try reader.unsigned()
            let next = try reader.unsigned()
            return OutboxRow(number: number, entry: Array(try reader.bytes()), nextNumber: next)
        }
    }

    /// The state after the last block: from the rows that a restart needs, as a node reads it, or
    /// from all rows.
    func state(_ genesis: Genesis, fromAllRows isWhole: Bool = false) throws -> LedgerState {
        let head = Height(UInt64(height))
        let lowest = Height(UInt64(max(base, 1)))
        guard head > .genesis else { return LedgerState(genesis: genesis) }
        let needed = stored(at: head)?.stateRowsFrom ?? lowest
        let first = isWhole ? lowest : max(lowest, needed)
        var restoration = LedgerRestoration(genesis: genesis)
        for height in first.blocks...head.blocks {
            for (kind, bytes) in try rows(at: Height(height)) {
                try restoration.add(kind, at: Height(height), bytes)
            }
        }
        var state = try restoration.finish(header: try block(at: head).header)
        let oldest = max(state.batchesNeededFrom, Height(UInt64(base + 1)))
        if oldest < first {
            let batches = try (oldest.blocks..<first.blocks).map { height in
                let rows = try rows(at: Height(height))
                return try LedgerRestoration.batches(
                    at: Height(height), block: rows.first { $0.kind == .block }?.bytes ?? [],
                    tree: rows.first { $0.kind == .tree }?.bytes)
            }
            state.recall(batches, from: oldest)
        }
        return state
    }

    /// Throws where anything of a block is not what was written.
    func scrub() throws {
        for height in max(base, 1)..<max(self.height + 1, 1) {
            _ = try rows(at: Height(UInt64(height)))
        }
    }

    /// What lies here of a height; nil below the first.
    private func stored(at height: Height) -> StoredBlock? {
        let place = Int(height.blocks) - base - 1
        return place == -1 ? founding : place >= 0 && place < blocks.count ? blocks[place] : nil
    }

    func rows(at height: Height) throws -> [(kind: LedgerRow.Kind, bytes: [UInt8])] {
        guard let block = stored(at: height) else { throw Damage.block(height) }
        return try block.rows.enumerated().map { index, row in
            guard let bytes = row.cell.read(at: SimulatedDisk.place(of: index, at: height)) else {
                throw Damage.block(height)
            }
            return (row.kind, bytes)
        }
    }

    /// One of the rows of a kind at a height, of which no other is read.
    func row(_ kind: LedgerRow.Kind, _ number: Int, at height: Height) throws -> [UInt8] {
        let rows = stored(at: height)?.rows ?? []
        let places = rows.indices.filter { rows[$0].kind == kind }
        guard places.indices.contains(number) else { throw Damage.block(height) }
        let place = SimulatedDisk.place(of: places[number], at: height)
        guard let bytes = rows[places[number]].cell.read(at: place) else {
            throw Damage.block(height)
        }
        return bytes
    }

    func proof(at height: Height) throws -> CommitProof {
        guard let cell = stored(at: height)?.proof,
            let bytes = cell.read(at: SimulatedDisk.place(of: 0xffff, at: height))
        else { throw Damage.block(height) }
        return try CommitProof.decode(bytes[...]).claimed
    }

    func block(at height: Height) throws -> Block {
        for (kind, bytes) in try rows(at: height) where kind == .block {
            return try Block.decode(bytes)
        }
        throw Damage.block(height)
    }

    /// The batches of a stream that have some of these numbers, as far as they can be read.
    func batches(of stream: StreamKey, _ numbers: Range<UInt64>) -> [[UInt8]] {
        guard let places = batchPlaces[stream] else { return [] }
        let first = places.indices.partitioningIndex {
            places[$0].numbers.upperBound > numbers.lowerBound
        }
        return places[first...].prefix { $0.numbers.lowerBound < numbers.upperBound }.compactMap {
            let place = SimulatedDisk.place(of: $0.row, at: $0.height)
            return stored(at: $0.height)?.rows[$0.row].cell.read(at: place)
        }
    }

    /// A block as it is sent to a peer that was away; nil where it is not here.
    func synced(at height: Height) throws -> SyncedBlock? {
        guard height.blocks > UInt64(base), height.blocks <= UInt64(self.height) else {
            return nil
        }
        var block: [UInt8] = []
        var batches: [[UInt8]] = []
        for (kind, bytes) in try rows(at: height) {
            if kind == .block { block = bytes }
            if kind == .batch { batches.append(bytes) }
        }
        return SyncedBlock(
            height: height, block: block, proof: Unverified(try proof(at: height)),
            batches: batches)
    }
}

extension HostRecord {
    var height: Height {
        switch self {
        case .replica(let record): record.height
        case .batch(let height, _): height
        }
    }

    fileprivate var stored: [UInt8] {
        switch self {
        case .replica(let record): [1] + record.encoded
        case .batch(let height, let bytes): HostRecord.batch(height, bytes)
        }
    }

    private static func batch(_ height: Height, _ bytes: [UInt8]) -> [UInt8] {
        var stored: [UInt8] = [2]
        stored.append(bigEndian: height.blocks)
        return stored + bytes
    }

    fileprivate init(stored: [UInt8]) throws {
        guard stored.first == 2 else {
            self = .replica(try LogRecord.decode(stored.dropFirst()))
            return
        }
        let height = stored[1...8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self = .batch(height: Height(height), bytes: Array(stored.dropFirst(9)))
    }
}
