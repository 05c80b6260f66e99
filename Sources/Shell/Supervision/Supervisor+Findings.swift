internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// All findings that this node knows of: those that stand, and those open here.
    public func findings() throws(SupervisionError) -> FindingList {
        var items: [FindingList.Item] = []
        for (id, standing) in try desk.allStanding() {
            items.append(
                FindingList.Item(
                    id: id, body: try statement(of: standing)?.body, isOpen: false,
                    standing: standing))
        }
        items.sort { ($0.standing?.leafIndex ?? 0) < ($1.standing?.leafIndex ?? 0) }
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
        throw .findingNotOpen(finding)
    }

    /// What a finding's bundle is made of, but for the proofs.
    func bundleParts(of finding: Digest) throws(SupervisionError) -> BundleParts {
        throw .findingNotOpen(finding)
    }
}
