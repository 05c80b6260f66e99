internal import Records
internal import RuleLanguage

/// Where many judged rows look, and when many rows of a window begin and end: a column at a time.
extension SweepWindow {
    /// Where the rows at these places look; nil where not all of their ends are days.
    ///
    /// Only where ``judgedKey`` is not nil, and for rows that have all that it asks for.
    func sought(_ segment: Segment, _ places: [Int32]) -> [KeyedRows.Stretch]? {
        let lows = sought(low, lowField, isLow: true, segment, places)
        let highs = sought(high, highField, isLow: false, segment, places)
        if (low != nil && lows == nil) || (high != nil && highs == nil) { return nil }
        return Self.stretches(lows, highs, places.count)
    }

    /// When the rows at these places begin and end, as ``interval(_:_:)`` has it.
    func intervals(_ segment: Segment, _ places: [Int32]) -> [KeyedRows.Stretch] {
        guard let times = specification.times, let startSlot,
            let lows = grains(startSlot, isLow: true, segment, places)
        else { return intervalsOneByOne(segment, places) }
        let highs: [Int64]?
        switch times.end {
        case .start: highs = grains(startSlot, isLow: false, segment, places)
        case .field(let field):
            highs = RowLayout.ofKind[kind].slot(field).flatMap {
                grains($0, isLow: false, segment, places)
            }
        case .days: highs = nil
        }
        guard let highs else { return intervalsOneByOne(segment, places) }
        return places.indices.map {
            KeyedRows.Stretch(low: lows[$0], high: max(lows[$0], highs[$0]))
        }
    }

    private func intervalsOneByOne(
        _ segment: Segment, _ places: [Int32]
    ) -> [KeyedRows.Stretch] {
        places.map {
            let (low, high) = interval(segment, Int($0))
            return KeyedRows.Stretch(low: low, high: high)
        }
    }

    private static func stretches(
        _ lows: [Int64]?, _ highs: [Int64]?, _ count: Int
    ) -> [KeyedRows.Stretch] {
        switch (lows, highs) {
        case (let lows?, let highs?):
            zip(lows, highs).map { KeyedRows.Stretch(low: $0, high: $1) }
        case (let lows?, nil): lows.map { KeyedRows.Stretch(low: $0, high: .max) }
        case (nil, let highs?): highs.map { KeyedRows.Stretch(low: .min, high: $0) }
        default:
            Array(repeating: KeyedRows.Stretch(low: .min, high: .max), count: count)
        }
    }

    /// An end of where judged rows look; nil where there is none, or it is no day for some.
    private func sought(
        _ end: Program.End?, _ found: FieldEnd?, isLow: Bool, _ segment: Segment,
        _ places: [Int32]
    ) -> [Int64]? {
        guard let end, let field = found?.field, let shift = found?.shift else { return nil }
        var grains = segment.words[field.offset].gathered(places)
        if shift != 0 {
            for place in grains.indices {
                grains[place] += shift
                guard Int32(exactly: grains[place]) != nil else { return nil }
            }
        }
        if end.isDate {
            changeDays(&grains, isLow: isLow)
        } else {
            changeInstants(&grains, segment.words[field.offset + 1], places)
        }
        if end.offset != 0 {
            for place in grains.indices {
                let (sum, overflow) = grains[place].addingReportingOverflow(end.offset)
                if !overflow { grains[place] = sum }
            }
        }
        let bit = Int64(1) << Int64(field.bit)
        guard segment.always & bit == 0 else { return grains }
        // What must be known is; a field that may be missing opens the stretch.
        for (number, place) in places.enumerated()
        where segment.words[0][Int(place)] & bit == 0 {
            grains[number] = isLow ? .min : .max
        }
        return grains
    }

    /// The grains of a field that is known in all rows; nil where it is not, or has no time.
    private func grains(
        _ slot: RowLayout.Slot, isLow: Bool, _ segment: Segment, _ places: [Int32]
    ) -> [Int64]? {
        let bit = Int64(1) << Int64(slot.bit)
        guard segment.places(places, knowing: bit).count == places.count else { return nil }
        var grains = segment.words[slot.offset].gathered(places)
        switch slot.type {
        case .date: changeDays(&grains, isLow: isLow)
        case .instant: changeInstants(&grains, segment.words[slot.offset + 1], places)
        default: return nil
        }
        return grains
    }

    private func changeDays(_ grains: inout [Int64], isLow: Bool) {
        guard grain != .day else { return }
        for place in grains.indices {
            grains[place] = isLow ? grain.low(day: grains[place]) : grain.high(day: grains[place])
        }
    }

    private func changeInstants(_ grains: inout [Int64], _ zones: Column, _ places: [Int32]) {
        guard grain == .day else { return }
        var next = 0
        zones.read(places) { _, zone in
            grains[next] = grain.low(milliseconds: grains[next], zone: zone)
            next += 1
        }
    }
}
