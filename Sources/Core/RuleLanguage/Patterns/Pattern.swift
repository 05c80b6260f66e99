/// A regular expression that is matched in time linear in the text, whoever wrote either.
///
/// A subset of RE2's syntax: literals, `.`, classes, groups, `|`, `*`, `+`, `?`, `{n,m}`, `^`,
/// `$`, and the escapes `\d \w \s`. There are no back references and no look-around.
/// All states that a text may be in are followed at once, so that nothing is tried twice.
public struct Pattern: Sendable {
    let states: [State]
    public let source: String

    /// The most states that a pattern has, repetitions written out.
    static let stateCountMax = 2_048

    enum State: Sendable {
        case one(ScalarSet)
        /// Goes on at both.
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case match
    }

    public init(_ source: String) throws(PatternError) {
        var parser = PatternParser(source)
        let tree = try parser.parse()
        var states: [State] = []
        try Pattern.lay(tree, &states)
        states.append(.match)
        self.states = states
        self.source = source
    }

    /// Whether any stretch of the text matches.
    public func matches(_ text: String) -> Bool {
        var current = StateSet(count: states.count)
        var next = StateSet(count: states.count)
        var isFirst = true
        var scalars = text.unicodeScalars.makeIterator()
        var scalar = scalars.next()
        while true {
            enter(0, &current, isFirst: isFirst, isLast: scalar == nil)
            if current.hasMatched { return true }
            guard let found = scalar else { return false }
            scalar = scalars.next()
            next.clear()
            for state in current.members {
                if case .one(let set) = states[state], set.contains(found) {
                    enter(state + 1, &next, isFirst: false, isLast: scalar == nil)
                }
            }
            swap(&current, &next)
            isFirst = false
            if current.hasMatched { return true }
        }
    }

    private func enter(_ first: Int, _ set: inout StateSet, isFirst: Bool, isLast: Bool) {
        var waiting = [first]
        while let state = waiting.popLast() {
            guard set.insert(state) else { continue }
            switch states[state] {
            case .one: break
            case .split(let a, let b):
                waiting.append(b)
                waiting.append(a)
            case .jump(let target): waiting.append(target)
            case .start: if isFirst { waiting.append(state + 1) }
            case .end: if isLast { waiting.append(state + 1) }
            case .match: set.hasMatched = true
            }
        }
    }

    private static func lay(_ tree: PatternTree, _ states: inout [State]) throws(PatternError) {
        guard states.count < stateCountMax else { throw .tooLarge(limit: stateCountMax) }
        switch tree {
        case .empty: return
        case .one(let set): states.append(.one(set))
        case .start: states.append(.start)
        case .end: states.append(.end)
        case .sequence(let parts):
            for part in parts { try lay(part, &states) }
        case .choice(let left, let right):
            let split = states.count
            states.append(.jump(0))
            try lay(left, &states)
            let jump = states.count
            states.append(.jump(0))
            states[split] = .split(split + 1, states.count)
            try lay(right, &states)
            states[jump] = .jump(states.count)
        case .repeated(let part, let least, let most):
            for _ in 0..<least { try lay(part, &states) }
            guard let most else {
                let split = states.count
                states.append(.jump(0))
                try lay(part, &states)
                states.append(.jump(split))
                states[split] = .split(split + 1, states.count)
                return
            }
            for _ in least..<most {
                let split = states.count
                states.append(.jump(0))
                try lay(part, &states)
                states[split] = .split(split + 1, states.count)
            }
        }
    }
}

/// States without order, with constant time to add one and to begin again.
private struct StateSet {
    private(set) var members: [Int] = []
    var hasMatched = false
    private var isMember: [Bool]

    init(count: Int) {
        isMember = Array(repeating: false, count: count)
    }

    mutating func insert(_ state: Int) -> Bool {
        guard !isMember[state] else { return false }
        isMember[state] = true
        members.append(state)
        return true
    }

    mutating func clear() {
        for state in members { isMember[state] = false }
        members.removeAll(keepingCapacity: true)
        hasMatched = false
    }
}
