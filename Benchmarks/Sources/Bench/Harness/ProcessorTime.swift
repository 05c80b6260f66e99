internal import Foundation

/// What all processors of this machine did since it began, in ticks.
struct ProcessorTime {
    private let worked: UInt64
    private let stolen: UInt64

    /// Reads `/proc/stat`; nothing where the system has none (proc(5): user, nice, system, idle,
    /// iowait, irq, softirq, steal, then what is in user already).
    init?() {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = text.split(separator: "\n").first, line.hasPrefix("cpu ")
        else { return nil }
        let ticks = line.split(separator: " ").dropFirst().compactMap { UInt64($0) }
        guard ticks.count >= 8 else { return nil }
        worked = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]
        stolen = ticks[7]
    }

    /// Of the time since `start` in which there was work, how much a virtual machine's host gave to
    /// others, in percent: what waits for a processor waits that long, whatever it is.
    func stolenPercent(since start: ProcessorTime) -> Double {
        let taken = Double(stolen &- start.stolen)
        let wanted = taken + Double(worked &- start.worked)
        return wanted > 0 ? 100 * taken / wanted : 0
    }
}
