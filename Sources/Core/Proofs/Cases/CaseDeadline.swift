public import Primitives
public import Records

/// The term for an appeal that a notice sets, and whether those noticed kept it.
///
/// What counts is when an appeal was anchored, not when it says that it was written.
public struct CaseDeadline: Hashable, Sendable {
    /// The leaf of the notice.
    public let notice: UInt64
    /// When the notice was anchored, where that is known.
    public let noticed: Timestamp?
    /// The last day for an appeal.
    public let answerBy: Day
    /// In ledger order.
    public let appeals: [Appeal]

    public struct Appeal: Hashable, Sendable {
        public let leaf: UInt64
        public let issuer: InstitutionID
        /// When it was anchored, where that is known.
        public let anchored: Timestamp?
        /// Whether that was by the last day; nil where it is not known when it was.
        public let isInTime: Bool?
    }

    /// A step of a case, with what hangs on its time.
    public struct Step: Sendable {
        let leaf: UInt64
        let issuer: InstitutionID
        let body: CaseBody
        let anchored: Timestamp?

        public init(
            leaf: UInt64, issuer: InstitutionID, body: CaseBody, anchored: Timestamp?
        ) {
            self.leaf = leaf
            self.issuer = issuer
            self.body = body
            self.anchored = anchored
        }
    }

    /// The terms that the notices among these steps of one case set.
    public static func all(of steps: [Step]) -> [CaseDeadline] {
        steps.compactMap { notice in
            guard case .noticed(let opening) = notice.body.step, let day = opening.answerBy
            else { return nil }
            let appeals = steps.filter { $0.body.isAppeal && $0.body.previous == notice.leaf }
            return CaseDeadline(
                notice: notice.leaf, noticed: notice.anchored, answerBy: day,
                appeals: appeals.map { step in
                    Appeal(
                        leaf: step.leaf, issuer: step.issuer, anchored: step.anchored,
                        isInTime: step.anchored.map { $0.day <= day })
                })
        }
    }

    /// Whether the term still runs on a day.
    public func runs(on day: Day) -> Bool { day <= answerBy }
}
