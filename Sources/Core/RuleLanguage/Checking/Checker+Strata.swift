/// Finds the circles among reasoning rules, and refuses those that have no least meaning.
///
/// A rule may ask whether there is any fact of a circle that it stands in: more facts then only
/// make more facts, and the fewest that satisfy all rules are the meaning. A negation, a count or a
/// value of its own facts would have none, so whatever asks in that way stands in a stratum above
/// what it asks. Source: K. Apt, H. Blair, A. Walker, *Towards a Theory of Declarative Knowledge*
/// (1988): stratified programs.
extension Checker {
    /// That one reasoning rule asks another.
    private struct Ask {
        let from: Int
        let to: Int
        /// Whether it only asks if there is any.
        let isPositive: Bool
        let position: SourcePosition
    }

    /// Notes the circles, where all of them may be.
    ///
    /// - Throws: ``RuleProblem/unstratified(_:)`` where one goes through more than `any`.
    mutating func stratify() throws(RuleError) {
        var asks: [Ask] = []
        for (number, derivation) in derivations.enumerated() {
            walk(derivation.condition, number, isPositive: true, &asks)
            // Which of several rules gives a value is asked when all of their facts are known.
            guard derivation.alternatives.isEmpty else { continue }
            for given in derivation.gives { walk(given.node, number, isPositive: false, &asks) }
        }
        let reach = derivations.indices.map { reached(from: $0, asks) }
        for ask in asks where !ask.isPositive && reach[ask.to].contains(ask.from) {
            let name = derivations[ask.from].name
            throw RuleError(
                .reasoning(name, .unstratified(path(ask, asks, reach))), at: ask.position)
        }
        for number in derivations.indices where reach[number].contains(number) {
            derivations[number].circle =
                reach[number].filter { reach[$0].contains(number) }.min()
        }
    }

    /// The rules that one asks, directly or through others; itself where it comes back.
    private func reached(from start: Int, _ asks: [Ask]) -> Set<Int> {
        var found: Set<Int> = []
        var waiting = [start]
        while let next = waiting.popLast() {
            for ask in asks where ask.from == next && found.insert(ask.to).inserted {
                waiting.append(ask.to)
            }
        }
        return found
    }

    /// The names along a way from a rule over what it asks back to it.
    private func path(_ ask: Ask, _ asks: [Ask], _ reach: [Set<Int>]) -> [String] {
        var names = [derivations[ask.from].name, derivations[ask.to].name]
        var seen: Set<Int> = [ask.to]
        var place = ask.to
        while place != ask.from {
            guard
                let next = asks.first(where: { step in
                    step.from == place
                        && (step.to == ask.from
                            || !seen.contains(step.to) && reach[step.to].contains(ask.from))
                })
            else { break }
            place = next.to
            seen.insert(place)
            names.append(derivations[place].name)
        }
        // Rules that derive one kind are asked by their own names.
        let joint = derivations.filter { !$0.alternatives.isEmpty }.map(\.name)
        return names.filter { !joint.contains($0) }
    }

    /// Notes what is asked at a node and below it.
    private func walk(_ node: Int, _ from: Int, isPositive: Bool, _ asks: inout [Ask]) {
        func note(_ to: Int, _ isPositive: Bool) {
            asks.append(
                Ask(
                    from: from, to: to, isPositive: isPositive, position: nodes[node].position))
        }
        switch nodes[node].operation {
        case .derives(_, let derivation): note(derivation, isPositive)
        case .given(_, let derivation, _): note(derivation, false)
        case .and(let a, let b), .or(let a, let b):
            walk(a, from, isPositive: isPositive, &asks)
            walk(b, from, isPositive: isPositive, &asks)
        case .aggregate(let aggregate, let window, _, let body):
            walk([window], body, from, isPositive: isPositive && aggregate == .any, &asks)
        case .together(let aggregate, let windows, _, let body):
            walk(windows, body, from, isPositive: isPositive && aggregate == .any, &asks)
        case let operation:
            for child in operation.children { walk(child, from, isPositive: false, &asks) }
        }
    }

    /// Notes what is asked of windows.
    private func walk(
        _ numbers: [Int], _ body: Int?, _ from: Int, isPositive: Bool, _ asks: inout [Ask]
    ) {
        for window in numbers.map({ windows[$0] }) {
            if let filter = window.filter { walk(filter, from, isPositive: isPositive, &asks) }
            let ends = [window.stretch?.low, window.stretch?.high].compactMap { $0?.node }
            for node in window.keys.map(\.node) + ends {
                walk(node, from, isPositive: false, &asks)
            }
        }
        if let body { walk(body, from, isPositive: isPositive, &asks) }
    }
}
