internal import RuleLanguage

/// Facts of reasoning rules: found when they are asked for, once for each judged row.
extension FactStore {
    /// Whether a row is a fact of a reasoning rule.
    func derives(
        _ number: Int, _ row: Int32, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        let question = Reasoned.Question(derivation: number, row: row)
        if let known = frame.reasoned.answers[question] { return known }
        guard let circle = plan.rule.derivations[number].circle else {
            let answer = reason(number, row, plan, &frame)
            frame.reasoned.answers[question] = answer
            return answer
        }
        if frame.reasoned.rounds[circle] == nil {
            workOut(circle, question, plan, &frame)
            return frame.reasoned.answers[question] ?? .no
        }
        return frame.reasoned.rounds[circle]?.answer(question) ?? .no
    }

    /// Answers a question about a circle, and all questions that it leads to, by rounds that begin
    /// with no facts and end where none is added.
    ///
    /// It ends: there are as many questions as rows at most, and answers only grow. The rows that
    /// are looked at have the bound of the judgement.
    private func workOut(
        _ circle: Int, _ first: Reasoned.Question, _ plan: Plan, _ frame: inout Frame
    ) {
        var rounds = Reasoned.Rounds()
        _ = rounds.answer(first)
        frame.reasoned.rounds[circle] = rounds
        var place = 0
        var isGrowing = false
        repeat {
            // Forth, as far as questions lead, and back: what was asked last is answered first.
            while let question = frame.reasoned.rounds[circle]?.questions.element(place) {
                _ = ask(question, circle, plan, &frame)
                place += 1
            }
            isGrowing = false
            for question in frame.reasoned.rounds[circle]?.open.reversed() ?? [] {
                let grew = ask(question, circle, plan, &frame)
                isGrowing = isGrowing || grew
            }
        } while isGrowing || place < frame.reasoned.rounds[circle]?.questions.count ?? 0
        guard var rounds = frame.reasoned.rounds.removeValue(forKey: circle) else { return }
        for question in rounds.questions {
            frame.reasoned.answers[question] = rounds.answer(question)
        }
    }

    /// Answers a question anew from the facts so far, and tells whether there is more than before.
    private func ask(
        _ question: Reasoned.Question, _ circle: Int, _ plan: Plan, _ frame: inout Frame
    ) -> Bool {
        let answer = reason(question.derivation, question.row, plan, &frame)
        return frame.reasoned.rounds[circle]?.set(answer, question) ?? false
    }

    /// A value that a reasoning rule gives a row.
    func given(
        _ value: Int, by number: Int, _ row: Int32, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        let given = Reasoned.Given(
            question: Reasoned.Question(derivation: number, row: row), value: value)
        if let known = frame.reasoned.given[given] { return known }
        let node = plan.rule.derivations[number].gives[value].node
        let found = look(from: row, by: number, plan, &frame) { store, frame in
            store.evaluate(node, plan, &frame)
        }
        frame.reasoned.given[given] = found
        return found
    }

    private func reason(
        _ number: Int, _ row: Int32, _ plan: Plan, _ frame: inout Frame
    ) -> Value {
        frame.visits += 1
        guard frame.visits <= bounds.visitsOfJudgementMax else {
            return .unknown(.bound(bounds.visitText))
        }
        return look(from: row, by: number, plan, &frame) { store, frame in
            store.evaluate(plan.rule.derivations[number].condition, plan, &frame)
        }
    }

    /// Does something with a row standing where a reasoning rule has it, and its windows as yet
    /// unfilled.
    func look<Answer>(
        from row: Int32, by number: Int, _ plan: Plan, _ frame: inout Frame,
        _ body: (FactStore, inout Frame) -> Answer
    ) -> Answer {
        let outer = frame.rows[1]
        defer { frame.rows[1] = outer }
        for window in plan.rule.derivations[number].windows { frame.empty(window: window) }
        frame.rows[1] = row
        return body(self, &frame)
    }

    /// The rows that a fact of a reasoning rule stands on beside its own.
    ///
    /// They are those of its windows, and what these stand on, and where it looks at the facts of
    /// another reasoning rule, what that one stands on; each fact is followed once.
    func support(
        of row: Int32, by number: Int, _ plan: Plan, _ frame: inout Frame,
        _ seen: inout Set<Reasoned.Question>
    ) -> [Int32] {
        let question = Reasoned.Question(derivation: number, row: row)
        guard seen.insert(question).inserted else { return [] }
        let found = look(from: row, by: number, plan, &frame) { store, frame in
            plan.rule.derivations[number].windows.map { window in
                store.fill(window, plan, &frame)
                return (window, frame.windows[window].rows)
            }
        }
        var rows: [Int32] = []
        for (window, ofWindow) in found {
            rows += ofWindow
            guard let inner = plan.rule.windows[window].derivation else { continue }
            for row in ofWindow { rows += support(of: row, by: inner, plan, &frame, &seen) }
        }
        if let base = plan.rule.derivations[number].base {
            rows += support(of: row, by: base, plan, &frame, &seen)
        }
        for other in plan.rule.derivations[number].alternatives {
            guard case .bool(true) = derives(other, row, plan, &frame) else { continue }
            rows += support(of: row, by: other, plan, &frame, &seen)
        }
        return rows
    }
}

extension Array {
    /// The element at a place, or nil past the last.
    fileprivate func element(_ place: Int) -> Element? { place < count ? self[place] : nil }
}
