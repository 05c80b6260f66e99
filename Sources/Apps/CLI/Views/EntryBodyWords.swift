internal import Ledger
internal import Primitives
internal import Records

extension EntryBody {
    /// What an entry says in clear, in a line for people.
    var words: String {
        switch self {
        case .link(let link): link.words
        case .source(let source): source.words
        case .void(let void): "numbers \(void.first) to \(void.last) will never come"
        case .credential(let credential): credential.words
        case .notice(let notice): "payload of leaf \(notice.leafIndex): \(notice.problem)"
        case .hold(let hold):
            (hold.isLifted ? "lifts the hold \(hold.hold) on " : "hold \(hold.hold) on ")
                + Self.leaves(hold.leaves)
                + (hold.until.map { " until \($0)" } ?? "") + ": \(hold.ground)"
        case .erasure(let erasure):
            "erased the payload of \(Self.leaves(erasure.leaves)): \(erasure.ground)"
        case .finding(let mark):
            (mark.isWithdrawn ? "withdrawal of finding " : "finding ") + "\(mark.finding)"
        case .evidence(let evidence): "about \(evidence.about): \(evidence.summary)"
        case .governance(.propose(_, let voter)): "a proposal of \(voter.institution)"
        case .governance(.vote(let proposal, let isFor, let voter)):
            "\(voter.institution) is \(isFor ? "for" : "against") proposal \(proposal)"
        case .governance(.attend(let height, _)): "this node has followed up to block \(height)"
        case .statement(let statement):
            "a statement of '\(statement.header.issuer)' about '\(statement.header.subject)'"
        case .anchor(let anchor): "\(anchor.summary)"
        case .record(let record): "version \(record.version), segments under \(record.root)"
        case .case(let step): "case \(step.blindedCase): \(step.step)"
        case .unread(let bytes): "\(bytes.count) bytes of a kind that this version cannot read"
        }
    }
}

extension LinkBody {
    fileprivate var words: String {
        switch relation {
        case .same: "patients \(first) and \(second) are one person"
        case .notSame: "patients \(first) and \(second) are not one person"
        case .provisional: "patient \(first) is provisional, for \(second)"
        }
    }
}

extension EntryBody {
    /// So many leaves, the first ones by number.
    fileprivate static func leaves(_ leaves: [UInt64]) -> String {
        let named = leaves.prefix(8).map(String.init).joined(separator: ", ")
        let rest = leaves.count > 8 ? " and \(leaves.count - 8) more" : ""
        return (leaves.count == 1 ? "leaf " : "leaves ") + named + rest
    }
}

extension SourceBody {
    fileprivate var words: String {
        let numbers = count == 0 ? "" : ", numbers \(firstNumber) to \(lastNumber)"
        let root = logRoot.map { ", its log under \($0)" } ?? ""
        let down = outage.map { ", down from \($0.from) to \($0.to)" } ?? ""
        return "\(system) recorded \(count) events on \(day)" + numbers + root + down
    }
}

extension CredentialBody {
    fileprivate var words: String {
        let place = department.isEmpty ? "" : ", \(department)"
        return (isRevoked ? "revokes credential " : "credential ") + "\(credential), \(role)"
            + "\(place), from \(from) to \(to)"
    }
}
