internal import Foundation
internal import Primitives
internal import Records
internal import RuleEngine

/// Ten million claims of the batch questions, as facts in columns.
///
/// `CUSTOS_CLAIMS` names the Parquet file that `make_claims.py` writes; `python3` with duckdb
/// prints it as CSV, so that all who are asked have the same rows: claim, patient, provider, day,
/// code, amount, length of stay.
enum ClaimTable {
    static func read() throws -> FactColumns {
        guard let file = ProcessInfo.processInfo.environment["CUSTOS_CLAIMS"] else {
            throw BenchError("set CUSTOS_CLAIMS to the file that make_claims.py has written")
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c",
            """
            import duckdb, sys
            # Else what takes long prints its progress among the rows.
            duckdb.sql("set enable_progress_bar = false")
            duckdb.sql(f'''copy (select claim, patient, provider, day, code,
              cast(round(amount * 100) as bigint), los from '{sys.argv[1]}' order by claim)
              to '/dev/stdout' (format csv, header false)''')
            """, file,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        var facts = FactColumns()
        var maker = try ClaimMaker()
        var rest: [UInt8] = []
        while let piece = try pipe.fileHandleForReading.read(upToCount: 1 << 20), !piece.isEmpty {
            rest += piece
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            for line in rest[..<end].split(separator: UInt8(ascii: "\n")) {
                facts.add(try maker.fact(line))
            }
            rest.removeSubrange(...end)
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0, facts.count > 0 else {
            throw BenchError("\(file) could not be read through python3 and duckdb")
        }
        facts.finish()
        return facts
    }
}

/// Makes facts of lines.
private struct ClaimMaker {
    private let issuer: InstitutionID
    private let currency: Currency
    private var count: UInt64 = 0

    init() throws {
        guard let issuer = InstitutionID("insurer"), let currency = Currency("USD") else {
            throw BenchError("no insurer, no dollars")
        }
        self.issuer = issuer
        self.currency = currency
    }

    private static let firstDay: Int32 = 19_000

    mutating func fact(_ line: ArraySlice<UInt8>) throws -> AnchoredFact {
        let numbers = try numbers(line)
        let day = Day(number: Self.firstDay + Int32(numbers[3]))
        var fact = Fact(.claimLine)
        try fact.set("claim", to: .id(Self.id(3, numbers[0])))
        try fact.set("line", to: .integer(1))
        try fact.set("patient", to: .id(Self.id(1, numbers[1])))
        try fact.set("practitioner", to: .id(Self.id(2, numbers[2])))
        try fact.set("code", to: .code(Code(system: "local", code: "\(numbers[4])")))
        try fact.set("date", to: .date(day))
        try fact.set("net", to: .money(Amount(minorUnits: numbers[5], currency: currency)))
        if numbers[6] > 0 {
            let end = Day(number: day.number + Int32(numbers[6])).start.milliseconds - 1
            try fact.set("from", to: .instant(day.start, zoneMinutes: 0))
            try fact.set("to", to: .instant(Timestamp(milliseconds: end), zoneMinutes: 0))
        }
        defer { count += 1 }
        return AnchoredFact(
            fact: fact,
            position: LedgerPosition(
                leafIndex: count, leafHash: Digest(words: (count, ~count, 1, 2)), ordinal: 0,
                height: Height(count / 4_096),
                anchored: Timestamp(milliseconds: 1_800_000_000_000 + Int64(count / 4_096)),
                issuer: issuer))
    }

    /// The seven numbers of a line, none of them negative.
    private func numbers(_ line: ArraySlice<UInt8>) throws -> [Int64] {
        let cells = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        let numbers = cells.compactMap { cell -> Int64? in
            guard (1...18).contains(cell.count), cell.allSatisfy({ 48...57 ~= $0 }) else {
                return nil
            }
            return cell.reduce(0) { $0 * 10 + Int64($1) - 48 }
        }
        guard numbers.count == 7, cells.count == 7 else {
            throw BenchError(
                "claim \(count) is '\(String(decoding: line, as: UTF8.self))', not seven numbers")
        }
        return numbers
    }

    private static func id(_ sort: UInt64, _ number: Int64) -> OpaqueID {
        var random = SplitMix(seed: sort << 40 | UInt64(number))
        return OpaqueID(prefixOf: Digest(words: (random.next(), random.next(), 0, 0)))
    }
}
