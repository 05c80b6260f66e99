internal import Primitives
internal import Records
internal import RuleLanguage

/// A value in two words, whose type the program knows, or that there is none.
///
/// Whole numbers, days, periods and durations stand in the first word, as do texts, codes and ids
/// by their symbols. A decimal has its scale in the second, money its currency, an instant its
/// zone.
struct Flat: Sendable {
    enum State: UInt8, Sendable {
        case known
        /// The evaluation in full would say: unknown.
        case unknown
        /// The program cannot tell; the evaluation in full must.
        case open
        /// Not computed yet.
        case unset
    }

    let first: Int64
    let second: Int64
    let state: State

    @inline(__always)
    init(_ first: Int64, _ second: Int64 = 0) {
        self.first = first
        self.second = second
        state = .known
    }

    @inline(__always)
    private init(_ state: State, _ first: Int64 = 0, _ second: Int64 = 0) {
        self.first = first
        self.second = second
        self.state = state
    }

    static let yes = Flat(1)
    static let no = Flat(0)
    static let unknown = Flat(.unknown)
    static let open = Flat(.open)

    /// Unknown because a window goes on until the day.
    static func open(until day: Int64) -> Flat { Flat(.unknown, day, 1) }

    /// Unknown because a row lacks a field, named by kind and number.
    static func missing(_ field: Int32) -> Flat { Flat(.unknown, Int64(field), 2) }

    /// Why the value is unknown, where the program can tell exactly.
    var cause: Cause? {
        guard state == .unknown else { return nil }
        switch second {
        case 1: return .open(until: Day(number: Int32(truncatingIfNeeded: first)))
        case 2:
            let kind = FactKind.allCases[Int(first >> 16)]
            return .missing(kind: kind.name, field: kind.schema.fields[Int(first & 0xffff)].name)
        default: return nil
        }
    }

    /// Unknown as what it was, but for a reason that lies in a row of a window.
    @inline(__always)
    var inRow: Flat { state == .open ? .open : .unknown }

    static let unset = Flat(.unset)

    @inline(__always)
    init(_ bool: Bool) { self.init(bool ? 1 : 0) }

    @inline(__always)
    var isKnown: Bool { state == .known }
    @inline(__always)
    var isTrue: Bool { state == .known && first != 0 }
    @inline(__always)
    var isFalse: Bool { state == .known && first == 0 }

    /// What two operands give together of which one at least is not known.
    @inline(__always)
    func lacking(_ other: Flat) -> Flat {
        if state == .open || other.state == .open { return .open }
        return state == .unknown ? self : other
    }
}
