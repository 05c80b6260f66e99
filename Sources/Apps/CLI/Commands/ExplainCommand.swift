internal import ArgumentParser
internal import Node
internal import Primitives
internal import Records
internal import RuleEngine
internal import Supervision

/// Says why a rule found something, or why it did not.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a rule found something, or why it did not.",
        discussion: """
            FINDING is the finding's id, or how it begins, as `custos findings` prints it. What \
            is printed is a tree: the values read, the entries, the exceptions tried, the rows of \
            knowledge tables. Of a finding that was withdrawn it says what it stated, and why it \
            does not hold any more. With --json the tree comes as it is; with --picture it is drawn.

            With --why-not RULE, the argument is a subject's id instead, and every row about it \
            that the rule judges is explained, whatever came of it.

            Examples:
              custos explain 3f6c2a91 --node devnet/regulator
              custos explain 3f6c2a91 --picture finding.svg --node devnet/regulator
              custos explain --why-not RX-05 77aa0c… --on 2021-05-03 --json
              custos explain --why-not AC-01 county-hospital --of institution
            """)

    @Argument(help: "The finding; with --why-not, the subject.")
    var id: String

    @Option(help: ArgumentHelp("Explain what this rule says of a subject.", valueName: "rule"))
    var whyNot: String?

    @Option(help: "What the subject is: patient, practitioner, institution, claim, prescription.")
    var of = QueryCommand.Subject.patient

    @Option(help: "With --why-not: only rows with a date on this day, such as 2021-05-03.")
    var on: String?

    @Option(help: ArgumentHelp("Draw the tree into a file, as SVG.", valueName: "file"))
    var picture: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let place = try node.place
        if let whyNot {
            let request = DeskRequest.whyNot(
                rule: whyNot, subject: try subject(), on: try on.map(Day.reading))
            let answer = try await ask(request, place)
            var note: String?
            if of == .institution, answer.explanations.isEmpty {
                note = try await place.ask { try await KnownNames($0).missing(institution: id) }
            }
            return output.show(ExplainReport(nil, try drawn(answer), note: note))
        }
        let finding = try await place.ask { try await Finding.find(id, $0) }
        output.show(
            ExplainReport(finding, try drawn(try await ask(.explain(finding: finding), place))))
    }

    private func ask(
        _ request: DeskRequest, _ place: NodePlace
    ) async throws -> ExplanationAnswer {
        let bytes = try await place.ask { try await $0.desk(request.encode()) }
        return try Desk.read { () throws(SupervisionError) in
            try ExplanationAnswer.decode(bytes)
        }
    }

    /// The answer, once it was drawn where that is wanted.
    private func drawn(_ answer: ExplanationAnswer) throws -> ExplanationAnswer {
        guard let picture else { return answer }
        guard !answer.explanations.isEmpty else {
            throw Failure(.refused, "there is no tree to draw: \(answer.text)")
        }
        try Files.write(Array(ExplanationPicture.svg(answer.explanations).utf8), to: picture)
        return answer
    }

    private func subject() throws -> Subject {
        if of == .institution {
            guard let institution = InstitutionID(id) else {
                throw ValidationError("'\(id)' is no institution")
            }
            return .institution(institution)
        }
        guard let opaque = OpaqueID(hex: id) else {
            throw ValidationError("an id has 32 hexadecimal digits; '\(id)' does not")
        }
        return switch of {
        case .practitioner: .practitioner(opaque)
        case .claim: .claim(opaque)
        case .prescription: .prescription(opaque)
        default: .patient(opaque)
        }
    }
}

private struct ExplainReport: Report {
    let finding: String?
    let explanation: String
    /// The proof trees; none where only what was stated can be told.
    let trees: [ExplanationView]
    /// Entries that may matter and cannot be opened here.
    let sealed: [UInt64]
    /// What may be wrong with the question.
    let note: String?

    init(_ finding: Digest?, _ answer: ExplanationAnswer, note: String? = nil) {
        self.note = note
        self.finding = finding?.description
        explanation = answer.text
        trees = answer.explanations.map(ExplanationView.init)
        sealed = answer.sealed
    }

    var lines: [String] {
        (finding.map { ["Finding \($0)", ""] } ?? []) + [explanation]
            + (note.map { ["", "note: \($0)"] } ?? [])
    }
}

extension Day {
    /// The day that a text such as `2021-05-03` says.
    static func reading(_ text: String) throws -> Day {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, let day = Day(year: parts[0], month: parts[1], day: parts[2])
        else { throw ValidationError("'\(text)' is no day such as 2021-05-01") }
        return day
    }
}

/// Findings by the beginnings of their ids.
enum Finding {
    /// The finding whose id begins so.
    static func find(_ prefix: String, _ client: NodeClient) async throws -> Digest {
        if let id = Digest(hex: prefix) { return id }
        let found = try await Desk.findings(of: client).map(\.id).filter {
            $0.description.hasPrefix(prefix.beginningOfID)
        }
        return try Beginning.one(
            of: found, prefix, ("finding that this node knows of", "findings"),
            lists: "custos findings", id: \.description)
    }
}
