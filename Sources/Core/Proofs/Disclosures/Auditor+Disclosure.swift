internal import Cryptography
internal import Primitives
public import Records

/// Segments that are proved to belong to an anchored version of a record.
public struct ProvenDisclosure: Sendable {
    public let entry: ProvenEntry
    public let record: RecordBody
    /// How many segments the record has, by who discloses; at least as many as are shown.
    public let segmentCount: UInt64
    public let shown: [Disclosure.Shown]
}

extension Auditor {
    /// The segments of a disclosure, once every step has been checked.
    ///
    /// - Throws: ``ProofFailure``, the first step that fails.
    public func verify(_ disclosure: Disclosure) throws(ProofFailure) -> ProvenDisclosure {
        let entry = try verify(disclosure.proof)
        guard entry.entry.kind == .record, case .record(let record) = entry.entry.body else {
            throw ProofFailure(
                .segments, "leaf \(entry.leafIndex) is no record with segments")
        }
        guard !disclosure.shown.isEmpty else {
            throw ProofFailure(.segments, "no segment is shown")
        }
        var last: UInt64?
        for item in disclosure.shown {
            if let last, item.place <= last {
                throw ProofFailure(
                    .segments, "segment \(item.place) stands after segment \(last)")
            }
            last = item.place
            guard item.segment.salt.count == Segment.saltByteCount,
                let place = Int(exactly: item.place)
            else {
                throw ProofFailure(.segments, "segment \(item.place) has no salt")
            }
            try step(.segments) { () throws(CryptographyError) in
                try InclusionProof(
                    leafIndex: item.place, treeSize: disclosure.segmentCount, path: item.path
                ).verify(
                    leafHash: SHA256.leaf(item.segment.leafBytes(at: place)), root: record.root)
            }
        }
        return ProvenDisclosure(
            entry: entry, record: record, segmentCount: disclosure.segmentCount,
            shown: disclosure.shown)
    }
}
