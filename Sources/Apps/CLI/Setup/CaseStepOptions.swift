internal import ArgumentParser

/// What every step of a case is taken with.
struct CaseStepOptions: ParsableArguments {
    @Option(help: "Why, in words, for those to whom the step is sealed.")
    var words = ""

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    /// Anchors the step and says what became of it.
    func take(_ draft: CaseDraft, at place: NodePlace) async throws {
        var draft = draft
        draft.words = words
        output.show(CaseStepReport(draft, leaf: try await draft.take(place)))
    }
}
