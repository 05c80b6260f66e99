internal import Findings
internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// All findings that this node knows of: those that stand, and those open here.
    public func findings() throws(SupervisionError) -> FindingList {
        var items: [FindingList.Item] = []
        var open = rules?.open ?? [:]
        for (id, standing) in try desk.allStanding() {
            let local = open.removeValue(forKey: id)
            var body = local?.body
            if body == nil { body = try statement(of: standing)?.body }
            items.append(
                FindingList.Item(
                    id: id, body: body, isOpen: local != nil, standing: standing))
        }
        items.sort { ($0.standing?.leafIndex ?? 0) < ($1.standing?.leafIndex ?? 0) }
        for finding in open.values.sorted(by: { $0.id < $1.id }) {
            items.append(
                FindingList.Item(
                    id: finding.id, body: finding.body, isOpen: true, standing: nil))
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

    /// Why a rule found it, as a tree in words.
    func explain(_ finding: Digest) throws(SupervisionError) -> String {
        guard let tree = rules?.explain(finding) else { throw .findingNotOpen(finding) }
        return tree
    }

    /// What a finding's bundle is made of, but for the proofs.
    ///
    /// - Throws: ``SupervisionError/findingNotStanding(_:)``,
    ///   ``SupervisionError/findingNotOpen(_:)``, or
    ///   ``SupervisionError/evidenceGone(leafIndex:)`` where a payload was erased.
    func bundleParts(of finding: Digest) throws(SupervisionError) -> BundleParts {
        guard let standing = try desk.standing(finding),
            let entry = try entries.entry(at: standing.leafIndex)?.entry,
            let statement = try statement(of: standing),
            let opened = try payloads.opened(entry)
        else { throw .findingNotStanding(finding) }
        guard let material = rules?.material(of: finding) else { throw .findingNotOpen(finding) }
        let outline: FindingOutline
        do throws(CBORError) {
            outline = try FindingOutline.decode(statement.body)
        } catch {
            throw .malformed(what: "body of the finding", error)
        }
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
            rules: material.rules, tables: material.tables, evidence: evidence)
    }
}
