internal import Primitives
internal import RuleLanguage

/// What tables and patterns say of each symbol, asked once and kept: rules mostly ask the same of
/// the same drugs, services and practitioners.
struct AnswerMemory: Sendable {
    /// A look-up in a table, of which one key or two vary.
    struct Listing: Sendable {
        let table: KnowledgeTable
        /// The column that is looked up, or nil where it is only asked whether there is a row.
        let column: Int?
        /// The keys that do not vary, by place.
        let constants: [KeyPart?]
        let types: [RuleType]

        func asksAlike(_ other: Listing) -> Bool {
            table.hash == other.table.hash && column == other.column
                && constants == other.constants && types == other.types
        }
    }

    /// A question about a text.
    enum Test: Sendable {
        case startsWith(String)
        case endsWith(String)
        case contains(String)
        case matches(Pattern)
    }

    private struct Row: Sendable {
        let from: Int32
        let to: Int32
        let value: Flat
    }

    private(set) var listings: [Listing] = []
    private var tests: [Test] = []
    /// By listing and symbol: 0 not asked, 1 no row, and from 2 the number of a group of rows.
    private var groupOf: [[Int32]] = []
    private var groupOfPair: [[UInt64: Int32]] = []
    private var groups: [Range<Int>] = []
    private var rows: [Row] = []
    /// By test and symbol: 0 not asked, 1 no, 2 yes.
    private var results: [[UInt8]] = []
    /// By filter and row: 0 not asked, 1 no, 2 yes, 3 not known.
    private var admitted: [[UInt8]] = []
    /// What was asked since the last mark, where one is set.
    private var journal: [(listing: Int, key: UInt64)] = []
    private var filterJournal: [(filter: Int, row: Int32)] = []
    private var testJournal: [(test: Int, place: Int)] = []
    private var journaling = false

    /// How many pairs of keys are kept for one listing before they are asked anew.
    private static let pairCountMax = 1 << 20

    /// The number of a listing; what asks the same has the same.
    mutating func add(_ listing: Listing) -> Int {
        if let known = listings.firstIndex(where: listing.asksAlike) { return known }
        listings.append(listing)
        groupOf.append([])
        groupOfPair.append([:])
        return listings.count - 1
    }

    mutating func add(_ test: Test) -> Int {
        tests.append(test)
        results.append([])
        return tests.count - 1
    }

    mutating func addFilter() -> Int {
        admitted.append([])
        return admitted.count - 1
    }

    // MARK: - Filters

    /// What a filter said of a row: 0 where it was not asked yet.
    @inline(__always)
    func admits(_ filter: Int, _ row: Int32) -> UInt8 {
        Int(row) < admitted[filter].count ? admitted[filter][Int(row)] : 0
    }

    mutating func remember(_ filter: Int, _ row: Int32, _ value: Flat) {
        let count = admitted[filter].count
        if Int(row) >= count {
            admitted[filter] += repeatElement(0, count: max(Int(row) + 1 - count, count))
        }
        if journaling { filterJournal.append((filter, row)) }
        admitted[filter][Int(row)] = value.isKnown ? (value.first != 0 ? 2 : 1) : 3
    }

    // MARK: - Tables

    /// What the listing says of one symbol or two.
    mutating func ask(
        _ listing: Int, _ first: Int64, _ second: Int64?, day: Int64?, _ symbols: inout Symbols
    ) -> Flat {
        let group: Int32
        if let second {
            let pair = UInt64(first) << 32 | UInt64(second)
            if let known = groupOfPair[listing][pair] {
                group = known
            } else {
                if groupOfPair[listing].count >= AnswerMemory.pairCountMax {
                    groupOfPair[listing] = [:]
                }
                group = find(listing, first, second, &symbols)
                groupOfPair[listing][pair] = group
                if journaling { journal.append((listing, pair)) }
            }
        } else {
            let place = Int(first)
            if place >= groupOf[listing].count {
                groupOf[listing] += repeatElement(
                    0, count: max(place + 1 - groupOf[listing].count, groupOf[listing].count))
            }
            if groupOf[listing][place] == 0 {
                groupOf[listing][place] = find(listing, first, nil, &symbols)
                if journaling { journal.append((listing, UInt64(first))) }
            }
            group = groupOf[listing][place]
        }
        return answer(listing, group, day)
    }

    private func answer(_ listing: Int, _ group: Int32, _ day: Int64?) -> Flat {
        let isLookUp = listings[listing].column != nil
        guard group > 1 else { return isLookUp ? .unknown : .no }
        for place in groups[Int(group) - 2] {
            let row = rows[place]
            if let day, day < Int64(row.from) || day > Int64(row.to) { continue }
            return isLookUp ? row.value : .yes
        }
        return isLookUp ? .unknown : .no
    }

