internal import Findings
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Supervision

extension Finding {
    /// All that it takes to check a finding again, and the leaf of its entry; the node cuts the
    /// proofs, and last of all that of how the ledger has it.
    private static func bundle(
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
        let outline = try outline(of: parts)
        var rule: RuleProof?
        if let outline {
            rule = try RuleProof.decode(try await client.ruleProof(outline.rule))
        }
        let bundle = FindingBundle(
            proof: try await proof(of: parts.leafIndex, client), statement: parts.statement,
            salt: parts.salt, rules: parts.rules,
            knowledge: parts.tables.map { FindingBundle.Table(name: $0.name, rows: $0.bytes) },
            evidence: evidence, withdrawal: withdrawal,
            rule: rule,
            tables: try await tables(outline?.tables ?? [], client),
            standing: try StandingProof.decode(try await client.findingStanding(id)))
        return (parts.leafIndex, bundle)
    }

    /// The same, once what the node says has been checked, and that it is of this finding.
    ///
    /// Whether its rule finds it again is left to `custos verify`: one that does not is what
    /// whoever is accused wants to show.
    static func provenBundle(
        of id: Digest, _ auditor: NodeAuditor, _ client: NodeClient
    ) async throws -> (leaf: UInt64, bundle: FindingBundle) {
        try await NodeAuditor.checking {
            let (leaf, bundle) = try await bundle(of: id, client)
            let proven = try await auditor.auditor(underAll: bundle.headers, client)
                .verify(bundle)
            guard proven.statement.finding == id else {
                throw ProofFailure(
                    .statement,
                    "the bundle is of finding \(proven.statement.finding); asked for was \(id)")
            }
            if let standing = bundle.standing {
                try auditor.check(standing, isAsNewAs: bundle.headers, at: .withdrawal)
            }
            return (leaf, bundle)
        }
    }

    /// What the finding says; nil where it cannot be read.
    private static func outline(of parts: BundleParts) throws -> FindingOutline? {
        let statement = try FindingStatement.decode(parts.statement)
        return try? FindingOutline.decode(statement.body)
    }

    /// What became of each of the tables that a finding read.
    private static func tables(
        _ tables: [FindingOutline.Table], _ client: NodeClient
    ) async throws -> [TableProof] {
        var proofs: [TableProof] = []
        for table in tables {
            proofs.append(try TableProof.decode(try await client.tableProof(table.name)))
        }
        return proofs
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

extension FindingBundle {
    /// The headers under which its parts are proved.
    var headers: [BlockHeader] { heads.map(\.header) }
}
