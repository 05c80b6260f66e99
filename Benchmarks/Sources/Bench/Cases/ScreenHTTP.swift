internal import Foundation
internal import Glibc

/// How long a payer waits at a node's HTTP door for what every rule says of a claim.
///
/// Claims come at a fixed pace whether those before were answered or not, over connections that
/// stay open; a claim's time begins when it was due, so that waiting in line counts. What makes the
/// load runs on the same cores as the nodes.
enum ScreenHTTP {
    private static let claimsASecond = 2_000
    private static let seconds = 10
    private static let warmUpSeconds = 2
    private static let connectionCount = 16

    static let benchmark = Benchmark(
        name: "screen.http", unit: "ms", better: .lower, runs: 3,
        settings: "p99 of POST /screen at \(claimsASecond) claims/s for \(seconds) s after "
            + "\(warmUpSeconds) s, \(connectionCount) connections on loopback, every rule of "
            + "rules/, samples/synthea-small as history, four nodes and the load on this machine"
    ) {
        let network = try ScreenNetwork()
        defer { network.end() }
        try network.load()
        let bodies = try claims()
        let before = network.processorSeconds
        let times = try ScreenLoad(
            port: network.port, bodies: bodies, claimsASecond: claimsASecond,
            seconds: warmUpSeconds + seconds, connectionCount: connectionCount
        ).run()
        let used = network.processorSeconds - before
        let counted = times.dropFirst(warmUpSeconds * claimsASecond).sorted()
        let most = counted[counted.count * 99 / 100]
        Progress.say(
            String(
                format: "p50 %.2f ms, p99 %.2f ms, most %.2f ms, %.0f µs of the node's CPU a claim",
                counted[counted.count / 2] * 1e3, most * 1e3, (counted.last ?? 0) * 1e3,
                used / Double(times.count) * 1e6))
        return most * 1e3
    }

    /// Each of the sample's claims as a request.
    private static func claims() throws -> [[UInt8]] {
        let text = try String(
            contentsOfFile: Checkout.path("samples/synthea-small/Claim.ndjson"), encoding: .utf8)
        return text.split(separator: "\n").map { line in
            Array(
                ("POST /screen HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json"
                    + "\r\nContent-Length: \(line.utf8.count)\r\n\r\n\(line)").utf8)
        }
    }
}

/// The demo's network in a folder of its own: four nodes, one of which screens.
private final class ScreenNetwork {
    let port = 7_802
    private let folder = NSTemporaryDirectory() + "custos-screen-\(UInt32.random(in: 0 ... .max))"
    private let network: Process

    private static let program = Bench.program.deletingLastPathComponent().appending(path: "custos")
    /// Which member is asked: the third of the four.
    private static let member = "insurer"

    init() throws {
        network = try ScreenNetwork.start(["devnet", "--dir", folder, "--base-port", "7700"])
    }

    private static func start(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: Checkout.path(""))
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Brings the history to the ledger, and waits until rules have seen it.
    func load() throws {
        try wait("the nodes are not up") { try isReady() }
        let ingest = try ScreenNetwork.start([
            "ingest", "samples/synthea-small", "--derive", "--assign", "samples/institutions.json",
            "--net", folder,
        ])
        ingest.waitUntilExit()
        guard ingest.terminationStatus == 0 else { throw BenchError("custos ingest failed") }
        sleep(2)
        try wait("the desk does not follow") { try isReady() }
    }

    private func wait(_ problem: String, until isSo: () throws -> Bool) throws {
        for _ in 0..<300 {
            if try isSo() { return }
            usleep(200_000)
        }
        throw BenchError("\(problem); see \(folder)")
    }

    private func isReady() throws -> Bool {
        guard let connection = try? ScreenConnection(port: port) else { return false }
        let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        return (try? connection.ask(Array(request.utf8))) == 200
    }

    /// Seconds of CPU that the node which screens has used.
    var processorSeconds: Double {
        let file = "\(folder)/\(ScreenNetwork.member)/node.pid"
        guard let pid = try? String(contentsOfFile: file, encoding: .utf8),
            let text = try? String(
                contentsOfFile: "/proc/\(pid.filter(\.isNumber))/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else { return 0 }
        return (user + system) / 100
    }

    func end() {
        network.interrupt()
        network.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Requests at a pace, over connections each of which has a thread.
private struct ScreenLoad {
    let port: Int
    let bodies: [[UInt8]]
    let claimsASecond: Int
    let seconds: Int
    let connectionCount: Int

    /// How long each took from when it was due, in seconds, in the order in which they were due.
    func run() throws -> [Double] {
        let count = claimsASecond * seconds
        let times = UnsafeMutableBufferPointer<Double>.allocate(capacity: count)
        times.initialize(repeating: -1)
        defer { times.deallocate() }
        let start = ScreenLoad.now + 0.1
        nonisolated(unsafe) let results = times
        let threads = DispatchGroup()
        for connection in 0..<connectionCount {
            threads.enter()
            Thread {
                defer { threads.leave() }
                guard let socket = try? ScreenConnection(port: port) else { return }
                for number in stride(from: connection, to: count, by: connectionCount) {
                    let due = start + Double(number) / Double(claimsASecond)
                    let early = due - ScreenLoad.now
                    if early > 0 { usleep(UInt32(early * 1e6)) }
                    let status = try? socket.ask(bodies[number % bodies.count])
                    guard status == 200 else { return }
                    results[number] = ScreenLoad.now - due
                }
            }.start()
        }
        threads.wait()
        guard let last = times.min(), last >= 0 else {
            throw BenchError("a claim was not answered with 200")
        }
        return Array(times)
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// One connection that stays open, and asks one thing after another.
private final class ScreenConnection {
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            throw BenchError("nothing listens on \(port)")
        }
        var yes: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// The status of the answer to a request, once all of the answer is here.
    func ask(_ request: [UInt8]) throws -> Int {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes {
                send(
                    descriptor, $0.baseAddress?.advanced(by: sent), request.count - sent,
                    Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchError("the connection ended") }
            sent += count
        }
        var answer: [UInt8] = []
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw BenchError("the connection ended") }
            answer += buffer[..<count]
            if let status = ScreenConnection.status(of: answer) { return status }
        }
    }

    /// The status of a whole answer; nil while something of it is missing.
    private static func status(of answer: [UInt8]) -> Int? {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = answer.firstRange(of: separator) else { return nil }
        let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self)
        let length = head.split(separator: "\r\n").first {
            $0.lowercased().hasPrefix("content-length:")
        }
        guard let length, let count = Int(length.dropFirst(15).filter(\.isNumber)),
            answer.count >= end.upperBound + count
        else { return nil }
        return Int(head.split(separator: " ").dropFirst().first ?? "")
    }
}
