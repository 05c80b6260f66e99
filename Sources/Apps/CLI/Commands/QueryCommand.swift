internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Node
internal import Primitives
internal import Proofs
internal import Records

/// Lists what the ledger says of somebody, with the proof that nothing is left out.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "List what the ledger says of a patient, practitioner, institution or claim.",
        discussion: """
            The node sends the complete list with its proof, and this command checks it against \
            the genesis before it prints: a node that leaves out a row is found out. Filters come \
            after the check. The list is complete as anchored, up to the block that is named.

            Examples:
              custos query patient 0f1e…  --node devnet/regulator
              custos query practitioner 5a6b… --kind access --from 2021-05-01 --to 2021-06-01
              custos query institution county-hospital --kind claim --limit 20 --json
              custos query claim 77aa…
            """)

    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case patient
        case practitioner
        case institution
        case claim
        case prescription
    }

    @Argument(help: "Whose: patient, practitioner, institution, claim or prescription.")
    var subject: Subject

    @Argument(help: "The id: 32 hexadecimal digits, or an institution's name.")
    var id: String

    @Option(help: "Only entries of this kind; repeatable.")
    var kind: [String] = []

    @Option(help: "Only what happened on this day or later: 2021-05-01.")
    var from: String?

    @Option(help: "Only what happened before this day.")
    var to: String?

    @Option(help: "Print at most so many, the latest.")
    var limit = 100

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        let auditor = try Auditor.of(try place.genesis)
        let terms = try terms()
        let filter = try QueryFilter(
            subject: subject, id: id, kinds: kind, from: from, to: to)
        var rows: [QueryRow] = []
        var height: UInt64 = 0
        var total = 0
        for term in terms {
            let answer = try await place.ask { client in
                let key = StateKey.term(term)
                return try await client.term(space: key.space, key: key.bytes)
            }
            let (proven, entries) = try auditor.check(answer, of: term)
            height = max(height, proven.head.header.height.blocks)
            total += entries.count
            for (item, entry) in zip(proven.items, entries) where filter.takes(entry) {
                rows.append(QueryRow(item, entry))
            }
        }
        rows.sort { $0.entry.leaf < $1.entry.leaf }
        output.show(
            QueryReport(
                subject: "\(subject.rawValue) \(id)", complete: terms.map(\.description),
                height: height, listed: total, matching: rows.count,
                rows: Array(rows.suffix(limit))))
    }

    /// The complete lists that hold every entry about the subject.
    private func terms() throws -> [Term] {
        if subject == .institution {
            guard let institution = InstitutionID(id) else {
                throw ValidationError("'\(id)' is no institution")
            }
            return [.institution(institution)]
        }
        guard let opaque = OpaqueID(hex: id) else {
            throw ValidationError("an id has 32 hexadecimal digits; '\(id)' does not")
        }
        // Claims and prescriptions have no lists of their own: those of their kinds are filtered.
        return switch subject {
        case .patient: [.patient(opaque)]
        case .practitioner: [.practitioner(opaque)]
        case .claim: [.kind(.claim), .kind(.claimResponse)]
        default: [.kind(.prescription), .kind(.dispense)]
        }
    }
}

/// Which entries of a complete list are wanted.
struct QueryFilter {
    private let subject: Subject?
    private let kinds: Set<EntryKind>
    private let from: Timestamp?
    private let to: Timestamp?

    init(
        subject: QueryCommand.Subject, id: String, kinds: [String], from: String?, to: String?
    ) throws {
        self.subject =
            switch subject {
            case .claim: OpaqueID(hex: id).map(Subject.claim)
            case .prescription: OpaqueID(hex: id).map(Subject.prescription)
            default: nil
            }
        self.kinds = Set(try kinds.map(Self.kind))
        self.from = try from.map(Self.day)
        self.to = try to.map(Self.day)
    }

    func takes(_ entry: Entry) -> Bool {
        if let subject, !entry.subjects.contains(subject) { return false }
        if !kinds.isEmpty, !kinds.contains(entry.kind) { return false }
        if let from, entry.eventTime < from { return false }
        if let to, entry.eventTime >= to { return false }
        return true
    }

    private static func kind(_ name: String) throws -> EntryKind {
        let names = EntryKind.allCases.map {
            (EntryView.words("\($0)").replacing(" ", with: "-"), $0)
        }
        guard let found = names.first(where: { $0.0 == name }) else {
            let known = names.map(\.0).joined(separator: ", ")
            throw ValidationError("there is no kind '\(name)'; there are \(known)")
        }
        return found.1
    }

    private static func day(_ text: String) throws -> Timestamp {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let day = Day(year: parts[0], month: parts[1], day: parts[2])
        else { throw ValidationError("'\(text)' is no day such as 2021-05-01") }
        return day.start
    }
}

extension Auditor {
    static func of(_ genesis: Genesis) throws(Failure) -> Auditor {
        do {
            return try Auditor(genesis: genesis)
        } catch {
            throw Failure(.refused, "\(error)")
        }
    }

    /// The list of an answer, once it is proved to be the whole of it.
    func check(
        _ answer: TermAnswer, of term: Term
    ) throws(Failure) -> (ProvenTerm, [Entry]) {
        do {
            let proven = try verify(try TermProof.decode(answer.proof))
            guard proven.term == term else {
                throw Failure(.refused, "the node answered with the list of \(proven.term)")
            }
            return (proven, try proven.entries(from: answer.entries.map(\.entry)))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.refused, "the node's answer is not proved: \(error)")
        }
    }
}

struct QueryRow: Encodable {
    let height: UInt64
    let entry: EntryView

    init(_ item: ProvenTerm.Item, _ entry: Entry) {
        height = item.height.blocks
        self.entry = EntryView(entry, leaf: item.leafIndex, leafHash: item.leafHash)
    }
}

private struct QueryReport: Report {
    let subject: String
    /// The lists that were proved to be complete.
    let complete: [String]
    let height: UInt64
    let listed: Int
    let matching: Int
    let rows: [QueryRow]

    var lines: [String] {
        var table = Table("leaf", "happened", "issuer", "kind", "what stands in clear")
        for row in rows {
            let entry = row.entry
            let access = entry.access.map {
                "\($0.action) for \($0.purpose), basis \($0.basis), \($0.outcome)"
            }
            table.add(
                String(entry.leaf), String(entry.time.prefix(16)), entry.issuer, entry.kind,
                access ?? entry.body ?? "sealed to \(entry.recipients.joined(separator: ", "))")
        }
        let shown = rows.count < matching ? ", the latest \(rows.count) shown" : ""
        return [
            "Entries about \(subject): \(matching) of \(listed) in the list\(shown)",
            "Proved complete up to block \(height): \(complete.joined(separator: "; "))", "",
        ] + table.lines
    }
}
