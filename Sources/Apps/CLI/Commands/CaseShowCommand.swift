internal import ArgumentParser
internal import Node
internal import Primitives
internal import Proofs
internal import Records

extension CaseCommand {
    /// Lists cases, or shows one, and writes it to a file that anyone can check.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "List the cases on the ledger, or show one step by step.",
            discussion: """
                What is sealed to others is shown as sealed. With --out, the steps are written \
                with their proofs, opened as far as this institution may: `custos verify` checks \
                offline that they are all the steps up to the last, and runs the rules of the \
                findings again that were shared or given notice of. The proofs are checked before \
                anything is written: a node whose answer does not hold is refused, and told why. \
                Which term for an appeal runs, and whether it was kept, is told by when steps \
                were anchored.

                Examples:
                  custos case show --node devnet/regulator
                  custos case show 77aa --node devnet/city-pharmacy --out notice.case
                  custos verify notice.case --genesis devnet/county.genesis
                """)

        @Argument(help: "The case, by how its id begins; without it, all are listed.")
        var id: String?

        @Option(help: "Whose case, where institutions have cases of one id.")
        var of: String?

        @Option(help: "A file to write the case to, with its proofs.")
        var out: String?

        @OptionGroup var trust: TrustOptions
        @OptionGroup var node: NodeOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard out == nil || id != nil else {
                throw ValidationError("--out writes one case: say which")
            }
            guard trust.head == nil || out != nil else {
                throw ValidationError("--head is held against the proofs that --out writes")
            }
        }

        func run() async throws {
            let issuer = try of.map(CaseWords.institution)
            let place = try node.place
            let auditor = try trust.auditor(try place.genesis)
            let cases = try await place.ask { client in
                guard let id else {
                    return try await KnownCase.all(client).filter {
                        (issuer ?? $0.issuer) == $0.issuer
                    }.map { CasesReport.Case($0, []) }
                }
                let known = try await KnownCase.find(id, of: issuer, client)
                guard let out else {
                    return [CasesReport.Case(known, try await known.deadlines(client))]
                }
                let (file, proven) = try await known.prove(auditor, client)
                try Files.write(file.encode(), to: out)
                return [CasesReport.Case(known, proven.deadlines)]
            }
            output.show(CasesReport(cases: cases, isWhole: id != nil, file: out))
        }
    }
}

private struct CasesReport: Report {
    let cases: [Case]
    let isWhole: Bool
    let file: String?

    struct Case: Encodable {
        let id: String
        let issuer: String
        let isClosed: Bool
        let steps: [CaseStepView]
        let deadlines: [CaseDeadlineView]

        init(_ known: KnownCase, _ deadlines: [CaseDeadline]) {
            self.deadlines = deadlines.map { CaseDeadlineView($0, asOf: Timestamp.now.day) }
            id = known.blindedCase.description
            issuer = known.issuer.name
            isClosed = known.isClosed
            steps = known.steps.map {
                CaseStepView($0.entry, leaf: $0.leaf, $0.body, $0.statement)
            }
        }
    }

    var lines: [String] {
        guard !cases.isEmpty else { return ["No cases."] }
        var lines: [String] = []
        for item in cases {
            let state = item.isClosed ? "closed" : "open"
            lines.append(
                "case \(item.id) of \(item.issuer): \(state), \(item.steps.count) steps")
            guard isWhole else { continue }
            for step in item.steps { lines += [""] + step.lines }
            for deadline in item.deadlines { lines += [""] + deadline.lines }
        }
        return lines + (file.map { ["", "written to \($0)"] } ?? [])
    }
}
