internal import Findings
internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// The findings that this node knows of, after a place: those that stand, in ledger order, then
    /// those that are open here alone, by id.
    func findings(after place: FindingList.Place?) throws(SupervisionError) -> FindingList {
        var items: [FindingList.Item] = []
        var byteCount = 0
        var open = rules?.open ?? [:]
        let standing = try desk.allStanding().sorted { $0.1.leafIndex < $1.1.leafIndex }
        for (id, standing) in standing {
            let local = open.removeValue(forKey: id)
            if case .open = place { continue }
            if case .standing(let leaf) = place, standing.leafIndex <= leaf { continue }
            if byteCount > FindingList.pageByteCount, let last = items.last?.standing {
                return FindingList(items: items, next: .standing(leaf: last.leafIndex))
            }
            var body = local?.body
            if body == nil { body = try statement(of: standing)?.body }
            items.append(
                FindingList.Item(
                    id: id, body: body, isOpen: local != nil, standing: standing))
            byteCount += body?.count ?? 0
        }
        for finding in open.values.sorted(by: { $0.id < $1.id }) {
            if case .open(let last) = place, finding.id <= last { continue }
            if byteCount > FindingList.pageByteCount, let last = items.last {
                let end = last.standing.map { FindingList.Place.standing(leaf: $0.leafIndex) }
                return FindingList(items: items, next: end ?? .open(last.id))
            }
            items.append(
                FindingList.Item(
                    id: finding.id, body: finding.body, isOpen: true, standing: nil))
            byteCount += finding.body.count
        }
        return FindingList(items: items)
    }

    /// The statement of a finding that stands, where this institution may read it.
    func statement(of standing: FindingStanding) throws(SupervisionError) -> FindingStatement? {
        guard let item = try entries.entry(at: standing.leafIndex),
            case .opened(let payload) = try entries.content(of: item),
            payload.mediaType == FindingStatement.mediaType,
            let statement = try? FindingStatement.decode(payload.source)
        else { return nil }
        return statement
    }

    /// The findings that stand and can be read here, with their bodies.
    func standingFindings() throws(SupervisionError) -> [StandingNames.Standing] {
        var found: [StandingNames.Standing] = []
        for (finding, standing) in try desk.allStanding() where standing.withdrawal == nil {
            guard let statement = try statement(of: standing) else { continue }
            found.append((finding, statement.body))
        }
        return found
    }

    /// What a finding's bundle is made of, but for the proofs.
    ///
    /// - Throws: ``SupervisionError/findingNotStanding(_:)``,
    ///   ``SupervisionError/ruleGone(_:)``, or
    ///   ``SupervisionError/evidenceGone(leafIndex:)`` where a payload was erased.
    func bundleParts(of finding: Digest) throws(SupervisionError) -> BundleParts {
        guard let standing = try desk.standing(finding),
            let entry = try entries.entry(at: standing.leafIndex)?.entry,
            let statement = try statement(of: standing),
            let opened = try payloads.opened(entry)
        else { throw .findingNotStanding(finding) }
        let outline: FindingOutline
        do throws(CBORError) {
            outline = try FindingOutline.decode(statement.body)
        } catch {
            throw .malformed(what: "body of the finding", error)
        }
        guard let material = rules?.material(of: outline) else { throw .ruleGone(finding) }
        var evidence: [BundleParts.Evidence] = []
        for leaf in outline.leaves {
            guard let item = try entries.entry(at: leaf),
                let opened = try payloads.opened(item.entry)
            else { throw .evidenceGone(leafIndex: leaf) }
            evidence.append(
                BundleParts.Evidence(
                    leafIndex: leaf, payload: opened.payload, salt: opened.salt))
        }
        return BundleParts(
            leafIndex: standing.leafIndex, statement: statement.encode(), salt: opened.salt,
            rules: material.rules, tables: material.tables, evidence: evidence,
            withdrawal: try withdrawalPart(of: standing))
    }

    /// The opened entry that withdrew a finding; nil while the finding stands.
    private func withdrawalPart(
        of standing: FindingStanding
    ) throws(SupervisionError) -> BundleParts.Withdrawal? {
        guard let withdrawal = standing.withdrawal else { return nil }
        guard let entry = try entries.entry(at: withdrawal.leafIndex)?.entry,
            let statement = try withdrawalStatement(of: standing),
            let opened = try payloads.opened(entry)
        else { throw .evidenceGone(leafIndex: withdrawal.leafIndex) }
        return BundleParts.Withdrawal(
            leafIndex: withdrawal.leafIndex, statement: statement.encode(), salt: opened.salt)
    }
}
