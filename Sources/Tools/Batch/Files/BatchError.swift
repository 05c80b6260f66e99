/// Why a folder of facts could not be read or written.
public enum BatchError: Error, Hashable, CustomStringConvertible {
    /// Not a folder of facts: it has no manifest of this form.
    case notFacts(folder: String, reason: String)
    case cannotRead(file: String)
    case cannotWrite(file: String)
    /// What is wrong in a line, and what would be right.
    case line(file: String, line: Int, problem: String)
    /// Facts of one kind do not stand in the order of the ledger.
    case disorder(file: String, line: Int)

    /// Spark's program ended with this status.
    case spark(status: Int)

    public var description: String {
        switch self {
        case .notFacts(let folder, let reason):
            "\(folder) is not a folder of facts: \(reason); `custos export` writes one"
        case .spark(let status):
            "spark-submit ended with status \(status); what it said stands above"
        case .cannotRead(let file): "\(file) cannot be read"
        case .cannotWrite(let file): "\(file) cannot be written"
        case .line(let file, let line, let problem): "\(file):\(line): \(problem)"
        case .disorder(let file, let line):
            "\(file):\(line): facts stand in the order of the ledger, by leaf and ordinal"
        }
    }
}
