internal import RuleLanguage

/// A row among columns, most often one that is judged.
struct JudgedPlace {
    let segment: Segment
    let place: Int

    /// Where a window looks for rows: ends in grains, both included.
    struct Sought: Sendable {
        let hash: UInt64
        let low: Int64
        let high: Int64
    }

    init(_ sweep: RuleSweep, _ row: Int32) {
        self.init(sweep.segments(sweep.kind), row)
    }

    init(_ segments: [Segment], _ row: Int32) {
        segment = segments[Int(row) >> Segment.power]
        place = Int(row) & (Segment.rowCountMax - 1)
    }

    init(_ segment: Segment, _ place: Int) {
        self.segment = segment
        self.place = place
    }

    /// A field, where it is known.
    func value(_ field: StepUse.Field) -> Flat? {
        guard segment.words[0][place] >> Int64(field.bit) & 1 != 0 else { return nil }
        return Flat(
            segment.words[field.offset][place],
            field.isPair ? segment.words[field.offset + 1][place] : 0)
    }

    /// The hash of a window's key, or nil where the key is not known.
    func hash(_ window: SweepWindow, _ probe: inout RowProbe) -> UInt64? {
        if window.needsProbe { probe.load(window.offsets, segment, place) }
        return hashLoaded(window, &probe)
    }

    private func hashLoaded(_ window: SweepWindow, _ probe: inout RowProbe) -> UInt64? {
        let known = segment.words[0][place]
        var parts: (Int64, Int64, Int64) = (0, 0, 0)
        for index in window.keys.indices {
            let word: Int64
            switch window.keys[index] {
            case .word(let offset, let bit):
                guard known >> Int64(bit) & 1 != 0 else { return nil }
                word = segment.words[offset][place]
            case .step(let step):
                let value = probe.value(step)
                guard value.isKnown else { return nil }
                word = value.first
            }
            switch index {
            case 0: parts.0 = word
            case 1: parts.1 = word
            default: parts.2 = word
            }
        }
        return SweepWindow.hash(parts.0, parts.1, parts.2)
    }

    /// Key and ends of a window, or nil where one of them is not known.
    func seek(
        _ window: SweepWindow, _ program: Program, _ probe: inout RowProbe
    ) -> Sought? {
        guard let hash = hash(window, &probe) else { return nil }
        return stretch(hash, window, program, &probe)
    }

    /// Where a window looks under a key that is known, or nil where one of its ends is not.
    func seek(
        _ hash: UInt64, _ window: SweepWindow, _ program: Program, _ probe: inout RowProbe
    ) -> Sought? {
        if window.needsProbe { probe.load(window.offsets, segment, place) }
        return stretch(hash, window, program, &probe)
    }

    private func stretch(
        _ hash: UInt64, _ window: SweepWindow, _ program: Program, _ probe: inout RowProbe
    ) -> Sought? {
        guard let low = end(window.low, window.lowField, true, window, program, &probe),
            let high = end(window.high, window.highField, false, window, program, &probe)
        else { return nil }
        return Sought(hash: hash, low: low, high: high)
    }

    private func end(
        _ end: Program.End?, _ found: SweepWindow.FieldEnd?, _ isLow: Bool, _ window: SweepWindow,
        _ program: Program, _ probe: inout RowProbe
    ) -> Int64? {
        guard let end else { return isLow ? .min : .max }
        let value: Flat
        if let found {
            value = self.value(found.field).map(found.shifted) ?? .unknown
        } else {
            value = probe.value(end.step)
        }
        return FactStore.grain(value, end, isLow: isLow, window.grain, program)
    }
}
