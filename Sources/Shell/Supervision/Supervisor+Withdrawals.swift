internal import Findings
internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// The withdrawals of this institution's findings that its rules do not have open any more.
    ///
    /// Only where it is sure: the rules have taken in at least what they had when they found, the
    /// same rule runs with the same tables, all that the finding rests on can still be opened, and
    /// the rule gives an answer. Else the finding stays.
    func withdrawals(_ rules: RuleHost) throws(SupervisionError) -> [Submission] {
        var submissions: [Submission] = []
        for finding in press.unsettled.sorted() where rules.open[finding] == nil {
            guard let standing = desk.own[finding] else {
                press.settle(finding)
                continue
            }
            guard !press.hasWithdrawn(finding, standing),
                let statement = try statement(of: standing),
                statement.height <= rules.asOf.height,
                let outline = try? FindingOutline.decode(statement.body),
                case .closed(let looked, let reason) = rules.outlook(of: outline, finding),
                try canOpen(outline.leaves)
            else { continue }
            let withdrawal = press.withdrawal(
                of: finding, standing, causes: try newer(looked, than: statement.height),
                reason: reason, asOf: rules.asOf,
                recipients: try entries.entry(at: standing.leafIndex)?.entry.recipients ?? [],
                members: members)
            if let withdrawal { submissions.append(withdrawal) }
        }
        return submissions
    }

    /// Whether every one of these entries can still be opened here.
    private func canOpen(_ leaves: [UInt64]) throws(SupervisionError) -> Bool {
        for leaf in leaves {
            guard let item = try entries.entry(at: leaf),
                case .opened = try entries.content(of: item)
            else { return false }
        }
        return true
    }

    /// Those of the leaves that were anchored after a height.
    private func newer(
        _ leaves: [UInt64], than height: Height
    ) throws(SupervisionError) -> [UInt64] {
        var newer: [UInt64] = []
        for leaf in leaves {
            if let item = try entries.entry(at: leaf), item.height > height { newer.append(leaf) }
        }
        return newer
    }

    /// The statement of a finding's withdrawal, where this institution may read it.
    func withdrawalStatement(
        of standing: FindingStanding
    ) throws(SupervisionError) -> WithdrawalStatement? {
        guard let withdrawal = standing.withdrawal,
            let item = try entries.entry(at: withdrawal.leafIndex),
            case .opened(let payload) = try entries.content(of: item),
            payload.mediaType == WithdrawalStatement.mediaType,
            let statement = try? WithdrawalStatement.decode(payload.source)
        else { return nil }
        return statement
    }

    /// What a finding said that is not open here, and why it was withdrawn where it was.
    ///
    /// - Throws: ``SupervisionError/findingNotOpen(_:)`` where nothing of it can be read here.
    func explainClosed(_ finding: Digest) throws(SupervisionError) -> String {
        guard let standing = try desk.standing(finding),
            let statement = try statement(of: standing),
            let outline = try? FindingOutline.decode(statement.body)
        else { throw .findingNotOpen(finding) }
        var lines = [
            "\(outline.rule), as of block \(statement.height) by \(standing.issuer), "
                + "leaf \(standing.leafIndex):",
            "  \(outline.reason)",
            "  resting on leaves \(list(outline.leaves))",
        ]
        lines += outline.exceptions.map { exception in
            let gave = exception.held.map { $0 ? "held" : "did not hold" } ?? "was unknown"
            return "  except \(exception.name): \(gave)"
        }
        guard let withdrawal = standing.withdrawal else {
            return (lines + ["", "This node's rules do not have it open now; it stands."])
                .joined(separator: "\n")
        }
        lines += ["", "WITHDRAWN at leaf \(withdrawal.leafIndex), block \(withdrawal.height)."]
        guard let why = try withdrawalStatement(of: standing) else {
            return (lines + ["Why is not sealed to this institution."]).joined(separator: "\n")
        }
        lines.append(
            why.causes.isEmpty
                ? "Nothing new was read: time has passed, as of block \(why.height)."
                : "What came later, as of block \(why.height): leaves \(list(why.causes)).")
        return (lines + ["What the rule says since:", "", why.reason]).joined(separator: "\n")
    }

    private func list(_ leaves: [UInt64]) -> String {
        leaves.map(String.init).joined(separator: ", ")
    }
}
