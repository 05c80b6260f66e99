internal import Foundation
internal import Ledger

/// What a run against four nodes consists of: sign, send, and read what the sender found.
enum Bench {
    /// This very program.
    static let program = URL(filePath: CommandLine.arguments[0]).standardizedFileURL

    struct Load {
        var batchCount: Int
        var size: Int
        var window = 8
        var rate: Double?
    }

    /// Starts four nodes, lets `load` go through them, and returns what `read` makes of it.
    static func run(
        isIndexKept: Bool, _ load: Load,
        _ read: (Sender.Result, BenchNodes) throws -> Double
    ) async throws -> Double {
        let nodes = try await BenchNodes(isIndexKept: isIndexKept)
        defer { nodes.stop() }
        let file = "\(nodes.folder)/load"
        try call([
            "sign", file, "\(nodes.folder)/bench.genesis", "\(load.batchCount)", "\(load.size)",
        ])
        let output = try call(
            ["send", file, "\(load.window)", load.rate.map { "\($0)" } ?? "-"]
                + BenchNetwork.validators.indices.map(nodes.folder(of:)))
        let result = try JSONDecoder().decode(Sender.Result.self, from: output)
        guard result.batches == load.batchCount else {
            throw BenchError("\(result.batches) of \(load.batchCount) batches were committed")
        }
        Progress.say(
            "\(result.batches) batches in \(result.seconds) s, commit p50 "
                + "\(result.medianMilliseconds) ms, p99 \(result.p99Milliseconds) ms, "
                + "\(result.retries) retries")
        return try read(result, nodes)
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
        case "sign" where arguments.count == 5:
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: arguments[2])))
            guard let batchCount = Int(arguments[3]), let size = Int(arguments[4]) else {
                return false
            }
            try LoadFile(path: arguments[1])
                .sign(genesis: try Genesis.decode(bytes), batchCount: batchCount, size: size)
        case "send" where arguments.count > 4:
            let sender = Sender(
                nodes: Array(arguments[4...]), batches: try LoadFile(path: arguments[1]).batches(),
                window: Int(arguments[2]) ?? 8, rate: Double(arguments[3]))
            let result = try await sender.run()
            print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
        default: return false
        }
        return true
    }
}
