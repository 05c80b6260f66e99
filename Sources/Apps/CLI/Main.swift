internal import ArgumentParser
internal import Foundation

/// The door to everything Custos does from a shell.
@main
struct Main {
    static func main() async {
        var running: any ParsableCommand.Type = Custos.self
        do {
            var command = try Custos.parseAsRoot()
            running = type(of: command)
            try OnceOptions.check(command, Array(CommandLine.arguments.dropFirst()))
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            let asJSON = CommandLine.arguments.contains("--json")
            exit(Ending.of(error, asJSON: asJSON, in: running).rawValue)
        }
    }
}

/// The root command; it only lists the others.
struct Custos: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "custos",
        abstract: "A ledger for medical records and claims, and the supervision on top of it.",
        discussion: """
            Exit codes: 0 done, or true; 1 refused, or false; 2 the command line is wrong; \
            3 no node could be reached; 4 a file could not be read or written; 5 anything else.

            Every command takes --json, and prints one JSON object (or one object a line). \
            `custos --generate-completion-script bash` (or zsh, fish) prints completions.
            """,
        version: "0.1.0",
        subcommands: [
            KeygenCommand.self, GenesisCommand.self, NodeCommand.self, DevnetCommand.self,
            SynthesizeCommand.self, ScoreCommand.self, ExportCommand.self, SweepCommand.self,
            SweepPartCommand.self,
            IngestCommand.self, SubmitCommand.self,
            StatusCommand.self, QueryCommand.self, SimulateCommand.self,
            FindingsCommand.self, ExplainCommand.self, ProofCommand.self, ReceiptCommand.self,
            VerifyCommand.self, HoldCommand.self, EraseCommand.self, HeadCommand.self,
            ArchiveCommand.self, CheckCommand.self,
            DivergeCommand.self, BackupCommand.self, RestoreCommand.self,
            RepairCommand.self, RulesCommand.self,
            EvidenceCommand.self, GovernCommand.self, IdentityCommand.self, ChainCommand.self,
            AnchorCommand.self, ForkCommand.self, StatementCommand.self, WitnessCommand.self,
            RecordCommand.self, DiscloseCommand.self, CaseCommand.self,
        ])
}