    private mutating func find(
        _ number: Int, _ first: Int64, _ second: Int64?, _ symbols: inout Symbols
    ) -> Int32 {
        let listing = listings[number]
        var parts: [KeyPart] = []
        var varying = [first, second].compactMap { $0 }[...]
        for (place, constant) in listing.constants.enumerated() {
            if let constant {
                parts.append(constant)
            } else if let word = varying.popFirst() {
                parts.append(symbols.part(word, listing.types[place]))
            }
        }
        guard let key = TableKey(parts: parts) else { return 1 }
        let candidates = listing.table.candidates(key)
        guard !candidates.isEmpty else { return 1 }
        let start = rows.count
        for candidate in candidates {
            let row = listing.table.rows[Int(candidate)]
            var value = Flat.yes
            if let column = listing.column {
                value = row.values[column].map { symbols.flat($0) } ?? .unknown
            }
            rows.append(
                Row(from: row.from?.number ?? .min, to: row.to?.number ?? .max, value: value))
        }
        groups.append(start..<rows.count)
        return Int32(truncatingIfNeeded: groups.count + 1)
    }

    // MARK: - Texts

    /// What a test says of a text, by its symbol.
    mutating func ask(_ test: Int, text symbol: Int64, _ symbols: Symbols) -> Bool {
        let place = Int(symbol)
        if place >= results[test].count {
            results[test] += repeatElement(
                0, count: max(place + 1 - results[test].count, results[test].count))
        }
        if results[test][place] == 0 {
            if journaling { testJournal.append((test, place)) }
            let text = Value.text(symbols.texts[place])
            let answer: Value =
                switch tests[test] {
                case .startsWith(let part): FunctionMath.call(.startsWith, text, .text(part))
                case .endsWith(let part): FunctionMath.call(.endsWith, text, .text(part))
                case .contains(let part): FunctionMath.call(.containsText, text, .text(part))
                case .matches(let pattern): .bool(pattern.matches(symbols.texts[place]))
                }
            if case .bool(true) = answer {
                results[test][place] = 2
            } else {
                results[test][place] = 1
            }
        }
        return results[test][place] == 2
    }

    // MARK: - Going back

    struct Mark: Sendable {
        let groups: Int
        let rows: Int
    }

    /// From here on notes what is asked, so that it can be forgotten.
    mutating func mark() -> Mark {
        journaling = true
        return Mark(groups: groups.count, rows: rows.count)
    }

    /// Forgets what was asked since the mark.
    mutating func revert(to mark: Mark, symbols: Symbols.Mark, rows rowCount: Int) {
        for (filter, row) in filterJournal where Int(row) >= rowCount {
            admitted[filter][Int(row)] = 0
        }
        filterJournal.removeAll(keepingCapacity: true)
        for (test, place) in testJournal where place >= symbols.texts { results[test][place] = 0 }
        testJournal.removeAll(keepingCapacity: true)
        for (listing, key) in journal {
            if groupOfPair[listing].removeValue(forKey: key) == nil,
                key < UInt64(groupOf[listing].count)
            {
                groupOf[listing][Int(key)] = 0
            }
        }
        journal.removeAll(keepingCapacity: true)
        journaling = false
        groups.removeSubrange(mark.groups...)
        rows.removeSubrange(mark.rows...)
    }
}

extension Symbols {
    /// The key part that a symbol stands for.
    func part(_ word: Int64, _ type: RuleType) -> KeyPart {
        switch type {
        case .text: return .text(ExactText(texts[Int(word)]))
        case .institution: return .institution(ExactText(texts[Int(word)]))
        case .integer: return .integer(integers[Int(word)])
        case .date: return .date(Int32(truncatingIfNeeded: integers[Int(word)]))
        case .code:
            let parts = parts(ofCode: word)
            return .code(
                ExactText(texts[Int(parts.system)]), ExactText(texts[Int(parts.code)]))
        default: return .id(ids[Int(word)])
        }
    }

    /// A value as a program has it; open where programs do not know its type.
    mutating func flat(_ value: Value) -> Flat {
        switch value {
        case .bool(let bool): Flat(bool)
        case .integer(let integer): Flat(integer)
        case .decimal(let decimal): Flat(decimal.coefficient, Int64(decimal.scale))
        case .money(let amount): Flat(amount.minorUnits, text(amount.currency.code))
        case .text(let words): Flat(text(words))
        case .code(let system, let words): Flat(code(system: system, code: words))
        case .date(let day): Flat(Int64(day.number))
        case .instant(let time, let zone): Flat(time.milliseconds, Int64(zone))
        case .period(let days): Flat(days)
        case .duration(let milliseconds): Flat(milliseconds)
        case .id(let name): Flat(id(name))
        case .institution(let name): Flat(text(name.name))
        default: .open
        }
    }
}
