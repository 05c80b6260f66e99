/// Where a node writes its spans, and how many of them.
///
/// ```json
/// "traces": { "file": "traces.jsonl", "oneIn": 10, "megabytes": 64 }
/// ```
public struct TraceFile: Codable, Equatable, Sendable {
    /// One line of OTLP's JSON for each span.
    public var file: String
    /// Of how many traces one is written; 1 where absent.
    ///
    /// Nodes with the same number choose the same blocks.
    public var oneIn: UInt64?
    /// Above this size the file is set aside as `FILE.1` and begun anew; 64 where absent.
    public var megabytes: Int?

    public init(file: String, oneIn: UInt64? = nil, megabytes: Int? = nil) {
        self.file = file
        self.oneIn = oneIn
        self.megabytes = megabytes
    }

    /// What is wrong with it, or nil.
    var problem: String? {
        if oneIn == 0 { return "traces.oneIn is 1 or more" }
        if let megabytes, !(1...1_048_576).contains(megabytes) {
            return "traces.megabytes is 1 to 1,048,576"
        }
        return nil
    }
}
