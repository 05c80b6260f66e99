public import Consensus
public import Primitives

/// Why a block stands, and what a restart after it must read: the row of kind 7 beside a block's.
public struct CommitRow: Sendable {
    public let commit: CommitProof
    /// The lowest height whose changes and chunk rows a restart needs.
    public let stateRowsFrom: Height

    public init(commit: CommitProof, stateRowsFrom: Height) {
        self.commit = commit
        self.stateRowsFrom = stateRowsFrom
    }

    /// `[1, commit-proof, height]` (`docs/formats/log.md`).
    public var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: 1_024)
        writer.array(3)
        writer.unsigned(1)
        commit.write(to: &writer)
        writer.unsigned(stateRowsFrom.blocks)
        return writer.bytes
    }

    /// Reads what ``encoded`` gave; whether the proof holds is not asked here.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> CommitRow {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 3)
        try reader.version(1)
        let commit = try CommitProof.read(from: &reader).claimed
        let row = CommitRow(commit: commit, stateRowsFrom: Height(try reader.unsigned()))
        try reader.finish()
        return row
    }
}
