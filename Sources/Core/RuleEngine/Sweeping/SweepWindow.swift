internal import Records
internal import RuleLanguage

/// A window as a sweep searches it: over whole columns at once.
struct SweepWindow: Sendable {
    let number: Int
    let kind: Int
    let specification: IndexSpecification
    /// The words of the key in the rows of the window.
    let keySlots: [RowLayout.Slot]
    /// The word that says when a row of the window begins.
    let startSlot: RowLayout.Slot?
    /// The words of the key in the judged row.
    let keys: [Operand]
    let low: Program.End?
    let high: Program.End?
    let grain: CheckedWindow.Grain
    let overlaps: Bool
    let order: WindowPhrase.Order
    /// Whether key and ends follow from the judged row, so that rows can be sought at once.
    let isFixed: Bool
    /// Whether a reasoning rule looks, from rows of its own.
    let isOfReasoning: Bool
    /// What the window's filter asks of the row alone.
    let conditions: [SweepCondition]
    /// Whether that is all that the filter asks.
    let filterIsOfRow: Bool
    let demands: [WindowDemand]
    /// What the condition asks of a quantile of it.
    let quantile: QuantileDemand?
    /// The words of the judged row from which key and ends follow.
    let offsets: [Int]
    /// The fields that the ends are, where they are no more than that.
    let lowField: FieldEnd?
    let highField: FieldEnd?

    /// A field, and how much is added to it, in its own measure.
    struct FieldEnd: Sendable {
        let field: StepUse.Field
        let shift: Int64

        /// The end, by the field's value; open where it is no day any more.
        func shifted(_ value: Flat) -> Flat {
            guard shift != 0 else { return value }
            let day = value.first + shift
            return Int32(exactly: day) == nil ? .open : Flat(day)
        }
    }

    /// Whether it is a stretch of time, or may be one, so that it matters when rows begin and end.
    var hasEnds: Bool { low != nil || high != nil || !isFixed }
    /// Whether key or ends are more than words of the judged row.
    let needsProbe: Bool
    /// The words by which many judged rows look at once; nil where key or ends are more than words.
    let judgedKey: KeyWords?
    /// The words of the key in the rows of the window, and the bits of them all.
    let ownKey: KeyWords
    /// Whether each row of the judged kind finds itself under its own key.
    let findsItself: Bool
    /// Whether its filter asks of its rows what the rule's filter asks of judged rows, and no more.
    let asksAsRule: Bool

    /// A value of the judged row: a word of it, or what a step gives.
    enum Operand: Sendable {
        case word(offset: Int, bit: Int)
        case step(Int32)
    }

    init(
        _ number: Int, _ plan: Plan, _ program: Program, _ demands: [WindowDemand],
        _ quantiles: [QuantileDemand]
    ) {
        let window = program.windows[number]
        let checked = plan.rule.windows[number]
        self.number = number
        isOfReasoning = checked.owner != nil
        kind = window.kind
        specification = IndexSpecification(checked)
        let layout = RowLayout.ofKind[kind]
        keySlots = specification.keyFields.compactMap { layout.slot($0) }
        startSlot = specification.times.flatMap { layout.slot($0.start) }
        low = window.low
        high = window.high
        grain = window.grain
        overlaps = window.overlaps
        order = window.order
        keys = window.keys.map { Operand($0, program) }
        let steps = window.keys + [window.low?.step, window.high?.step].compactMap { $0 }
        let uses = steps.map { StepUse($0, program) }
        isFixed =
            window.isFixed && keySlots.count == window.keys.count
            && uses.allSatisfy { $0.isOf(depth: 0) && !$0.isOpen }
        offsets = Set(uses.flatMap { $0.offsets(depth: 0) }).sorted()
        let parts = window.filter.map { SweepCondition.conjuncts(of: $0, program) } ?? []
        conditions = parts.compactMap { SweepCondition($0, depth: 1, program) }
            .sorted { $0.precedes($1) }
        filterIsOfRow = conditions.count == parts.count
        let isExact =
            keySlots.count <= 2 && keySlots.allSatisfy { $0.isSymbol || $0.type == .date }
        self.demands = Array(
            demands.filter { $0.window == number && (isExact || !$0.isNone) }.prefix(3))
        quantile = quantiles.first { $0.window == number }
        lowField = low.flatMap { Self.field($0, program) }
        highField = high.flatMap { Self.field($0, program) }
        needsProbe =
            keys.contains { if case .step = $0 { true } else { false } }
            || (low != nil && lowField == nil) || (high != nil && highField == nil)
        ownKey = KeyWords(
            offsets: keySlots.map(\.offset), bits: keySlots.reduce(0) { $0 | 1 << Int64($1.bit) })
        judgedKey = needsProbe ? nil : Self.judgedKey(keys, [(low, lowField), (high, highField)])
        findsItself =
            kind == plan.rule.kind
            && zip(keys, keySlots).allSatisfy { key, slot in
                if case .word(offset: slot.offset, bit: slot.bit) = key { true } else { false }
            }
        asksAsRule = Self.asksAlike(
            program.filter.map { SweepCondition.conjuncts(of: $0, program) } ?? [], parts, program)
    }

