internal import Primitives
internal import RuleLanguage

/// What is known while one row is judged; it is used again for the next, so nothing is allocated.
struct Frame: Sendable {
    /// The judged row, and the row of each loop over a window around the present node.
    var rows: [Int32]
    var locals: [Value]
    var bindings: [Value?]
    var windows: [WindowRows]
    /// When the first window closes whose absences were asked for in vain, in milliseconds.
    var closes = Int64.max
    /// How many rows were looked at for the judged row, each as often as it was.
    var visits = 0
    /// What each condition ever gave, for the report of what tests covered.
    ///
    /// For each node: bit 0 where it was ever true, bit 1 where ever false. Empty: not recorded.
    var coverage: [UInt8] = []
    /// What reasoning rules said of rows.
    var reasoned = Reasoned()
    /// Where windows of reasoning rules looked, if that is noted.
    var looks: [Look] = []
    var notesLooks = false
    /// Whether rows that a window's filter refused are kept, for explanations.
    var notesRefusals = false
    /// What explanations told of reasoning rules.
    var explained = Explained()

    struct Explained: Sendable {
        var questions: Set<Reasoned.Question> = []
        var windows: [Explanation.Window] = []
    }

    /// Where a window of a reasoning rule looked for rows.
    struct Look: Sendable {
        let window: Int
        let keys: [Value]
        let low: Int64
        let high: Int64
    }

    /// The rows that a window has for the judged row.
    struct WindowRows: Sendable {
        var isFilled = false
        var rows: [Int32] = []
        /// The rows that its filter refused, where these are kept.
        var refused: [Int32] = []
        /// Why rows may be missing or too many.
        var undecided: Cause?
        /// The last day of the window and the millisecond after it, where it has an end to come.
        var closing: (day: Day, milliseconds: Int64)?
    }

    init(_ plan: Plan) {
        rows = Array(repeating: -1, count: plan.depthCount)
        locals = Array(repeating: .no, count: plan.rule.localCount)
        bindings = Array(repeating: nil, count: plan.rule.bindings.count)
        windows = Array(repeating: WindowRows(), count: plan.rule.windows.count)
    }

    /// A frame for an expression over names that are bound from outside.
    init(locals: [Value]) {
        rows = []
        self.locals = locals
        bindings = []
        windows = []
    }

    /// Forgets all about the last row.
    mutating func begin(_ row: Int32) {
        rows[0] = row
        closes = .max
        visits = 0
        for index in bindings.indices { bindings[index] = nil }
        for index in windows.indices { empty(window: index) }
        reasoned.forget()
        looks.removeAll(keepingCapacity: true)
    }

    /// Forgets the rows of a window.
    mutating func empty(window index: Int) {
        guard windows[index].isFilled else { return }
        windows[index].isFilled = false
        windows[index].rows.removeAll(keepingCapacity: true)
        windows[index].refused.removeAll(keepingCapacity: true)
        windows[index].undecided = nil
        windows[index].closing = nil
    }
}
