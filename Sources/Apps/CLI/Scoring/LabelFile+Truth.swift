internal import Interop
internal import Synthesis

extension LabelFile {
    /// The labelled rows of a folder as cases that rules are to find.
    ///
    /// - Throws: ``InteropError`` where a file or a row cannot be read.
    func cases(in folder: String) throws(InteropError) -> [TruthCase] {
        try labels(in: folder).enumerated().map { number, label in
            TruthCase(
                labelled: number + 1, scheme: label.scheme, pattern: label.pattern,
                subject: label.subject, record: label.record)
        }
    }
}