    private static func asksAlike(_ some: [Int32], _ others: [Int32], _ program: Program) -> Bool {
        some.count == others.count
            && some.allSatisfy { one in
                others.contains { program.asksAlike(one, $0, depths: (0, 1)) }
            }
    }

    private static func judgedKey(
        _ keys: [Operand], _ ends: [(end: Program.End?, field: FieldEnd?)]
    ) -> KeyWords? {
        var offsets: [Int] = []
        var bits: Int64 = 0
        for key in keys {
            guard case .word(let offset, let bit) = key else { return nil }
            offsets.append(offset)
            bits |= 1 << Int64(bit)
        }
        for case (let end?, let found?) in ends where !end.openWhereUnknown {
            bits |= 1 << Int64(found.field.bit)
        }
        return KeyWords(offsets: offsets, bits: bits)
    }

    private static func field(_ end: Program.End, _ program: Program) -> FieldEnd? {
        switch end.openWhereUnknown ? program.steps[Int(end.step)] : program.resolved(end.step) {
        case .field(0, let bit, let offset, let isPair, _):
            return FieldEnd(
                field: StepUse.Field(
                    depth: 0, bit: Int(bit), offset: Int(offset), isPair: isPair), shift: 0)
        case .arithmetic(.dates, let symbol, let day, let length):
            // A day that is not known leaves the window undecided, once something is added to it.
            guard !end.openWhereUnknown, let length = program.constant(length),
                abs(length.first) < 1 << 40,
                case .field(0, let bit, let offset, false, _) = program.resolved(day)
            else { return nil }
            return FieldEnd(
                field: StepUse.Field(
                    depth: 0, bit: Int(bit), offset: Int(offset), isPair: false),
                shift: symbol == .subtract ? -length.first : length.first)
        default: return nil
        }
    }

    /// Bits of a key; the same for the same words.
    ///
    /// Different where there are two parts at most, each of 32 bits.
    @inline(__always)
    static func hash(_ first: Int64, _ second: Int64, _ third: Int64) -> UInt64 {
        mixed(keyBits(first, 0) ^ keyBits(second, 1) ^ keyBits(third, 2))
    }

    /// What a part of a key brings to its hash.
    @inline(__always)
    static func keyBits(_ word: Int64, _ part: Int) -> UInt64 {
        switch part {
        case 0: UInt64(UInt32(truncatingIfNeeded: word))
        case 1: UInt64(UInt32(truncatingIfNeeded: word)) << 32
        default: UInt64(bitPattern: word) &* 0x9e37_79b9_7f4a_7c15
        }
    }

    @inline(__always)
    static func mixed(_ bits: UInt64) -> UInt64 {
        var word = bits
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// When a row of the window begins and ends; from the smallest number where it does not begin.
    func interval(_ segment: Segment, _ place: Int) -> (low: Int64, high: Int64) {
        guard let times = specification.times else { return (0, 0) }
        guard let low = grain(times.start, segment, place, isLow: true) else {
            return (.min, .max)
        }
        switch times.end {
        case .start:
            return (low, grain(times.start, segment, place, isLow: false) ?? low)
        case .field(let field):
            guard let high = grain(field, segment, place, isLow: false) else {
                return (low, .max)
            }
            return (low, max(low, high))
        case .days(let field):
            guard let slot = RowLayout.ofKind[kind].slot(field), slot.type == .integer,
                segment.isKnown(slot, place)
            else { return (low, low) }
            let (end, overflow) = low.addingReportingOverflow(
                max(0, segment.words[slot.offset][place] - 1))
            return (low, overflow ? .max : end)
        }
    }

    /// Whether a row begins at a known time, or needs none.
    @inline(__always)
    func hasTime(_ segment: Segment, _ place: Int) -> Bool {
        guard let startSlot else { return true }
        return segment.isKnown(startSlot, place)
    }

    /// Whether all rows of a segment do.
    func hasTime(_ segment: Segment) -> Bool {
        guard let startSlot else { return true }
        return segment.always >> Int64(startSlot.bit) & 1 != 0
    }

    private func grain(
        _ field: Int, _ segment: Segment, _ place: Int, isLow: Bool
    ) -> Int64? {
        guard let slot = RowLayout.ofKind[kind].slot(field), segment.isKnown(slot, place) else {
            return nil
        }
        let word = segment.words[slot.offset][place]
        switch slot.type {
        case .date:
            return isLow ? specification.grain.low(day: word) : specification.grain.high(day: word)
        case .instant:
            return specification.grain.low(
                milliseconds: word, zone: segment.words[slot.offset + 1][place])
        default: return nil
        }
    }
}

extension SweepWindow.Operand {
    init(_ step: Int32, _ program: Program) {
        switch program.resolved(step) {
        case .keyNumber(let inner): self.init(inner, program)
        case .field(0, let bit, let offset, _, _):
            self = .word(offset: Int(offset), bit: Int(bit))
        default: self = .step(step)
        }
    }
}
