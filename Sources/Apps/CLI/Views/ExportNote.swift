internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Proofs

/// What an export says of itself: which query it answers, for which blocks, under which head.
///
/// All of it follows from the answer, so that whoever has the answer finds the same bytes again.
/// Source: `docs/formats/proof.md`, section "Export".
struct ExportNote: Codable {
    private(set) var version = 1
    let format: String
    /// The ledger's id.
    let ledger: String
    let query: QueryView
    let newestFirst: Bool
    let rows: Int
    /// The blocks of which no row is missing, and those that were asked for; nil without proof.
    let blocks: String?
    let asked: String?
    let isWhole: Bool
    /// The newest head that the answer is proved under.
    let head: Head?
    /// SHA-256 of the answer file that was kept with it; nil where none was.
    let answer: String?

    struct Head: Codable {
        let height: UInt64
        let hash: String
        let time: String

        init(_ head: ProvenHead) {
            height = head.header.height.blocks
            hash = head.hash.description
            time = head.header.time.description
        }
    }

    init(
        _ format: QueryFormat, of query: Query, in ledger: LedgerID, newestFirst: Bool, rows: Int,
        _ chain: AnswerChain, answer: [UInt8]?
    ) {
        self.format = format.rawValue
        self.ledger = ledger.description
        self.query = QueryView(query)
        self.newestFirst = newestFirst
        self.rows = rows
        blocks = chain.heights?.description
        asked = chain.asked?.description
        isWhole = chain.isWhole
        head = chain.head.map(Head.init)
        self.answer = answer.map { SHA256.hash($0).description }
    }

    /// Reads a note; nil of what is none.
    init?(json text: Substring) {
        guard let note = try? JSONDecoder().decode(ExportNote.self, from: Data(text.utf8)),
            note.version == 1
        else { return nil }
        self = note
    }
}
