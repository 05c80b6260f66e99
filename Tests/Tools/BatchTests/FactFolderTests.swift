import Foundation
import Primitives
import Records
import RuleEngine
import Testing

@testable import Batch

@Suite("Folders of facts")
struct FactFolderTests {
    private func folder() -> String {
        FileManager.default.temporaryDirectory
            .appending(path: "facts-\(UUID().uuidString)").path
    }

    /// A fact of each kind with every field known, the odd ones without their last.
    private func facts() throws -> [AnchoredFact] {
        var facts: [AnchoredFact] = []
        for (number, kind) in FactKind.allCases.enumerated() {
            var fact = Fact(kind)
            for field in kind.schema.fields.dropLast(number % 2) {
                try fact.set(field.name, to: try value(field.type))
            }
            for ordinal in 0..<UInt32(2) {
                facts.append(
                    AnchoredFact(
                        fact: fact,
                        position: LedgerPosition(
                            leafIndex: UInt64(number),
                            leafHash: Digest(words: (1, 2, 3, UInt64(number))),
                            ordinal: ordinal, height: Height(UInt64(number) + 7),
                            anchored: Timestamp(milliseconds: 1_700_000_000_000 - Int64(number)),
                            issuer: try #require(InstitutionID("city-hospital")))))
            }
        }
        return facts
    }

    private func value(_ type: FactType) throws -> FactValue {
        switch type {
        case .text: return .text("a \"quoted\" \\ text\nwith 中文 and \u{1}")
        case .code: return .code(Code(system: "http://a|b%7C", code: "x|y"))
        case .codes:
            return .codes([Code(system: "icd10", code: "I10"), Code(system: "s", code: "")])
        case .integer: return .integer(.min)
        case .decimal: return .decimal(ExactDecimal(coefficient: -150, scale: 2) ?? .zero)
        case .money:
            return .money(
                Amount(minorUnits: -1_250, currency: try #require(Currency("CNY"))))
        case .quantity:
            return .quantity(ExactDecimal(coefficient: 55, scale: 1) ?? .zero, unit: "mg")
        case .date: return .date(Day(number: -3))
        case .instant: return .instant(Timestamp(milliseconds: -5), zoneMinutes: -480)
        case .bool: return .bool(false)
        case .patient, .practitioner, .claim, .prescription:
            return .id(OpaqueID(prefixOf: Digest(words: (.max, 5, 6, 7))))
        case .institution: return .institution(try #require(InstitutionID("a-b")))
        }
    }

    @Test("what was written is read again, every type and every kind, over several files")
    func roundTrip() throws {
        let path = folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let facts = try facts()
        var writer = try FactFolderWriter(path: path, rowsOfFile: 1)
        for fact in facts { try writer.add(fact) }
        let present = Timestamp(milliseconds: 42)
        let written = try writer.finish(present: present)
        #expect(written.present == present)
        var read: [AnchoredFact] = []
        try FactFolder(path: path).read { read.append($0) }
        #expect(read == facts)
        #expect(try FactFolder(path: path).columns().count == facts.count)
        #expect(throws: BatchError.cannotWrite(file: path)) { try FactFolderWriter(path: path) }
    }

    @Test("a folder that is cut short, out of order or bent is refused, saying where")
    func refused() throws {
        let path = folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: BatchError.notFacts(folder: path, reason: "it has no facts.json")) {
            try FactFolder(path: path)
        }
        var writer = try FactFolderWriter(path: path)
        for fact in try facts() { try writer.add(fact) }
        let written = try writer.finish(present: Timestamp(milliseconds: 0))
        let file = try #require(written.files(.claim).first)
        let whole = try String(contentsOfFile: file, encoding: .utf8)
        let lines = whole.split(separator: "\n")
        let bent: [(text: String, error: BatchError)] = [
            (
                String(lines[0]),
                .notFacts(
                    folder: path, reason: "it has 1 facts of the kind claim, not 2")
            ),
            (lines.reversed().joined(separator: "\n"), .disorder(file: file, line: 2)),
            (
                whole.replacing("\"issuer\":\"city-hospital\"", with: "\"issuer\":\"A!\""),
                .line(
                    file: file, line: 1,
                    problem: "issuer is not an institution (1 to 32 of a-z, 0-9, -)")
            ),
        ]
        for (text, error) in bent {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(throws: error) { try FactFolder(path: path).read { _ in } }
        }
    }

    @Test("threads answer in the order of the parts, each part once", arguments: [1, 2, 7])
    func threads(count: Int) {
        let parts = Array(0..<1_000)
        #expect(ThreadWorkers(count: count).map(parts) { $0 * 2 } == parts.map { $0 * 2 })
        #expect(ThreadWorkers(count: count).map([Int]()) { $0 }.isEmpty)
    }
}
