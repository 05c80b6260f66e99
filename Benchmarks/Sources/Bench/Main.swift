internal import Foundation

/// Measures what is named on the command line, or everything.
@main
struct Main {
    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        do {
            if try await Bench.serve(Array(arguments)) { return }
        } catch {
            Progress.say("\(error)")
            exit(1)
        }
        let asJSON = arguments.contains("--json")
        let names = arguments.filter { !$0.hasPrefix("--") }
        if arguments.contains("--list") {
            for benchmark in Cases.all { print(benchmark.name) }
            return
        }
        if let flag = arguments.first(where: { $0.hasPrefix("--") && $0 != "--json" }) {
            Progress.say("no flag is called \(flag); there are --list and --json, and names")
            exit(2)
        }
        if let unknown = names.first(where: { name in !Cases.all.contains { $0.name == name } }) {
            Progress.say("no benchmark is called \(unknown); there are:")
            for benchmark in Cases.all { Progress.say("  " + benchmark.name) }
            exit(2)
        }
        var failed = false
        for benchmark in Cases.all where names.isEmpty || names.contains(benchmark.name) {
            do {
                let measurement = try await benchmark.measure()
                print(asJSON ? measurement.json : measurement.line)
                fflush(nil)
            } catch {
                Progress.say("\(benchmark.name) could not be measured: \(error)")
                failed = true
            }
        }
        await AuditLedger.shared.end()
        exit(failed ? 1 : 0)
    }
}
