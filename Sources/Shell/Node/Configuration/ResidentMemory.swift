/// How much of the files of a node's data bases may be resident in memory at a time.
///
/// ```json
/// "residentMegabytes": 400
/// ```
///
/// It bounds what a process is charged with, not what is quick: the kernel keeps what it has room
/// for beyond that, and hands it over without asking the disk.
struct ResidentMemory: Sendable {
    /// Blocks, which are most of what a node has, and where answers are read from.
    let blockBytes: Int
    /// Where entries stand.
    let indexBytes: Int
    /// What the desk keeps beside the ledger.
    let deskBytes: Int

    /// What holds where the configuration says nothing.
    private static let standardMegabytes = 400
    private static let megabytesMin = 16

    /// - Throws: ``NodeError/configuration(path:detail:)`` where it is too little to read with.
    init(megabytes: Int?) throws(NodeError) {
        let megabytes = megabytes ?? ResidentMemory.standardMegabytes
        guard (ResidentMemory.megabytesMin...1 << 20).contains(megabytes) else {
            throw .configuration(
                path: NodeConfiguration.fileName,
                detail: "residentMegabytes is \(megabytes); it is "
                    + "\(ResidentMemory.megabytesMin) to \(1 << 20)")
        }
        blockBytes = (megabytes << 20) / 2
        indexBytes = (megabytes << 20) / 8
        deskBytes = (megabytes << 20) / 4
    }
}
