internal import Findings
public import Primitives
internal import Storage

extension PayloadStore {
    /// Puts a mismatch into `group`.
    func add(_ mismatch: Mismatch, to group: inout WriteGroup) {
        group.put(mismatch.key, mismatch.row)
    }

    /// The first reason that was kept against a payload, or nil.
    func mismatch(of name: PayloadName) throws(SupervisionError) -> Mismatch.Reason? {
        var found: Mismatch.Reason?
        try scanMismatches(prefix: name.commitment.bytes) {
            (mismatch) throws(SupervisionError) in
            guard mismatch.issuer == name.issuer else { return true }
            found = mismatch.reason
            return false
        }
        return found
    }

    /// Payloads that were not what their entries say, by commitment.
    public func mismatches() throws(SupervisionError) -> [Mismatch] {
        var all: [Mismatch] = []
        try scanMismatches(prefix: []) { (mismatch) throws(SupervisionError) in
            all.append(mismatch)
            return true
        }
        return all
    }

    private func scanMismatches(
        prefix: [UInt8], _ body: (Mismatch) throws(SupervisionError) -> Bool
    ) throws(SupervisionError) {
        try database.scan(.mismatch, prefix: prefix, wrap: SupervisionError.storage) {
            (key, row) throws(SupervisionError) in
            try body(try Mismatch(key: key, row: row))
        }
    }

    /// Leaf indexes of entries whose payload has not come, oldest first, at most `limit`.
    public func awaitedLeaves(limit: Int = 10_000) throws(SupervisionError) -> [UInt64] {
        var leaves: [UInt64] = []
        try database.scan(.awaited, wrap: SupervisionError.storage) {
            (key, _) throws(SupervisionError) in
            guard let leaf = key.bigEndianNumber else {
                throw .damaged(table: "awaited", key: key)
            }
            leaves.append(leaf)
            return leaves.count < limit
        }
        return leaves
    }

    /// Commitments of own payloads that were sealed and never committed under an entry.
    ///
    /// A crash between sealing and numbering leaves them; so does an outbox that still waits.
    public func orphans() throws(SupervisionError) -> [Digest] {
        var found: [Digest] = []
        let own = Array(institution.name.utf8)
        try database.scan(.limbo, wrap: SupervisionError.storage) {
            (key, _) throws(SupervisionError) in
            if key.dropFirst(Digest.byteCount).elementsEqual(own),
                let commitment = Digest(Array(key.prefix(Digest.byteCount)))
            {
                found.append(commitment)
            }
            return true
        }
        return found
    }
}

extension Mismatch.Reason {
    init(_ problem: PayloadProblem) {
        switch problem {
        case .commitment: self = .commitment
        case .format: self = .format
        case .kind: self = .kind
        case .subject: self = .patient
        case .segments: self = .segments
        }
    }
}
