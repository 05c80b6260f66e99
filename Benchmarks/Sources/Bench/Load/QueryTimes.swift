internal import Foundation
internal import Node
internal import Primitives
internal import Proofs

/// How long answers to queries of one kind took, each verified apart.
struct QueryTimes: CustomStringConvertible {
    var median = 0.0
    var p99 = 0.0
    var verifyMedian = 0.0
    var verifyP99 = 0.0
    var rows = 0
    var byteCount = 0
    var lists = ""

    var description: String {
        let digits = { (value: Double) in String(format: "%.2f", value) }
        return "p50 \(digits(median)) ms, p99 \(digits(p99)) ms, verified in "
            + "\(digits(verifyMedian)) ms (p99 \(digits(verifyP99))), \(rows) rows, \(byteCount) "
            + "bytes with proof: the complete list of \(lists)"
    }

    /// Asks one kind of query many times, verifying each answer apart.
    static func ask(
        _ client: NodeClient, _ auditor: Auditor, rows: UInt64, times: Int = 40,
        _ make: (UInt64) -> Query
    ) async throws -> QueryTimes {
        var asked: [Double] = []
        var verified: [Double] = []
        var found = QueryTimes()
        for number in 0..<UInt64(times) {
            var request = QueryRequest(make(number), rowCount: rows)
            let start = ContinuousClock.now
            var pages: [[UInt8]] = []
            repeat {
                let answer = try await client.query(request)
                pages.append(answer.page ?? [])
                request.heights = answer.next
            } while rows == .max && request.heights != nil
            asked.append((ContinuousClock.now - start) / .milliseconds(1))
            var rowCount = 0
            verified.append(
                try seconds {
                    for page in pages {
                        let proven = try auditor.verify(try AnswerPage.decode(page))
                        rowCount += proven.items.count
                        found.lists =
                            proven.terms.count > 1
                            ? "\(proven.terms.count) terms" : "\(proven.terms)"
                    }
                } * 1_000)
            found.rows = max(found.rows, rowCount)
            found.byteCount = max(found.byteCount, pages.reduce(0) { $0 + $1.count })
        }
        found.median = asked.sorted()[asked.count / 2]
        found.p99 = asked.sorted()[asked.count * 99 / 100]
        found.verifyMedian = verified.sorted()[verified.count / 2]
        found.verifyP99 = verified.sorted()[verified.count * 99 / 100]
        return found
    }
}
