internal import ArgumentParser
internal import Primitives

/// Who may read a step of a case beside its institution.
struct CaseReaderOptions: ParsableArguments {
    @Option(help: "An institution that may read it, too; repeatable.")
    var to: [String] = []

    var institutions: [InstitutionID] {
        get throws { try to.map(CaseWords.institution) }
    }
}
