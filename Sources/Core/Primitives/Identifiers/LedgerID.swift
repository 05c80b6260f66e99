/// Which ledger: the SHA-256 of its genesis bytes.
///
/// It stands in everything that is signed, so that nothing signed for one ledger is valid in
/// another.
public struct LedgerID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let digest: Digest

    public init(_ digest: Digest) {
        self.digest = digest
    }

    public var description: String { digest.description }

    public static func < (left: LedgerID, right: LedgerID) -> Bool {
        left.digest < right.digest
    }
}
