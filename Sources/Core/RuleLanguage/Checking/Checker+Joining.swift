/// Windows over facts that stand on rows of several kinds: one for each kind, asked together.
extension Checker {
    /// Checks a window and returns its number: an index, or one past all of them where several
    /// windows are asked together.
    mutating func window(_ phrase: WindowPhrase, name: String) throws(RuleError) -> Int {
        let sources = try sources(Named(phrase.kind, at: phrase.position))
        if sources.count == 1, let source = sources.first {
            return try window(phrase, name: name, over: source)
        }
        // What stands after `where` means the same for all of them.
        if let filter = phrase.filter {
            var probe = self
            try probe.enterRows(of: sources, at: filter.position)
            _ = try probe.check(filter, as: .bool, "what stands after 'where'")
        }
        var parts: [Int] = []
        for source in sources {
            let name = "\(name) (\(schema.kinds[source.kind].name))"
            parts.append(try window(phrase, name: name, over: source))
        }
        joined.append(JoinedWindow(name: phrase.kind, parts: parts))
        return Checker.windowCountMax + joined.count - 1
    }

    /// The windows that a number stands for together; nil where it is the index of one.
    func joined(_ window: Int) -> JoinedWindow? {
        window < Checker.windowCountMax ? nil : joined[window - Checker.windowCountMax]
    }

    /// The indexes of the windows that a number stands for.
    func parts(ofWindow window: Int) -> [Int] { joined(window)?.parts ?? [window] }

    /// A question about the rows of a window.
    func asking(
        _ aggregate: Aggregate, _ window: Int, depth: Int, body: Int?
    ) -> CheckedNode.Operation {
        guard let joined = joined(window) else {
            return .aggregate(aggregate, window: window, depth: depth, body: body)
        }
        return .together(aggregate, windows: joined.parts, depth: depth, body: body)
    }

    /// Lets names stand for what the rows of a window have.
    mutating func enterRows(
        ofWindow window: Int, at position: SourcePosition
    ) throws(RuleError) {
        let sources = parts(ofWindow: window).map {
            RowKind(kind: windows[$0].kind, derivation: windows[$0].derivation)
        }
        try enterRows(of: sources, at: position)
    }
}
