internal import RuleLanguage

/// A rule as steps over flat rows: says quickly which rows it clears.
///
/// A program answers that a rule says nothing, or why it cannot say. Whatever it cannot tell, and
/// whatever it would flag, is evaluated in full, so that findings have one source.
final class Program: Sendable {
    let steps: [Step]
    /// Constants that steps compare with.
    let words: [Int64]
    let filter: Int32?
    let condition: Int32
    let bindings: [Int32]
    let windows: [Window]
    let localCount: Int
    /// How many values filters take that are the same for all rows of their windows.
    let fixedCount: Int
    /// Which of the rules of its kind it is.
    let ordinal: Int
    /// Which of the engine's rules it is.
    let number: Int32

    /// A window as steps ask it; by reference, for it is looked at again and again.
    final class Window: Sendable {
        let index: Int
        let kind: Int
        let keys: [Int32]
        /// The key by which sealed entries are told apart.
        let anchor: FactStore.Anchor?
        let low: End?
        let high: End?
        let grain: CheckedWindow.Grain
        let overlaps: Bool
        /// Whether rows have a length, so that one may reach into a stretch.
        let hasLength: Bool
        let order: WindowPhrase.Order
        /// Whether the window is a stretch of time at all.
        let hasTimes: Bool
        let filter: Int32?
        /// Whether key and ends depend on nothing but the judged row.
        let isFixed: Bool
        /// Whether the filter depends on nothing but the judged row and the row of the window.
        let filterIsFixed: Bool
        /// The filter as rows are asked, one after the other.
        let rowFilter: RowFilter
        /// Where the words of rows stand among those that the index carries; empty where rows are
        /// read themselves.
        let slots: [Int8]
        /// Whether the program only asks if there is a row.
        let oneIsEnough: Bool
        /// Where rows of the judged kind look under their own keys: which of the indexes of their
        /// kind it is.
        let own: Int?
        /// Which of the engine's keys it is, where it is made of fields of the judged row.
        let probe: Int?

        init(
            index: Int, kind: Int, keys: [Int32], anchor: FactStore.Anchor?, low: End?,
            high: End?, grain: CheckedWindow.Grain, overlaps: Bool, hasLength: Bool,
            order: WindowPhrase.Order, hasTimes: Bool, filter: Int32?, isFixed: Bool,
            filterIsFixed: Bool, rowFilter: RowFilter, slots: [Int8], oneIsEnough: Bool,
            own: Int?, probe: Int?
        ) {
            self.index = index
            self.kind = kind
            self.keys = keys
            self.anchor = anchor
            self.low = low
            self.high = high
            self.grain = grain
            self.overlaps = overlaps
            self.hasLength = hasLength
            self.order = order
            self.hasTimes = hasTimes
            self.filter = filter
            self.isFixed = isFixed
            self.filterIsFixed = filterIsFixed
            self.rowFilter = rowFilter
            self.slots = slots
            self.oneIsEnough = oneIsEnough
            self.own = own
            self.probe = probe
        }
    }

    struct End: Sendable {
        let step: Int32
        let offset: Int64
        let openWhereUnknown: Bool
        let isDate: Bool
    }

    init(
        steps: [Step], words: [Int64], filter: Int32?, condition: Int32, bindings: [Int32],
        windows: [Window], localCount: Int, fixedCount: Int, ordinal: Int, number: Int32
    ) {
        self.steps = steps
        self.words = words
        self.filter = filter
        self.condition = condition
        self.bindings = bindings
        self.windows = windows
        self.localCount = localCount
        self.fixedCount = fixedCount
        self.ordinal = ordinal
        self.number = number
    }

    /// How many windows a judgement notes singly; a rule with more watches whole indexes.
    static let windowCountMax = 15
}

/// What is known while programs run over one row; it is used again, so nothing is allocated.
struct Scratch: Sendable {
    /// Where the words of the row at each depth begin, and its number.
    var starts: [Int] = Array(repeating: 0, count: 64)
    var rows: [Int32] = Array(repeating: -1, count: 64)
    var bindings: [Flat] = []
    var locals: [Flat] = []
    var windows: [State] = []
    var found: [[Int32]] = []
    /// Where the index carries the words of the rows found; -1 where it does not.
    var carried: [[Int32]] = []
    /// What the filters of windows compare rows with.
    var fixed: [Flat] = []
    var visits = 0
    /// When the first window closes of which something was asked in vain, in milliseconds.
    var closes = Int64.max
    var distinct: [Int64] = []
    /// The buckets under the keys of the judged row, by probe, and for which row they were found.
    var probes: [(bucket: Int32, stamp: UInt32)]
    var stamp: UInt32 = 0
    /// Whether the judged row is only tried, so that nothing may be noted.
    var isTrial = false

    struct State: Sendable {
        var isFilled = false
        /// Whether the rows could be told.
        var isOpen = false
        /// The last day of a window that is not closed yet.
        var closing: Int64?
        var closes = Int64.max
    }

    init(programs: [Program], probeCount: Int) {
        probes = Array(repeating: (-1, 0), count: probeCount)
        let windowCount = programs.map(\.windows.count).max() ?? 0
        bindings = Array(repeating: .unset, count: programs.map(\.bindings.count).max() ?? 0)
        locals = Array(repeating: .unset, count: programs.map(\.localCount).max() ?? 0)
        windows = Array(repeating: State(), count: windowCount)
        found = Array(repeating: [], count: windowCount)
        carried = found
        fixed = Array(repeating: .unset, count: programs.map(\.fixedCount).max() ?? 0)
    }

    /// Forgets what was found for the last program.
    mutating func begin(_ program: Program) {
        for place in program.bindings.indices { bindings[place] = .unset }
        for place in program.windows.indices { windows[place] = State() }
        visits = 0
        closes = .max
    }

    mutating func enter(_ row: Int32, start: Int, depth: Int) {
        rows[depth] = row
        starts[depth] = start
    }
}
