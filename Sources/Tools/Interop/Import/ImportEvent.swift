/// Something that hands out drafts, one after another, and counts what became of its input.
public protocol ImportRun {
    var report: ImportReport { get }

    /// The next draft, problem or word of progress; nil when everything was read.
    ///
    /// - Throws: ``InteropError`` where a file cannot be read at all.
    mutating func next() throws(InteropError) -> ImportEvent?
}

extension FHIRImport: ImportRun {}
extension CSVImport: ImportRun {}

/// What an import says next.
public enum ImportEvent: Equatable, Sendable {
    case draft(Draft)
    /// A line was refused; the import goes on with the next.
    case problem(Problem)
    case progress(ImportProgress)
}

/// How far an import has come; said every few thousand lines and at the end of a file.
public struct ImportProgress: Equatable, Sendable {
    public enum Phase: Equatable, Sendable {
        /// Reading what other resources refer to.
        case survey
        case mapping
    }

    public let phase: Phase
    public let file: String
    /// Lines read of this file.
    public let lines: Int
    /// Which file of how many, from 1.
    public let fileNumber: Int
    public let fileCount: Int

    /// Said whenever this many lines of a file were read.
    public static let lineInterval = 2_000
}
