internal import Foundation
internal import Ledger

/// What a run against some nodes consists of: sign, send, and read what the sender found.
enum Bench {
    /// This very program.
    static let program = URL(filePath: CommandLine.arguments[0]).standardizedFileURL

    struct Load {
        var batchCount: Int
        var size: Int
        var entries = EntryMaker.Size.short
        var window = 8
        var rate: Double?
        var validatorCount = 4
    }

    /// Starts nodes, lets `load` go through them, and returns what `read` makes of it.
    static func run(
        isIndexKept: Bool, _ load: Load,
        _ read: (Sender.Result, BenchNodes) async throws -> Double
    ) async throws -> Double {
        let nodes = try await BenchNodes(
            isIndexKept: isIndexKept, count: load.validatorCount)
        defer { nodes.stop() }
        let file = "\(nodes.folder)/load"
        try call([
            "sign", file, "\(nodes.folder)/bench.genesis", "\(load.batchCount)", "\(load.size)",
            load.entries.rawValue,
        ])
        let before = nodes.processorSeconds
        let output = try call(
            ["send", file, "\(load.window)", load.rate.map { "\($0)" } ?? "-"]
                + nodes.folders)
        let result = try JSONDecoder().decode(Sender.Result.self, from: output)
        guard result.batches == load.batchCount else {
            throw BenchError("\(result.batches) of \(load.batchCount) batches were committed")
        }
        Progress.say(
            "\(result.batches) batches in \(result.seconds) s, commit p50 "
                + "\(result.medianMilliseconds) ms, p99 \(result.p99Milliseconds) ms, "
                + "\(result.retries) retries")
        let after = nodes.processorSeconds
        let entries = Double(result.batches * load.size)
        let user = (after.user - before.user) * 1_000_000 / entries
        let system = (after.system - before.system) * 1_000_000 / entries
        Progress.say("all nodes together: \(user) us of CPU an entry, and \(system) in the kernel")
        return try await read(result, nodes)
    }

    /// Runs this program as another process, and returns what it printed.
    @discardableResult
    private static func call(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchError("\(arguments[0]) ended with \(process.terminationStatus)")
        }
        return output
    }

    /// What this program does when it is called by ``call(_:)``; false where it was not.
    static func serve(_ arguments: [String]) async throws -> Bool {
        switch arguments.first {
        case "sign" where arguments.count == 6:
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[2])))
            guard let batchCount = Int(arguments[3]), let size = Int(arguments[4]),
                let entries = EntryMaker.Size(rawValue: arguments[5])
            else { return false }
            try LoadFile(path: arguments[1]).sign(
                genesis: try Genesis.decode(bytes), batchCount: batchCount, size: size,
                entries: entries)
        case "send" where arguments.count > 4:
            let sender = Sender(
                nodes: Array(arguments[4...]), batches: try LoadFile(path: arguments[1]).batches(),
                window: Int(arguments[2]) ?? 8, rate: Double(arguments[3]))
            let result = try await sender.run()
            print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
        case "soak" where arguments.count == 3:
            guard let seconds = Double(arguments[1]), let seed = UInt64(arguments[2]) else {
                return false
            }
            try await Soak(seconds: seconds, seed: seed).run()
        default: return false
        }
        return true
    }
}
