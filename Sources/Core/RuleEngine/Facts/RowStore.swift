internal import Primitives
internal import Records
internal import RuleLanguage

/// The facts that the engine was given, as words one after another, and where each comes from.
struct RowStore: Sendable {
    /// Where the words of a row begin, and its place on the ledger.
    struct Head: Sendable {
        let leaf: UInt64
        let ordinal: UInt32
        let kind: UInt8
        let start: Int
        /// Where its judgements begin among those of all rows.
        let judgements: Int
    }

    /// What else a place on the ledger says.
    private struct Anchor: Sendable {
        let leafHash: Digest
        let height: Height
    }

    private(set) var words: [Int64] = []
    private(set) var heads: [Head] = []
    private var anchors: [Anchor] = []
    /// Whether rows came in the order of the ledger so far.
    private(set) var isOrdered = true

    var count: Int { heads.count }

    /// Takes a fact, whose judgements begin at a place, and returns the number of its row.
    mutating func add(
        _ fact: AnchoredFact, judgements: Int, _ symbols: inout Symbols
    ) -> Int32 {
        let place = fact.position
        let layout = RowLayout.ofKind[fact.fact.kind.index]
        let start = words.count
        words.makeRoom(for: layout.wordCount)
        heads.makeRoom(for: 1)
        anchors.makeRoom(for: 1)
        var known: UInt64 = 1 << UInt64(layout.anchored.bit) | 1 << UInt64(layout.issuer.bit)
        words.append(0)
        for slot in layout.fields {
            guard let value = fact.fact[slot.bit] else {
                words.append(0)
                if slot.type.wordCount == 2 { words.append(0) }
                continue
            }
            known |= 1 << UInt64(slot.bit)
            append(value, &symbols)
        }
        words.append(place.anchored.milliseconds)
        words.append(0)
        words.append(symbols.text(place.issuer.name))
        words[start] = Int64(bitPattern: known)
        if let last = heads.last,
            (last.leaf, last.ordinal) > (place.leafIndex, place.ordinal)
        {
            isOrdered = false
        }
        heads.append(
            Head(
                leaf: place.leafIndex, ordinal: place.ordinal,
                kind: UInt8(truncatingIfNeeded: fact.fact.kind.index), start: start,
                judgements: judgements))
        anchors.append(Anchor(leafHash: place.leafHash, height: place.height))
        return Int32(truncatingIfNeeded: heads.count - 1)
    }

    /// Takes rows of a segment, of which only the words at these offsets are asked for.
    ///
    /// - Returns: the numbers of the rows here.
    mutating func add(
        kind: Int, _ segment: Segment, _ places: [Int32], offsets: [Int]
    ) -> Range<Int32> {
        let width = RowLayout.ofKind[kind].wordCount
        let (start, first) = (words.count, Int32(truncatingIfNeeded: heads.count))
        words.append(contentsOf: repeatElement(0, count: width * places.count))
        for offset in offsets {
            var target = start + offset
            segment.words[offset].read(places) { _, word in
                words[target] = word
                target += width
            }
        }
        for (number, place) in places.enumerated() {
            let place = Int(place)
            heads.append(
                Head(
                    leaf: UInt64(bitPattern: segment.leaves[place]),
                    ordinal: UInt32(truncatingIfNeeded: segment.ordinals[place]),
                    kind: UInt8(truncatingIfNeeded: kind), start: start + number * width,
                    judgements: 0))
            anchors.append(
                Anchor(
                    leafHash: segment.hashes[place],
                    height: Height(UInt64(bitPattern: segment.heights[place]))))
        }
        return first..<Int32(truncatingIfNeeded: heads.count)
    }

    /// Where one row stands that is written again and again, with nothing known of it yet.
    mutating func addBlank(kind: Int) -> Int {
        let start = words.count
        words += repeatElement(0, count: RowLayout.ofKind[kind].wordCount)
        heads.append(
            Head(
                leaf: 0, ordinal: 0, kind: UInt8(truncatingIfNeeded: kind), start: start,
                judgements: 0))
        anchors.append(Anchor(leafHash: Digest(words: (0, 0, 0, 0)), height: Height(0)))
        return start
    }

    @inline(__always)
    mutating func write(_ word: Int64, at place: Int) { words[place] = word }

    /// The rows as columns; the store is empty afterwards.
    mutating func sealed(kind: Int) -> Segment {
        let width = RowLayout.ofKind[kind].wordCount
        let count = heads.count
        let columns = (0..<width).map { offset in
            Column(heads.map { words[$0.start + offset] })
        }
        let segment = Segment(
            count: count, words: columns,
            leaves: Column(heads.map { Int64(bitPattern: $0.leaf) }),
            ordinals: Column(heads.map { Int64($0.ordinal) }),
            heights: Column(anchors.map { Int64(bitPattern: $0.height.blocks) }),
            hashes: anchors.map(\.leafHash))
        words.removeAll(keepingCapacity: true)
        heads.removeAll(keepingCapacity: true)
        anchors.removeAll(keepingCapacity: true)
        return segment
    }

