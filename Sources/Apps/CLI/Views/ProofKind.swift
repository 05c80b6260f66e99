internal import Primitives

/// Which of the formats of `docs/formats/proof.md` bytes claim to be, or a Transparent Statement.
enum ProofKind {
    case entry
    case finding
    case answer
    case tiers
    case fork
    case disclosure
    case rule
    case table
    case statement
    case `case`

    /// By what the first two fields after the version are; hostile bytes are some kind, too.
    init(_ bytes: [UInt8]) {
        self = .entry
        var reader = CBORReader(bytes)
        // A COSE_Sign1 is tagged, and nothing else is.
        if (try? reader.nextMajorType()) == 6 {
            self = .statement
            return
        }
        guard let fieldCount = try? reader.map(atMost: 16), (try? reader.unsigned()) == 0,
            (try? reader.unsigned()) != nil, (try? reader.unsigned()) == 1,
            let major = try? reader.nextMajorType()
        else { return }
        // A case says first whether it is closed. A disclosure begins with a count, a bundle with
        // a whole proof file, a map; the others with the ledger's id.
        if major == 7 {
            self = .case
            return
        }
        if major == 0 || major == 5 {
            self = major == 0 ? .disclosure : .finding
            return
        }
        if major == 4 {
            self = .tiers
            return
        }
        // What became of a rule begins with its id, a text, and that of a table, which has one
        // field more, with its name.
        if major == 3 {
            self = fieldCount == 6 ? .table : .rule
            return
        }
        guard (try? reader.digest()) != nil, (try? reader.unsigned()) == 2,
            let major = try? reader.nextMajorType()
        else { return }
        // Then a proof file has the entry's bytes, an answer the query, a map, a fork two heads.
        if major == 5 { self = .answer }
        if major == 4 { self = .fork }
    }
}
