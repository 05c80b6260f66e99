public import Primitives

/// Why a step of a case has no effect.
///
/// It is ordered like any other entry, since its number is taken, and may have come too late. Nodes
/// ask before they take a submission.
public enum CaseRefusal: Error, Equatable, Sendable {
    /// Only regulators, insurers and auditors have cases.
    case issuer(InstitutionKind?)
    /// The issuer has no such case.
    case notOpen(OpaqueID, InstitutionID)
    case openAlready(OpaqueID, leaf: UInt64)
    case closed(OpaqueID, leaf: UInt64)
    /// The step does not follow the last one.
    case previous(found: UInt64?, right: UInt64?)
    /// A notice names no last day for an appeal, or one that is too early.
    case term(found: Day?, earliest: Day)
    /// The parameters set no term for appeals: there are none.
    case noAppeals
    /// Appeals stand beside the steps of a case.
    case appeal
}

extension CaseRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .issuer(let kind):
            "cases are of regulators, insurers and auditors; the issuer is "
                + (kind.map { "a \($0.name)" } ?? "nobody known")
        case .notOpen(let id, let issuer): "\(issuer) has no case \(id)"
        case .openAlready(let id, let leaf): "case \(id) is open already, since leaf \(leaf)"
        case .closed(let id, let leaf): "case \(id) is closed, by leaf \(leaf)"
        case .previous(let found, let right):
            "the step follows \(CaseRefusal.words(found)); right would be "
                + CaseRefusal.words(right)
        case .term(let found, let earliest):
            "the last day for an answer is \(found.map(\.description) ?? "not named"); the ledger "
                + "gives whoever is noticed until \(earliest) at least"
        case .noAppeals: "the ledger's parameters set no term for appeals: there are none"
        case .appeal: "an appeal is no step of the institution whose case it is"
        }
    }

    private static func words(_ leaf: UInt64?) -> String {
        leaf.map { "leaf \($0)" } ?? "none"
    }
}
