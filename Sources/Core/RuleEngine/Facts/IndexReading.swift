internal import Records
internal import RuleLanguage

/// Where an index reads the keys of its rows, and when they begin and end.
struct IndexReading: Sendable {
    /// The parts of the key; nil where the kind has no such field.
    let keys: [RowLayout.Slot?]
    let times: Times

    /// The fields of a row that say when it begins and ends.
    struct Times: Sendable {
        enum End: Sendable {
            /// Rows have no times.
            case none
            /// A row ends as it begins.
            case start
            case field(RowLayout.Slot?)
            /// So many days, the first included.
            case days(RowLayout.Slot?)
        }

        let start: RowLayout.Slot?
        let end: End
        let grain: CheckedWindow.Grain
    }

    init(_ specification: IndexSpecification) {
        let layout = RowLayout.ofKind[specification.kind]
        keys = specification.keyFields.map { layout.slot($0) }
        let end: Times.End =
            switch specification.times?.end {
            case nil: .none
            case .start: .start
            case .field(let field): .field(layout.slot(field))
            case .days(let field): .days(layout.slot(field))
            }
        times = Times(
            start: specification.times.flatMap { layout.slot($0.start) }, end: end,
            grain: specification.grain)
    }
}

extension RowStore {
    /// When a row begins and ends.
    func interval(_ times: IndexReading.Times, of row: Int32) -> IntervalItem {
        let head = heads[Int(row)]
        func item(_ low: Int64, _ high: Int64) -> IntervalItem {
            IntervalItem(low: low, high: high, leaf: head.leaf, ordinal: head.ordinal, row: row)
        }
        if case .none = times.end { return item(0, 0) }
        let grain = times.grain
        guard let start = end(times.start, of: head, grain, isLow: true) else {
            return item(.min, .max)
        }
        switch times.end {
        case .none, .start:
            return item(start, end(times.start, of: head, grain, isLow: false) ?? start)
        case .field(let slot):
            guard let end = end(slot, of: head, grain, isLow: false) else {
                return item(start, .max)
            }
            return item(start, max(start, end))
        case .days(let slot):
            guard let slot, slot.type == .integer, isKnown(slot, of: head) else {
                return item(start, start)
            }
            let days = words[head.start + slot.offset]
            let (end, overflow) = start.addingReportingOverflow(max(0, days - 1))
            return item(start, overflow ? .max : end)
        }
    }

    /// The grain of a field that holds a date or an instant, or nil where it is not known.
    private func end(
        _ slot: RowLayout.Slot?, of head: Head, _ grain: CheckedWindow.Grain, isLow: Bool
    ) -> Int64? {
        guard let slot, isKnown(slot, of: head) else { return nil }
        let word = words[head.start + slot.offset]
        switch slot.type {
        case .date: return isLow ? grain.low(day: word) : grain.high(day: word)
        case .instant:
            return grain.low(milliseconds: word, zone: words[head.start + slot.offset + 1])
        default: return nil
        }
    }
}
