internal import Ledger
internal import Primitives
internal import RuleEngine
internal import Storage

/// Fetches the knowledge tables that the ledger names and this node does not have, from its peers.
///
/// First the outline, which must have the hash that the ledger names, then the rows in chunks, each
/// of which must have the hash that the outline says: what is false is refused where it comes in,
/// and whoever sent it is not asked for that table again. What was fetched lies in a draft until
/// all of it is there; a draft of before a restart is begun anew.
final class TableRequests {
    private let shelf: TableShelf
    private var wanted: [TableVersion] = []
    private var drafts: [Digest: Draft] = [:]
    /// At which height a peer was asked in vain last.
    private var asked: [Question: Height] = [:]
    /// Of whom the chunks of a table were asked last, and at which height: of one at a time.
    private var fetching: [Digest: (peer: InstitutionID, height: Height)] = [:]
    /// Who sent what is false, by table.
    private var liars: Set<Question> = []

    /// Of a table, at a peer.
    private struct Question: Hashable {
        let table: Digest
        let peer: InstitutionID
    }

    /// A table of which the outline is here.
    private struct Draft {
        let outline: TableOutline
        /// Chunks that are in the draft.
        var chunkCount = 0
        var byteCount: Int
    }

    /// The most bytes of chunks in one answer.
    private static let byteCountMax = 4 << 20
    /// A peer that did not have it is asked again after so many blocks.
    private static let patienceHeights: UInt64 = 16

    init(shelf: TableShelf) {
        self.shelf = shelf
    }

    /// Takes over what the ledger names: in force and proposed.
    func follow(_ charters: CharterTimeline) {
        let named = charters.current.tables + charters.proposedTables
        wanted = []
        for version in named.sorted(by: { $0.hash < $1.hash })
        where wanted.last?.hash != version.hash && !shelf.has(version.hash) {
            wanted.append(version)
        }
        asked = [:]
        let hashes = Set(wanted.map(\.hash))
        drafts = drafts.filter { hashes.contains($0.key) }
    }

    /// What to ask a peer now, or nil where nothing is missing that it may have.
    func question(to peer: InstitutionID, at height: Height) -> TableQuestion? {
        for version in wanted {
            let question = Question(table: version.hash, peer: peer)
            guard !liars.contains(question),
                asked[question].map({
                    height.blocks >= $0.blocks + TableRequests.patienceHeights
                }) ?? true
            else { continue }
            guard let draft = drafts[version.hash] else {
                asked[question] = height
                return .outline(version.hash)
            }
            if let other = fetching[version.hash],
                height.blocks < other.height.blocks + TableRequests.patienceHeights
            {
                continue
            }
            asked[question] = height
            fetching[version.hash] = (peer, height)
            return .chunks(version.hash, from: draft.chunkCount)
        }
        return nil
    }

    /// The outline of a table that is here, or its chunks from one on as far as there is room.
    func answer(_ question: TableQuestion) -> TableAnswer {
        guard let table = try? shelf.table(question.table) else { return .nothing }
        switch question {
        case .outline: return .outline(table.outline)
        case .chunks(_, let first):
            var chunks: [[UInt8]] = []
            var byteCount = 0
            for number in table.outline.leaves.indices.dropFirst(first) {
                let chunk = table.chunk(number)
                byteCount += chunk.count
                guard byteCount <= TableRequests.byteCountMax || chunks.isEmpty else { break }
                chunks.append(chunk)
            }
            return .chunks(chunks)
        }
    }

    /// Keeps what was wanted of an answer; says whether a table is here now that was not.
    ///
    /// - Throws: ``SupervisionError/falsified(what:by:)`` for what does not have its hash; nothing
    ///   of it is kept.
    func take(
        _ answer: TableAnswer, to question: TableQuestion, from peer: InstitutionID
    ) throws(SupervisionError) -> Bool {
        guard let version = wanted.first(where: { $0.hash == question.table }) else {
            return false
        }
        let place = Question(table: version.hash, peer: peer)
        if fetching[version.hash]?.peer == peer { fetching[version.hash] = nil }
        switch (question, answer) {
        case (.outline, .outline(let outline)):
            guard outline.hash == version.hash else {
                throw lie(place, "outline of the table \(version.name)")
            }
            if drafts[version.hash] == nil { try begin(version, outline) }
        case (.chunks(_, let first), .chunks(let chunks)) where !chunks.isEmpty:
            guard var draft = drafts[version.hash], draft.chunkCount == first else { break }
            for (offset, chunk) in chunks.enumerated() {
                guard draft.outline.isChunk(chunk, number: first + offset) else {
                    throw lie(
                        place, "chunk \(first + offset) of the table \(version.name)")
                }
            }
            try append(chunks.flatMap { $0 }, to: &draft, version)
            draft.chunkCount += chunks.count
            drafts[version.hash] = draft
        default: return false
        }
        // A peer that had something may have more.
        asked[place] = nil
        return try finish(version)
    }

    /// How many bytes of a table are here that is being fetched.
    func byteCount(of table: Digest) -> UInt64 { UInt64(drafts[table]?.byteCount ?? 0) }

    private func lie(_ place: Question, _ what: String) -> SupervisionError {
        liars.insert(place)
        return .falsified(what: what, by: place.peer)
    }

    private func begin(
        _ version: TableVersion, _ outline: TableOutline
    ) throws(SupervisionError) {
        var draft = Draft(outline: outline, byteCount: 0)
        try storage { () throws(StorageError) in
            try Directory.make(shelf.folder)
            try Directory.remove(path(version))
        }
        try append(outline.head, to: &draft, version)
        drafts[version.hash] = draft
    }

    private func append(
        _ bytes: [UInt8], to draft: inout Draft, _ version: TableVersion
    ) throws(SupervisionError) {
        let place = draft.byteCount
        guard UInt64(place + bytes.count) <= version.byteCount else {
            drafts[version.hash] = nil
            wanted.removeAll { $0.hash == version.hash }
            throw .rules(
                "the table \(version.name) has more than the \(version.byteCount) bytes that were "
                    + "voted on")
        }
        try storage { () throws(StorageError) in
            let file = try File(path(version), flags: File.making)
            try file.write(bytes, at: place)
        }
        draft.byteCount += bytes.count
    }

    /// Puts a draft on the shelf of which everything is here.
    private func finish(_ version: TableVersion) throws(SupervisionError) -> Bool {
        guard let draft = drafts[version.hash],
            draft.chunkCount == draft.outline.leaves.count
        else { return false }
        drafts[version.hash] = nil
        wanted.removeAll { $0.hash == version.hash }
        try storage { () throws(StorageError) in
            try File(path(version), flags: File.making).sync()
            try Directory.rename(
                "\(version.hash).draft", to: TableShelf.fetchedName(version.hash),
                in: shelf.folder)
            try Directory.sync(shelf.folder)
        }
        return true
    }

    private func path(_ version: TableVersion) -> String {
        "\(shelf.folder)/\(version.hash).draft"
    }
}
