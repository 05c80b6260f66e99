internal import Foundation

/// One thing to measure: `run` gives one value in `unit`, and is called `runs` times.
struct Benchmark: Sendable {
    let name: String
    let unit: String
    let better: Measurement.Better
    let runs: Int
    /// What was measured with, so that a figure can be read without this source.
    let settings: String
    let run: @Sendable () async throws -> Double

    func measure() async throws -> Measurement {
        var values: [Double] = []
        var stolen: [Double] = []
        for index in 1...runs {
            let start = ProcessorTime()
            let value = try await run()
            values.append(value)
            var text = "\(name): run \(index) of \(runs): \(value) \(unit)"
            if let start, let end = ProcessorTime() {
                let percent = end.stolenPercent(since: start)
                stolen.append(percent)
                text += String(format: "; %.1f %% of the time with work went to the host", percent)
            }
            Progress.say(text)
        }
        return Measurement(self, values: values, stolen: stolen)
    }
}

/// Seconds that `work` takes.
func seconds(_ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    return try clock.measure(work) / .seconds(1)
}

/// Seconds of one core that `work` takes on this thread, however busy the machine is otherwise.
func processorSeconds(_ work: () throws -> Void) rethrows -> Double {
    func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try work()
    return now() - start
}

/// What goes on, on standard error, so that standard output holds figures only.
enum Progress {
    static func say(_ text: String) {
        FileHandle.standardError.write(Data("   \(text)\n".utf8))
    }
}
