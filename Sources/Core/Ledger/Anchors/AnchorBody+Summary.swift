public import Records

extension AnchorBody {
    /// What the anchor says, in words; its signatures are not checked here.
    public var summary: String {
        guard let head = try? BlockHeader.decode(header[...]) else {
            return "a head of ledger \(ledger) that cannot be read"
        }
        return "head \(head.height) of ledger \(ledger): \(head.treeSize) entries, "
            + "block \(head.hash)"
    }
}
