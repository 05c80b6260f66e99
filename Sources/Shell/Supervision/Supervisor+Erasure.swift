internal import Findings
internal import Primitives
internal import Proofs
internal import Records

extension Supervisor {
    /// Destroys the keys and salts of entries' payloads here, and certifies it.
    ///
    /// That it is begun is on the disk first, so that after a crash it is carried out to its end
    /// and certified once. The rules begin anew without what was erased. What is erased here
    /// already is not certified twice: the answer says by which certificate.
    ///
    /// - Throws: ``SupervisionError/held(leafIndex:by:)`` where a hold is against it, or a finding
    ///   that stands, which may be what is to be erased, or what a case was given has a copy;
    ///   ``SupervisionError/nothingToErase(leafIndex:)``;
    ///   ``SupervisionError/noPayload(leafIndex:isThere:)``. Nothing is erased then.
    func erase(
        _ leaves: [UInt64], ground: String, at now: Timestamp
    ) throws(SupervisionError) -> DeskReply {
        let all = Set(leaves).sorted()
        let begun = try erasures.begunLeaves()
        var done: [String] = []
        var wanted: [UInt64] = []
        for leaf in all {
            if let words = try erasedBefore(leaf, begun) {
                done.append(words)
            } else {
                wanted.append(leaf)
            }
        }
        guard !wanted.isEmpty else {
            return DeskReply(Array(done.joined(separator: "\n").utf8))
        }
        for leaf in wanted { try checkErasable(leaf, at: now) }
        for (finding, standing) in try desk.allStanding() where standing.withdrawal == nil {
            // Without it nobody could tell what it rests on.
            if wanted.contains(standing.leafIndex) {
                throw .held(
                    leafIndex: standing.leafIndex, by: "it is finding \(finding), which stands")
            }
            guard let statement = try statement(of: standing),
                let outline = try? FindingOutline.decode(statement.body),
                let leaf = outline.leaves.first(where: wanted.contains)
            else { continue }
            throw .held(leafIndex: leaf, by: "finding \(finding) rests on it and stands")
        }
        try checkCopies(of: wanted)
        let body = ErasureBody(leaves: wanted, ground: ground)
        let certificate = try carryOut(try erasures.begin(body, at: now))
        let names = wanted.map { "\($0)" }.joined(separator: ", ")
        let words =
            wanted.count == 1
            ? "erased here: the payload of leaf \(names); the certificate is on its way"
            : "erased here: the payloads of leaves \(names); one certificate is on its way"
        return DeskReply(
            Array(([words] + done).joined(separator: "\n").utf8), first: [certificate])
    }

    /// What to say of a payload that was erased here before; nil where it was not.
    private func erasedBefore(
        _ leaf: UInt64, _ begun: Set<UInt64>
    ) throws(SupervisionError) -> String? {
        guard let item = try entries.entry(at: leaf), case .erased = try entries.content(of: item)
        else { return nil }
        if let certificate = try erasures.certificates(of: leaf)[institution] {
            return "leaf \(leaf) is erased here already, certified at leaf \(certificate)"
        }
        guard begun.contains(leaf) else { return nil }
        return "leaf \(leaf) is erased here already, and its certificate is on its way"
    }

    private func noPayload(_ leaf: UInt64) throws(SupervisionError) -> SupervisionError {
        .noPayload(leafIndex: leaf, isThere: try entries.entry(at: leaf) != nil)
    }

    private func checkErasable(_ leaf: UInt64, at now: Timestamp) throws(SupervisionError) {
        guard let item = try entries.entry(at: leaf), item.entry.commitment != nil else {
            throw try noPayload(leaf)
        }
        switch try entries.content(of: item) {
        case .opened, .mismatched, .erased: break
        default: throw .nothingToErase(leafIndex: leaf)
        }
        for hold in try erasures.holds(on: leaf) where hold.stands(on: now.day) {
            throw .held(leafIndex: leaf, by: "\(hold.issuer) holds it: \(hold.ground)")
        }
    }

    /// Destroys what is left to destroy of an erasure, and gives its certificate.
    private func carryOut(_ pending: ErasureDesk.Pending) throws(SupervisionError) -> Submission {
        var left: [Entry] = []
        var patients: Set<Subject> = []
        for leaf in pending.body.leaves {
            guard let item = try entries.entry(at: leaf) else { continue }
            for case .patient(let id) in item.entry.subjects { patients.insert(.patient(id)) }
            if case .erased = try entries.content(of: item) { continue }
            left.append(item.entry)
        }
        if !left.isEmpty {
            try payloads.erase(left)
            rules?.beginAnew()
        }
        return erasures.certificate(
            of: pending, patients: Array(patients.sorted().prefix(Entry.subjectCountMax)))
    }

    /// The certificates of erasures that a crash interrupted.
    func interruptedErasures() throws(SupervisionError) -> [Submission] {
        try erasures.pending().map { (pending) throws(SupervisionError) in
            try carryOut(pending)
        }
    }

    /// Who of the holders of an entry's payload has erased it, and what stands against it.
    ///
    /// - Throws: ``SupervisionError/noPayload(leafIndex:isThere:)``.
    func erasureStatus(
        of leaf: UInt64, at now: Timestamp
    ) throws(SupervisionError) -> ErasureStatus {
        guard let item = try entries.entry(at: leaf), item.entry.commitment != nil else {
            throw try noPayload(leaf)
        }
        let certificates = try erasures.certificates(of: leaf)
        return ErasureStatus(
            leafIndex: leaf,
            holders: item.entry.recipients.map {
                ErasureStatus.Holder(institution: $0, certificate: certificates[$0])
            },
            holds: try erasures.holds(on: leaf).filter { $0.stands(on: now.day) }.map {
                ErasureStatus.Hold(hold: $0.hold, issuer: $0.issuer, ground: $0.ground)
            })
    }
}
