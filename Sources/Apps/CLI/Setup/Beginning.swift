/// Things named by the beginnings of their ids: of those that begin so there must be one.
enum Beginning {
    /// The only one of those that were found.
    ///
    /// - Parameters:
    ///   - found: those whose ids begin so.
    ///   - prefix: the beginning, as it was given.
    ///   - kind: what one of them is called, and several, such as ("case", "cases").
    ///   - lists: the command that lists all there are.
    ///   - id: the whole id of one.
    /// - Returns: the one that was found.
    /// - Throws: `Failure` where there is none, or more than one.
    static func one<Item>(
        of found: [Item], _ prefix: String, _ kind: (one: String, many: String), lists: String,
        id: (Item) -> String
    ) throws(Failure) -> Item {
        guard let first = found.first else {
            throw Failure(
                .refused, "no \(kind.one) begins with '\(prefix)'; `\(lists)` lists them")
        }
        guard found.count == 1 else {
            let ids = found.prefix(3).map { id($0).prefix(16) + "…" }.joined(separator: ", ")
            throw Failure(
                .refused,
                "\(found.count) \(kind.many) begin with '\(prefix)', such as \(ids): say more "
                    + "of it")
        }
        return first
    }
}
