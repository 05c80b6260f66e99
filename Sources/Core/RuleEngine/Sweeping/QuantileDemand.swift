internal import Primitives
internal import RuleLanguage

/// What a condition asks of a quantile of a window: that a value of the judged row is more than so
/// many times as much.
///
/// Windows hold some of the rows under a key, and at least so many, so that no quantile lies below
/// the value of a certain rank among all of the key: a row that is not even so many times that one
/// is no finding, whatever its window holds. One look at the values of a key spares a look at
/// nearly every window of it.
struct QuantileDemand: Sendable {
    let window: Int
    private let judged: StepUse.Field
    private let asked: StepUse.Field
    /// Whether values are amounts, which are compared in minor units of one currency.
    private let isMoney: Bool
    private let symbol: BinaryOperator
    private let times: Ratio
    /// The rank among the values of a key, from 0.
    private let rank: Int

    /// Nil where the step asks nothing of the kind.
    init?(_ step: Int32, _ program: Program, _ others: [WindowDemand]) {
        guard
            case .compareQuotients(let symbol, let a, let b, let c, let d) =
                program.resolved(step),
            symbol == .greater || symbol == .greaterOrEqual, b >= 0,
            let over = program.constant(c), let under = d < 0 ? Flat(1) : program.constant(d),
            over.first >= 0, let times = FlatMath.quotient(over, under)
        else { return nil }
        var sides = (a, b)
        isMoney = program.isMinorUnits(a)
        if case .minorUnits(let amount, _) = program.resolved(a) { sides.0 = amount }
        if case .minorUnits(let amount, _) = program.resolved(b) { sides.1 = amount }
        guard program.isMinorUnits(b) == isMoney,
            let judged = program.field(sides.0, depth: 0),
            case .aggregate(.quantile, let window, let depth, let body, _) =
                program.resolved(sides.1),
            case .share(let value, let percent) = program.resolved(body),
            let asked = program.field(value, depth: depth)
        else { return nil }
        self.window = Int(window)
        self.judged = judged
        self.asked = asked
        self.symbol = symbol
        self.times = times
        let least =
            others.filter { $0.window == Int(window) && !$0.isNone && $0.body == nil }
            .map(\.least).max() ?? 1
        rank = max(1, (least * Int(percent) + 99) / 100) - 1
    }

    /// Below what no quantile of a window under a key lies; nil where that is not known.
    func floor(_ rows: some Sequence<JudgedPlace>) -> Flat? {
        var numbers: [Int64] = []
        var second: Int64?
        for row in rows {
            // A window that holds a row without the value tells no quantile.
            guard let value = row.value(asked) else { continue }
            guard second ?? value.second == value.second else { return nil }
            second = value.second
            numbers.append(value.first)
        }
        guard let second, numbers.count > rank else { return nil }
        return Flat(numbers.smallest(rank), second)
    }

    /// Whether a row is no finding, where no quantile of its window lies below this.
    func rulesOut(_ row: JudgedPlace, floor: Flat) -> Bool {
        guard floor.first > 0, let value = row.value(judged),
            !isMoney || value.second == floor.second,
            let quotient = FlatMath.quotient(number(value), number(floor)),
            let order = ExactMath.compare(quotient, times)
        else { return false }
        return !symbol.holds(Int64(order), 0)
    }

    private func number(_ value: Flat) -> Flat { isMoney ? Flat(value.first) : value }
}

/// What is known of the quantiles under the keys of a part.
struct QuantileFloors {
    let demand: QuantileDemand
    private var floors: [UInt64: Flat] = [:]

    init(_ demand: QuantileDemand) { self.demand = demand }

    /// Whether a judged row is no finding, whatever its window holds.
    mutating func ruleOut(
        _ row: JudgedPlace, _ hash: UInt64, _ part: GroupIndex.Part, _ segments: [Segment]
    ) -> Bool {
        if floors[hash] == nil {
            let rows = part.places(hash).lazy.map { JudgedPlace(segments, part.entries[$0].row) }
            floors[hash] = demand.floor(rows) ?? Flat(0)
        }
        return floors[hash].map { demand.rulesOut(row, floor: $0) } ?? false
    }
}

extension Program {
    fileprivate func isMinorUnits(_ step: Int32) -> Bool {
        if case .minorUnits = resolved(step) { true } else { false }
    }

    /// The field of the row at a depth that a step is, if it is no more than that.
    fileprivate func field(_ step: Int32, depth: Int32) -> StepUse.Field? {
        guard case .field(depth, let bit, let offset, let isPair, _) = resolved(step) else {
            return nil
        }
        return StepUse.Field(
            depth: Int(depth), bit: Int(bit), offset: Int(offset), isPair: isPair)
    }
}
