internal import RuleLanguage

/// What reasoning rules said of rows, for one judged row.
struct Reasoned: Sendable {
    /// A reasoning rule and a row.
    struct Question: Sendable, Hashable {
        let derivation: Int
        let row: Int32
    }

    struct Given: Sendable, Hashable {
        let question: Question
        let value: Int
    }

    /// The answers of a circle of reasoning rules so far, in the order of the questions: the
    /// fewest facts that the rounds gave until now.
    struct Rounds: Sendable {
        private(set) var questions: [Question] = []
        private var answers: [Question: Value] = [:]

        /// The questions that are not answered by yes, of which there may be more to tell.
        var open: [Question] { questions.filter { Rounds.rank(answers[$0] ?? .no) < 2 } }

        /// The answer so far; a question that is new is answered by no until its turn comes.
        mutating func answer(_ question: Question) -> Value {
            if let known = answers[question] { return known }
            questions.append(question)
            answers[question] = .no
            return .no
        }

        /// Notes an answer, and tells whether it is more than the one before.
        mutating func set(_ value: Value, _ question: Question) -> Bool {
            let before = answers.updateValue(value, forKey: question) ?? .no
            return Rounds.rank(before) != Rounds.rank(value)
        }

        /// No, not known, yes: `any`, `&&` and `||` never turn back in this order.
        private static func rank(_ value: Value) -> Int {
            switch value {
            case .bool(false): 0
            case .bool: 2
            default: 1
            }
        }
    }

    var answers: [Question: Value] = [:]
    var given: [Given: Value] = [:]
    /// The circles that are being worked out, by their numbers.
    var rounds: [Int: Rounds] = [:]

    mutating func forget() {
        guard !answers.isEmpty || !given.isEmpty else { return }
        answers.removeAll(keepingCapacity: true)
        given.removeAll(keepingCapacity: true)
        rounds.removeAll()
    }
}
