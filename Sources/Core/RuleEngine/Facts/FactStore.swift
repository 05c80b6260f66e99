internal import Primitives
internal import Records
internal import RuleLanguage

/// All facts that the engine was given, with the indexes that its windows need.
struct FactStore: Sendable {
    private(set) var rows: [AnchoredFact] = []
    private(set) var indexes: [RowIndex]
    /// Which indexes hold rows of a kind.
    private let indexesOfKind: [[Int]]
    private var symbols: [KeyPart: UInt32] = [:]
    private(set) var sealed = SealedEntries()
    /// The time of the newest block, as far as the engine was told.
    var present = Timestamp(milliseconds: .min)

    init(indexes specifications: [RowIndex.Specification]) {
        indexes = specifications.map { RowIndex(specification: $0) }
        var ofKind = Array(repeating: [Int](), count: FactKind.allCases.count)
        for (number, specification) in specifications.enumerated() {
            ofKind[specification.kind].append(number)
        }
        indexesOfKind = ofKind
    }

    /// Takes a fact and returns the number of its row.
    mutating func add(_ fact: AnchoredFact) -> Int32 {
        let row = Int32(truncatingIfNeeded: rows.count)
        rows.append(fact)
        for index in indexesOfKind[fact.fact.kind.index] {
            let specification = indexes[index].specification
            guard let key = key(specification.keyFields, of: fact) else { continue }
            indexes[index].insert(
                interval(specification, of: fact, row: row), under: key)
        }
        return row
    }

    mutating func add(_ entry: SealedEntry) {
        sealed.add(entry)
    }

    func value(_ number: Int, of row: Int32) -> Value? {
        FactStore.value(number, of: rows[Int(row)])
    }

    static func value(_ number: Int, of row: AnchoredFact) -> Value? {
        if let value = row.fact[number] { return Value(value) }
        switch PlaceField(rawValue: number) {
        case .anchored: return .instant(row.position.anchored, zoneMinutes: 0)
        case .issuer: return .institution(row.position.issuer)
        case nil: return nil
        }
    }

    /// The key of a fact by these fields, or nil where it lacks one of them.
    private mutating func key(_ fields: [Int], of fact: AnchoredFact) -> IndexKey? {
        var key = IndexKey()
        for (place, field) in fields.enumerated() {
            guard let value = FactStore.value(field, of: fact), let part = KeyPart(value) else {
                return nil
            }
            key.set(place, symbol(part))
        }
        return key
    }

    /// The number of a key part, new where it was not seen before.
    mutating func symbol(_ part: KeyPart) -> UInt32 {
        if let known = symbols[part] { return known }
        let new = UInt32(truncatingIfNeeded: symbols.count + 1)
        symbols[part] = new
        return new
    }

    /// The number of a key part, or nil where no row and no rule ever had it.
    func known(_ part: KeyPart) -> UInt32? {
        symbols[part]
    }

    /// When a row begins and ends, in the grains of an index.
    func interval(
        _ specification: RowIndex.Specification, of fact: AnchoredFact, row: Int32
    ) -> IntervalBucket.Item {
        let place = fact.position
        func item(_ low: Int64, _ high: Int64) -> IntervalBucket.Item {
            IntervalBucket.Item(
                low: low, high: high, index: row, leaf: place.leafIndex, ordinal: place.ordinal)
        }
        guard let times = specification.times else { return item(0, 0) }
        guard let first = FactStore.value(times.start, of: fact),
            let start = specification.grain.low(first)
        else { return item(.min, .max) }
        switch times.end {
        case .start: return item(start, specification.grain.high(first) ?? start)
        case .field(let field):
            guard let last = FactStore.value(field, of: fact),
                let end = specification.grain.high(last)
            else { return item(start, .max) }
            return item(start, max(start, end))
        case .days(let field):
            guard case .integer(let days) = FactStore.value(field, of: fact) else {
                return item(start, start)
            }
            let (end, overflow) = start.addingReportingOverflow(max(0, days - 1))
            return item(start, overflow ? .max : end)
        }
    }
}

extension CheckedWindow.Grain {
    private static let dayMilliseconds: Int64 = 86_400_000

    /// The first grain of a date or an instant.
    func low(_ value: Value) -> Int64? {
        switch (self, value) {
        case (.day, _): value.day.map { Int64($0.number) }
        case (.millisecond, .instant(let time, _)): time.milliseconds
        case (.millisecond, .date(let day)):
            Int64(day.number) * CheckedWindow.Grain.dayMilliseconds
        default: nil
        }
    }

    /// The last grain of a date or an instant.
    func high(_ value: Value) -> Int64? {
        if self == .millisecond, case .date = value {
            return low(value).map { $0 + CheckedWindow.Grain.dayMilliseconds - 1 }
        }
        return low(value)
    }

    /// The first millisecond after a grain.
    func end(of grain: Int64) -> Int64 {
        let (next, overflow) = grain.addingReportingOverflow(1)
        if self == .millisecond { return overflow ? .max : next }
        let product = next.multipliedReportingOverflow(by: CheckedWindow.Grain.dayMilliseconds)
        return overflow || product.overflow ? .max : product.partialValue
    }

    /// A day that the grain lies in.
    func day(of grain: Int64) -> Day {
        self == .day
            ? Day(number: Int32(clamping: grain)) : Timestamp(milliseconds: grain).day
    }
}
