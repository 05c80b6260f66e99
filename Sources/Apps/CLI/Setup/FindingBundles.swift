internal import Findings
internal import Node
internal import Primitives
internal import Proofs
internal import Supervision

extension Finding {
    /// All that it takes to check a finding again, and the leaf of its entry; the node cuts the
    /// proofs.
    static func bundle(
        of id: Digest, _ client: NodeClient
    ) async throws -> (leaf: UInt64, bundle: FindingBundle) {
        let answer = try await client.desk(DeskRequest.bundle(finding: id).encode())
        let parts = try Desk.read { () throws(SupervisionError) in
            try BundleParts.decode(answer)
        }
        var evidence: [FindingBundle.Evidence] = []
        for item in parts.evidence {
            evidence.append(
                FindingBundle.Evidence(
                    proof: try await proof(of: item.leafIndex, client), payload: item.payload,
                    salt: item.salt))
        }
        let withdrawal: FindingBundle.Withdrawal? =
            if let part = parts.withdrawal {
                FindingBundle.Withdrawal(
                    proof: try await proof(of: part.leafIndex, client),
                    statement: part.statement, salt: part.salt)
            } else {
                nil
            }
        let bundle = FindingBundle(
            proof: try await proof(of: parts.leafIndex, client), statement: parts.statement,
            salt: parts.salt, rules: parts.rules,
            knowledge: parts.tables.map { FindingBundle.Table(name: $0.name, rows: $0.bytes) },
            evidence: evidence, withdrawal: withdrawal, rule: try await rule(of: parts, client))
        return (parts.leafIndex, bundle)
    }

    /// What became of the finding's rule; nil where the finding cannot be read.
    private static func rule(
        of parts: BundleParts, _ client: NodeClient
    ) async throws -> RuleProof? {
        let statement = try FindingStatement.decode(parts.statement)
        guard let outline = try? FindingOutline.decode(statement.body) else { return nil }
        return try RuleProof.decode(try await client.ruleProof(outline.rule))
    }

    /// The proof file of an entry, as the node cuts it.
    static func proof(
        of leaf: UInt64, _ client: NodeClient
    ) async throws -> ProofFile {
        do {
            return try ProofFile.decode(try await client.proof(leaf: leaf))
        } catch let failure as ProofFailure {
            throw Failure(.other, "the node's proof of leaf \(leaf) cannot be read: \(failure)")
        }
    }
}
