import Consensus
import Cryptography
import Ledger
import Primitives
import Records

/// The whole ledger, slow and obviously right: every root from everything, at every block.
struct LedgerModel {
    var map: StateMapModel
    var leaves: [Digest] = []
    private let listsRules: Bool
    private var milestones: [(UInt64, Digest)] = []
    private var runs: [Term: [TermRun]] = [:]
    private var findings: [Digest: (leaf: UInt64, issuer: InstitutionID, withdrawn: UInt64?)] =
        [:]

    init(_ genesis: Genesis) {
        map = StateMapModel(ledger: genesis.ledger)
        listsRules = genesis.parameters.listsRules
        for institution in genesis.institutions {
            map.set(.institution(institution.id), institution.encode())
        }
        for institution in genesis.institutions {
            for key in institution.submitKeys {
                map.set(.nextNumber(institution.id, key.stream), LedgerModel.number(1))
            }
        }
        map.set(.parameters, genesis.parameters.encode())
        for rule in genesis.rules { map.set(.rule(rule.id), rule.encode()) }
        map.set(.policy, genesis.policy.encode())
        map.set(.validators(Height(1)), genesis.charter.validators.encoded)
        map.set(.attendance, [0x80])
        map.set(.standing, [0x82, 0xf6, 0x80])
        map.set(.ledger, LedgerModel.ledger(.genesis, genesis.start))
    }

    /// Takes the entries of the block with this header, none of which is of governance.
    mutating func apply(_ batches: [[Entry]], in header: BlockHeader) {
        let (height, time) = (header.height, header.time)
        var block: [Term: [TermRun.Item]] = [:]
        for entry in batches.joined() {
            let leaf = UInt64(leaves.count)
            let hash = SHA256.hash([0] + entry.encode())
            leaves.append(hash)
            map.set(
                .nextNumber(entry.issuer, entry.stream), LedgerModel.number(entry.nextNumber))
            if case .credential(let body) = entry.body {
                var writer = CBORWriter()
                writer.array(2)
                writer.institution(entry.issuer)
                body.encode(into: &writer)
                map.set(.credential(body.credential), writer.bytes)
            }
            if case .finding(let mark) = entry.body { add(mark, by: entry.issuer, at: leaf) }
            for term in entry.terms + (listsRules ? entry.ruleTerms : []) {
                block[term, default: []].append(
                    TermRun.Item(leafIndex: leaf, leafHash: hash))
                // The slot is taken when the term first appears; the value follows below.
                if runs[term] == nil, block[term]?.count == 1 { map.set(.term(term), []) }
            }
        }
        for (term, items) in block {
            let before = runs[term, default: []].reduce(0) { $0 + $1.entries.count }
            runs[term, default: []].append(
                TermRun(height: height, totalBefore: UInt64(before), entries: items))
        }
        for (term, list) in runs { map.set(.term(term), LedgerModel.head(list)) }
        if height.blocks.isMultiple(of: 16) {
            milestones = milestones.suffix(1) + [(height.blocks - 1, header.previous)]
            var writer = CBORWriter()
            writer.array(2)
            writer.null()
            writer.array(milestones.count)
            for (height, block) in milestones {
                writer.array(2)
                writer.unsigned(height)
                writer.digest(block)
            }
            map.set(.standing, writer.bytes)
        }
        map.set(.ledger, LedgerModel.ledger(height, time))
    }

    /// As docs/formats/state.md tells of space 6, with states kept as they are said there.
    private mutating func add(_ mark: FindingMark, by issuer: InstitutionID, at leaf: UInt64) {
        let known = findings[mark.finding]
        let stands = known.map { $0.withdrawn == nil } ?? false
        if !mark.isWithdrawn, !stands {
            findings[mark.finding] = (leaf, issuer, nil)
        } else if mark.isWithdrawn, let known, stands, known.issuer == issuer {
            findings[mark.finding] = (known.leaf, issuer, leaf)
        } else {
            return
        }
        guard let now = findings[mark.finding] else { return }
        map.set(
            .finding(mark.finding),
            [0x83] + LedgerModel.number(now.leaf) + [0x60 | UInt8(issuer.name.utf8.count)]
                + Array(issuer.name.utf8) + (now.withdrawn.map(LedgerModel.number) ?? [0xf6]))
    }

    /// Runs, total, last height, then the roots of the complete subtrees, by the document.
    private static func head(_ runs: [TermRun]) -> [UInt8] {
        let leaves = runs.map { run in
            SHA256.hash(
                [0] + bigEndian(run.height.blocks) + bigEndian(run.totalBefore)
                    + run.entries.flatMap { bigEndian($0.leafIndex) + $0.leafHash.bytes })
        }
        var bytes = bigEndian(UInt64(runs.count))
        bytes += bigEndian(UInt64(runs.reduce(0) { $0 + $1.entries.count }))
        bytes += bigEndian(runs.last?.height.blocks ?? 0)
        var rest = leaves[...]
        for bit in (0..<20).reversed() where leaves.count >> bit & 1 == 1 {
            bytes += MerkleTree.root(of: rest.prefix(1 << bit)).bytes
            rest = rest.dropFirst(1 << bit)
        }
        return bytes
    }

    private static func bigEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> UInt64(56 - 8 * $0)) }
    }

    private static func number(_ number: UInt64) -> [UInt8] {
        var writer = CBORWriter()
        writer.unsigned(number)
        return writer.bytes
    }

    private static func ledger(_ height: Height, _ time: Timestamp) -> [UInt8] {
        var writer = CBORWriter()
        writer.array(2)
        writer.unsigned(height.blocks)
        writer.integer(time.milliseconds)
        return writer.bytes
    }
}
