import Cryptography
import Primitives
import Records
import RuleLanguage
import TestSupport

@testable import RuleEngine

/// Facts with every field drawn from few values, so that keys meet, times touch and conditions of
/// the rules at hand are sometimes true.
struct AnyFacts {
    private(set) var random: SplitMix
    private let kinds: [FactKind]
    private let texts: [String]
    private let codes: [Code]
    private static let institutions = ["a", "b"].compactMap { InstitutionID($0) }
    private static let currencies = ["USD", "USD", "USD", "EUR"].compactMap { Currency($0) }

    init(seed: UInt64, rules: [CheckedRule], tables: [KnowledgeTable]) {
        random = SplitMix(seed: seed)
        var kinds: Set<Int> = []
        var texts: Set<String> = ["x", "y"]
        var codes: [Code] = [Code(system: "s", code: "1"), Code(system: "s", code: "2")]
        func note(_ value: Value) {
            switch value {
            case .text(let text): texts.insert(text)
            case .code(let system, let code): codes.append(Code(system: system, code: code))
            case .list(let values): values.forEach(note)
            default: break
            }
        }
        for rule in rules {
            kinds.insert(rule.kind)
            for window in rule.windows { kinds.insert(window.kind) }
            for node in rule.nodes {
                if case .constant(let value) = node.operation { note(value) }
            }
            for table in rule.tables {
                for row in tables[table].rows.prefix(6) { row.keys.forEach(note) }
            }
        }
        self.kinds = kinds.sorted().map { FactKind.allCases[$0] }
        self.texts = texts.sorted()
        self.codes = codes
    }

    mutating func fact(leaf: UInt64) throws -> AnchoredFact {
        let kind = kinds[random.below(kinds.count)]
        var fact = Fact(kind)
        for field in kind.schema.fields where !random.chance(12) {
            try fact.set(field.name, to: value(field.type))
        }
        return AnchoredFact(fact: fact, position: position(leaf))
    }

    func position(_ leaf: UInt64) -> LedgerPosition {
        LedgerPosition(
            leafIndex: leaf, leafHash: SHA256.hash([UInt8(truncatingIfNeeded: leaf)]), ordinal: 0,
            height: Height(leaf), anchored: Timestamp(milliseconds: Int64(leaf) * 1_000),
            issuer: Self.institutions[Int(leaf) % Self.institutions.count])
    }

    mutating func sealedEntry(leaf: UInt64) -> SealedEntry {
        SealedEntry(
            kind: kinds[random.below(kinds.count)],
            patient: random.chance(80) ? id(0) : nil,
            practitioner: random.chance(50) ? id(1) : nil, time: time(), leafIndex: leaf,
            issuer: Self.institutions[random.below(Self.institutions.count)])
    }

    /// A moment of the fifty days in which everything happens, or of the weeks after them.
    mutating func time(weeksAfter: Int = 0) -> Timestamp {
        Timestamp(
            milliseconds: Day(number: 20_000).start.milliseconds
                + Int64(random.below(50 + 7 * weeksAfter)) * 86_400_000
                + Int64(random.below(24)) * 3_600_000)
    }

    mutating func below(_ bound: Int) -> Int { random.below(bound) }
    mutating func chance(_ percent: Int) -> Bool { random.chance(percent) }

    private mutating func id(_ sort: UInt8) -> OpaqueID {
        OpaqueID(prefixOf: SHA256.hash([sort, UInt8(random.below(3))]))
    }

    private mutating func value(_ type: FactType) -> FactValue {
        switch type {
        case .text: return .text(texts[random.below(texts.count)])
        case .code: return .code(codes[random.below(codes.count)])
        case .codes:
            return .codes((0..<random.below(3)).map { _ in codes[random.below(codes.count)] })
        case .integer: return .integer(Int64(random.below(40)) - 2)
        case .decimal: return .decimal(decimal())
        case .money:
            return .money(
                Amount(
                    minorUnits: Int64(random.below(4)) * 5_000,
                    currency: Self.currencies[random.below(Self.currencies.count)]))
        case .quantity: return .quantity(decimal(), unit: random.chance(90) ? "mg" : "mL")
        case .date: return .date(time().day)
        case .instant:
            return .instant(time(), zoneMinutes: random.chance(80) ? 0 : 480)
        case .bool: return .bool(random.chance(50))
        case .patient: return .id(id(0))
        case .practitioner: return .id(id(1))
        case .claim: return .id(id(2))
        case .prescription: return .id(id(3))
        case .institution:
            return .institution(Self.institutions[random.below(Self.institutions.count)])
        }
    }

    private mutating func decimal() -> ExactDecimal {
        ExactDecimal(coefficient: Int64(random.below(200)), scale: UInt8(random.below(2)))
            ?? .zero
    }
}
