public import Primitives

/// Which institutions follow the ledger: the last height at which each was seen to.
///
/// A validator is seen by its signature in a commit proof that a block carries, a learner by the
/// entry in which it names a milestone.
public struct Attendance: Hashable, Sendable {
    /// By id, increasing.
    private var seen: [(id: InstitutionID, height: Height)] = []

    /// Who was seen within so many heights is live.
    public static let heightsMax: UInt64 = 100

    init() {}

    /// The last height at which the institution was seen; nil where it never was.
    public func lastSeen(_ id: InstitutionID) -> Height? {
        index(of: id).map { seen[$0].height }
    }

    /// Whether the institution was seen lately; in the first heights everybody counts as live.
    public func isLive(_ id: InstitutionID, at height: Height) -> Bool {
        let last = lastSeen(id) ?? .genesis
        return last.blocks + Attendance.heightsMax >= height.blocks
    }

    mutating func note(_ id: InstitutionID, at height: Height) {
        if let index = index(of: id) {
            seen[index].height = max(seen[index].height, height)
        } else {
            seen.append((id, height))
            seen.sort { $0.id < $1.id }
        }
    }

    mutating func forget(_ id: InstitutionID) {
        seen.removeAll { $0.id == id }
    }

    private func index(of id: InstitutionID) -> Int? {
        seen.firstIndex { $0.id == id }
    }

    public static func == (left: Attendance, right: Attendance) -> Bool {
        left.seen.elementsEqual(right.seen) { $0 == $1 }
    }

    public func hash(into hasher: inout Hasher) {
        for (id, height) in seen {
            hasher.combine(id)
            hasher.combine(height)
        }
    }
}

extension Attendance {
    /// `[* [institution-id, height]]`.
    func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 8 + 40 * seen.count)
        writer.array(seen.count)
        for (id, height) in seen {
            writer.array(2)
            writer.institution(id)
            writer.unsigned(height.blocks)
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(LedgerError) -> Attendance {
        try reading("attendance", bytes[...]) { reader throws(CBORError) in
            var attendance = Attendance()
            for _ in 0..<(try reader.array(atMost: Genesis.institutionCountMax)) {
                try reader.array(exactly: 2)
                attendance.seen.append((try reader.institution(), try reader.height()))
            }
            return attendance
        }
    }
}
