public import Records

/// Facts by kind and field: what a sweep reads, a quarter of the size of rows.
///
/// A value: built once, then read by as many threads as there are.
public struct FactColumns: Sendable {
    private(set) var ofKind: [[Segment]]
    /// The last rows of each kind, until they make up a segment.
    private var growing: [RowStore]
    var symbols = Symbols()
    /// By kind and field, how often the most frequent symbol occurs; -1 where no field is a key.
    private(set) var mostFrequent: [[Int]]
    /// How many facts there are.
    public private(set) var count = 0

    public init() {
        ofKind = FactKind.allCases.map { _ in [] }
        growing = FactKind.allCases.map { _ in RowStore() }
        mostFrequent = FactKind.allCases.map { kind in kind.schema.fields.map { _ in -1 } }
    }

    /// Facts that are all there already.
    public init(_ facts: some Sequence<AnchoredFact>) {
        self.init()
        for fact in facts { add(fact) }
        finish()
    }

    /// Takes a fact; facts come in the order of the ledger.
    public mutating func add(_ fact: AnchoredFact) {
        let kind = fact.fact.kind.index
        _ = growing[kind].add(fact, judgements: 0, &symbols)
        count += 1
        if growing[kind].count == Segment.rowCountMax { seal(kind) }
    }

    /// Puts what is left into columns; to be called once, after the last fact.
    public mutating func finish() {
        for kind in growing.indices where growing[kind].count > 0 { seal(kind) }
        growing = FactKind.allCases.map { _ in RowStore() }
        for kind in ofKind.indices { count(kind) }
    }

    /// How many bytes the columns take, without the symbols.
    public var byteCount: Int {
        ofKind.reduce(0) { $1.reduce($0) { $0 + $1.byteCount } }
    }

    private mutating func seal(_ kind: Int) {
        ofKind[kind].append(growing[kind].sealed(kind: kind))
    }

    /// How many rows of a kind there are.
    func rowCount(_ kind: Int) -> Int {
        ofKind[kind].last.map { (ofKind[kind].count - 1) << Segment.power + $0.count } ?? 0
    }

    /// Notes how often the most frequent symbol of each field occurs, which bounds how many rows
    /// any key has.
    private mutating func count(_ kind: Int) {
        for (number, slot) in RowLayout.ofKind[kind].fields.enumerated() where slot.isSymbol {
            var counts: [Int32] = []
            for segment in ofKind[kind] {
                let column = segment.words[slot.offset]
                for place in 0..<segment.count where segment.isKnown(slot, place) {
                    let symbol = Int(column[place])
                    if symbol >= counts.count {
                        counts += repeatElement(
                            0, count: max(symbol + 1 - counts.count, counts.count))
                    }
                    counts[symbol] += 1
                }
            }
            mostFrequent[kind][number] = Int(counts.max() ?? 0)
        }
    }
}

extension Segment {
    @inline(__always)
    func isKnown(_ slot: RowLayout.Slot, _ place: Int) -> Bool {
        words[0][place] >> Int64(slot.bit) & 1 != 0
    }
}

extension RowLayout.Slot {
    /// Whether the word is the number of a symbol.
    var isSymbol: Bool {
        switch type {
        case .text, .code, .patient, .practitioner, .institution, .claim, .prescription: true
        default: false
        }
    }
}
