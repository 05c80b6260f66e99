internal import Cryptography
internal import Findings
internal import Ledger
internal import Primitives
internal import Proofs
internal import Records
internal import Tiles

/// What a file is, by its bytes: so that one in the wrong place is told by what it is.
enum FileNature: CaseIterable {
    case genesis
    case head
    case chain
    case receipt
    case link
    case entry
    case archive
    case checkpoint
    case succession
    case secret
    case export
    case proof

    /// Nil where the bytes are nothing of these, or too bent to be it.
    init?(_ bytes: [UInt8]) {
        guard let nature = FileNature.allCases.first(where: { $0.isRead(bytes) }) else {
            return nil
        }
        self = nature
    }

    /// What it is, how one comes by it, and which command or option wants it.
    var words: String {
        switch self {
        case .genesis: "a genesis, which --genesis and --above name"
        case .head: "a head (`custos head`), which --head names"
        case .chain: "a governance chain (`custos chain`), which --chain names"
        case .receipt:
            "a receipt: `custos verify RECEIPT… --entry ENTRY` wants all of an entry's with it"
        case .link: "a link (`custos head --link`), which --link names beside --head"
        case .entry: "the bytes of an entry, which --entry names beside its receipts"
        case .archive: "an archive, which `custos verify ARCHIVE` and `custos archive tiles` take"
        case .checkpoint:
            "the checkpoint of a tiled log, which `custos archive fetch` and `cosign` take"
        case .succession: "a succession, which `custos genesis check` takes"
        case .secret: "a secret key: hand it to nobody"
        case .export:
            "an export of `custos query`: `custos verify EXPORT --answer ANSWER` holds it against "
                + "the answer that it was written from"
        case .proof: "a proof, which `custos verify` takes"
        }
    }

    private func isRead(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .genesis: (try? Genesis.decode(bytes)) != nil
        case .head: (try? BlockHeader.decode(bytes[...])) != nil
        case .chain: (try? GovernanceChain.decodeNamed(bytes)) != nil
        case .receipt: (try? COSEReceipt(decoding: bytes)) != nil
        case .link: (try? ConsistencyProof.list(bytes)) != nil
        // A statement is an entry, too: with receipts or without, it is one to be verified.
        case .entry: bytes.first.map { $0 >> 5 == 5 } == true && (try? Entry.decode(bytes)) != nil
        case .archive: bytes.starts(with: ArchiveHead.magic)
        case .checkpoint:
            bytes.count < 1 << 16
                && String(validating: bytes, as: UTF8.self).flatMap { SignedNote($0) }
                    .flatMap { Checkpoint($0) } != nil
        case .succession: (try? Succession.decode(bytes)) != nil
        case .secret: bytes.starts(with: SecretFile.firstLine.utf8)
        case .export: QueryFormat(export: bytes) != nil
        case .proof: (try? ProofHeads(bytes)) != nil
        }
    }

    /// Throws where a file to be verified is known to be something else.
    static func check(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        // What may be a proof is judged, however bent; it is not read twice.
        let others = FileNature.allCases.filter { $0 != .proof }
        guard let nature = others.first(where: { $0.isRead(bytes) }) else { return }
        throw Failure(.usage, "\(path) is \(nature.words); it is no proof, and was not judged")
    }

    /// Says of a file that it is not what was wanted, and what it is instead where that is known.
    static func failure(
        _ path: String, _ bytes: [UInt8], _ unlike: String, _ reason: String
    ) -> Failure {
        guard let nature = FileNature(bytes) else {
            return Failure(.file, "\(path) is \(unlike): \(reason)")
        }
        return Failure(.file, "\(path) is \(unlike): it is \(nature.words)")
    }
}
