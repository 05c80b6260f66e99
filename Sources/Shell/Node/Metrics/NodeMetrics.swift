internal import Storage
internal import Synchronization

/// What a node measures of itself, for whoever scrapes it: counts, times by stage, queues, disk.
///
/// Written by the node's threads, read from any; ``text`` is Prometheus' text format 0.0.4, times
/// in seconds, sizes in bytes.
public final class NodeMetrics: Sendable {
    /// Where time goes between an input and a block on the disk.
    public enum Stage: String, CaseIterable, Sendable {
        /// The core takes an input in: checks, execution, hashing.
        case decide
        /// The last-signed state gets to the disk, with the log where it rests on it.
        case sync
        /// A block's rows get to the disk, and the entry index.
        case write
        /// From one block on the disk to the next.
        case block
    }

    private struct State {
        var stages = [StageTimes](repeating: StageTimes(), count: Stage.allCases.count)
        var inboxCount = 0
        var unwrittenCount = 0
        var entryCount: UInt64 = 0
        var drops: UInt64 = 0
        var unknown: UInt64 = 0
        var lastBlock: UInt64 = 0
        var cuts: [Repair.Part: Int] = [:]
    }

    private let state = Mutex(State())
    /// The node's data, whose size is told.
    private let data: String

    init(data: String) {
        self.data = data
    }

    func record(_ stage: Stage, nanoseconds: UInt64) {
        guard let index = Stage.allCases.firstIndex(of: stage) else { return }
        state.withLock { $0.stages[index].add(nanoseconds) }
    }

    func noteInbox(_ count: Int) {
        state.withLock { $0.inboxCount = count }
    }

    func noteDrop() {
        state.withLock { $0.drops += 1 }
    }

    /// Notes that the torn end of a log was cut off at the start.
    func noteCut(_ part: Repair.Part, _ byteCount: Int) {
        state.withLock { $0.cuts[part] = byteCount }
    }

    func noteUnknown() {
        state.withLock { $0.unknown += 1 }
    }

    /// Takes note of a block that is on the disk, and of how many are under way.
    func noteBlock(entryCount: Int, unwritten: Int, now: UInt64) {
        let sinceLast = state.withLock { state in
            state.entryCount += UInt64(entryCount)
            state.unwrittenCount = unwritten
            defer { state.lastBlock = now }
            return state.lastBlock == 0 ? nil : now - state.lastBlock
        }
        if let sinceLast { record(.block, nanoseconds: sinceLast) }
    }

    /// All of it, name by name.
    public var text: String {
        let state = state.withLock { $0 }
        var lines: [String] = []
        func metric(_ name: String, _ type: String, _ help: String, _ values: [String]) {
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"] + values
        }
        metric(
            "custos_stage_seconds", "histogram", "Time that a stage takes.",
            zip(Stage.allCases, state.stages).flatMap { stage, times in
                times.lines(of: "custos_stage_seconds", labels: "stage=\"\(stage)\"")
            })
        metric(
            "custos_entries_written_total", "counter", "Entries in blocks written since the start.",
            ["custos_entries_written_total \(state.entryCount)"])
        metric(
            "custos_peers_dropped_total", "counter", "Connections ended because a peer misbehaved.",
            ["custos_peers_dropped_total \(state.drops)"])
        metric(
            "custos_messages_unknown_total", "counter",
            "Messages ignored because only a later version knows their kind.",
            ["custos_messages_unknown_total \(state.unknown)"])
        metric(
            "custos_inbox_length", "gauge", "Inputs that waited when the loop last looked.",
            ["custos_inbox_length \(state.inboxCount)"])
        metric(
            "custos_blocks_unwritten", "gauge", "Blocks decided and not yet on the disk.",
            ["custos_blocks_unwritten \(state.unwrittenCount)"])
        metric(
            "custos_disk_bytes", "gauge", "What the node's data take on the disk.",
            ["blocks", "index", "log", "outbox", "evidence"].map { part in
                "custos_disk_bytes{part=\"\(part)\"} \(Directory.byteCount(of: "\(data)/\(part)"))"
            })
        metric(
            "custos_log_cut_bytes", "gauge",
            "Bytes that a crash had torn, and that were cut off at the start.",
            [Repair.Part.log, .outbox, .evidence].map { part in
                "custos_log_cut_bytes{part=\"\(part.rawValue)\"} \(state.cuts[part] ?? 0)"
            })
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A histogram of times, in buckets from a quarter of a millisecond to ten seconds.
struct StageTimes: Sendable {
    /// Upper bounds in microseconds; one more bucket holds what is above all of them.
    static let bounds: [UInt64] = [
        250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 10_000_000,
    ]

    private(set) var counts = [UInt64](repeating: 0, count: StageTimes.bounds.count + 1)
    private(set) var sumNanoseconds: UInt64 = 0

    mutating func add(_ nanoseconds: UInt64) {
        let bucket = StageTimes.bounds.firstIndex { nanoseconds <= $0 * 1_000 }
        counts[bucket ?? StageTimes.bounds.count] += 1
        sumNanoseconds &+= nanoseconds
    }

    /// The histogram's lines: buckets count all times up to their bound.
    func lines(of name: String, labels: String) -> [String] {
        var lines: [String] = []
        var total: UInt64 = 0
        for (count, bound) in zip(counts, StageTimes.bounds) {
            total += count
            let seconds = Double(bound) / 1_000_000
            lines.append("\(name)_bucket{\(labels),le=\"\(seconds)\"} \(total)")
        }
        total += counts[StageTimes.bounds.count]
        lines.append("\(name)_bucket{\(labels),le=\"+Inf\"} \(total)")
        lines.append("\(name)_sum{\(labels)} \(Double(sumNanoseconds) / 1_000_000_000)")
        lines.append("\(name)_count{\(labels)} \(total)")
        return lines
    }
}
