internal import Primitives
internal import Proofs

/// A term for an appeal as a person or a program reads it.
struct CaseDeadlineView: Encodable {
    /// The leaf of the notice that set it.
    let notice: UInt64
    let noticed: String?
    let answerBy: String
    /// Whether it still runs on the day of the report.
    let runs: Bool
    let appeals: [Appeal]

    struct Appeal: Encodable {
        let leaf: UInt64
        let issuer: String
        let anchored: String?
        let isInTime: Bool?
    }

    init(_ deadline: CaseDeadline, asOf day: Day) {
        notice = deadline.notice
        noticed = deadline.noticed?.description
        answerBy = deadline.answerBy.description
        runs = deadline.runs(on: day)
        appeals = deadline.appeals.map {
            Appeal(
                leaf: $0.leaf, issuer: $0.issuer.name, anchored: $0.anchored?.description,
                isInTime: $0.isInTime)
        }
    }

    var lines: [String] {
        var lines = [
            "term of the notice at leaf \(notice): until \(answerBy), "
                + (runs ? "it runs" : "it is over")
        ]
        if let noticed { lines.append("  noticed     \(noticed)") }
        for appeal in appeals {
            let word =
                switch appeal.isInTime {
                case true?: "in time"
                case false?: "too late"
                case nil: "when is not shown"
                }
            lines.append(
                "  appealed    by \(appeal.issuer), leaf \(appeal.leaf), "
                    + "\(appeal.anchored ?? "time unknown"): \(word)")
        }
        if appeals.isEmpty { lines.append("  appealed    by nobody") }
        return lines
    }
}