    private mutating func append(_ value: FactValue, _ symbols: inout Symbols) {
        switch value {
        case .text(let text): words.append(symbols.text(text))
        case .code(let code): words.append(symbols.code(system: code.system, code: code.code))
        case .codes(let codes): words.append(symbols.list(codes))
        case .integer(let integer): words.append(integer)
        case .decimal(let decimal):
            words.append(decimal.coefficient)
            words.append(Int64(decimal.scale))
        case .money(let amount):
            words.append(amount.minorUnits)
            words.append(symbols.text(amount.currency.code))
        case .quantity(let number, let unit):
            words.append(number.coefficient)
            words.append(symbols.text(unit) << 8 | Int64(number.scale))
        case .date(let day): words.append(Int64(day.number))
        case .instant(let time, let zone):
            words.append(time.milliseconds)
            words.append(Int64(zone))
        case .bool(let bool): words.append(bool ? 1 : 0)
        case .id(let id): words.append(symbols.id(id))
        case .institution(let id): words.append(symbols.text(id.name))
        }
    }

    // MARK: - Reading

    func isKnown(_ slot: RowLayout.Slot, of row: Int32) -> Bool {
        isKnown(slot, of: heads[Int(row)])
    }

    func isKnown(_ slot: RowLayout.Slot, of head: Head) -> Bool {
        words[head.start] >> Int64(slot.bit) & 1 != 0
    }

    /// The value of a field by its number, or nil where it is unknown.
    func value(_ number: Int, of row: Int32, _ symbols: Symbols) -> Value? {
        let head = heads[Int(row)]
        guard let slot = RowLayout.ofKind[Int(head.kind)].slot(number), isKnown(slot, of: row)
        else { return nil }
        let word = words[head.start + slot.offset]
        let next = slot.type.wordCount == 2 ? words[head.start + slot.offset + 1] : 0
        switch slot.type {
        case .text: return .text(symbols.texts[Int(word)])
        case .code: return code(word, symbols)
        case .codes:
            return .list(Symbols.places(ofList: word).map { code(symbols.listed[$0], symbols) })
        case .integer: return .integer(word)
        case .decimal: return decimal(word, next).map { .decimal($0) }
        case .money:
            return Currency(symbols.texts[Int(next)]).map {
                .money(Amount(minorUnits: word, currency: $0))
            }
        case .quantity:
            return decimal(word, next & 0xff).map {
                .quantity($0, unit: symbols.texts[Int(next >> 8)])
            }
        case .date: return .date(Day(number: Int32(truncatingIfNeeded: word)))
        case .instant:
            return .instant(
                Timestamp(milliseconds: word), zoneMinutes: Int16(truncatingIfNeeded: next))
        case .bool: return .bool(word != 0)
        case .patient, .practitioner, .claim, .prescription:
            return .id(symbols.ids[Int(word)])
        case .institution:
            return InstitutionID(symbols.texts[Int(word)]).map { .institution($0) }
        }
    }

    private func decimal(_ coefficient: Int64, _ scale: Int64) -> ExactDecimal? {
        ExactDecimal(coefficient: coefficient, scale: UInt8(truncatingIfNeeded: scale))
    }

    private func code(_ symbol: Int64, _ symbols: Symbols) -> Value {
        let parts = symbols.parts(ofCode: symbol)
        return .code(
            system: symbols.texts[Int(parts.system)], code: symbols.texts[Int(parts.code)])
    }

    /// The key number of a field that is kept as such, or nil where it is unknown or otherwise.
    func key(_ number: Int, of row: Int32) -> Int64? {
        let head = heads[Int(row)]
        guard let slot = RowLayout.ofKind[Int(head.kind)].slot(number), slot.isSymbol,
            isKnown(slot, of: row)
        else { return nil }
        return words[head.start + slot.offset]
    }

    /// The key number of a field, or nil where it is unknown or no key.
    func key(_ slot: RowLayout.Slot, of row: Int32, _ symbols: inout Symbols) -> Int64? {
        let head = heads[Int(row)]
        guard isKnown(slot, of: head) else { return nil }
        let word = words[head.start + slot.offset]
        switch slot.type {
        case .text, .code, .patient, .practitioner, .claim, .prescription, .institution:
            return word
        case .integer, .date: return symbols.integer(word)
        default: return nil
        }
    }

    func position(of row: Int32, _ symbols: Symbols) -> LedgerPosition? {
        let head = heads[Int(row)]
        let layout = RowLayout.ofKind[Int(head.kind)]
        let issuer = symbols.texts[Int(words[head.start + layout.issuer.offset])]
        guard let issuer = InstitutionID(issuer) else { return nil }
        let anchor = anchors[Int(row)]
        return LedgerPosition(
            leafIndex: head.leaf, leafHash: anchor.leafHash, ordinal: head.ordinal,
            height: anchor.height,
            anchored: Timestamp(milliseconds: words[head.start + layout.anchored.offset]),
            issuer: issuer)
    }

    func leafHash(of row: Int32) -> Digest { anchors[Int(row)].leafHash }

    /// The rows of a leaf, by their numbers.
    func rows(ofLeaf leaf: UInt64) -> [Int32] {
        guard isOrdered else {
            return heads.indices.filter { heads[$0].leaf == leaf }.map { Int32($0) }
        }
        let first = heads.indices.partitioningIndex { heads[$0].leaf >= leaf }
        return heads[first...].prefix { $0.leaf == leaf }.indices.map { Int32($0) }
    }

    // MARK: - Going back

    struct Mark: Sendable {
        let rows: Int
        let words: Int
        let isOrdered: Bool
    }

    var mark: Mark {
        Mark(rows: heads.count, words: words.count, isOrdered: isOrdered)
    }

    /// Forgets the rows that came after the mark.
    mutating func revert(to mark: Mark) {
        heads.removeSubrange(mark.rows...)
        anchors.removeSubrange(mark.rows...)
        words.removeSubrange(mark.words...)
        isOrdered = mark.isOrdered
    }
}
