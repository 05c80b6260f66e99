internal import ArgumentParser
internal import Primitives

/// Makes the keys of one institution.
struct KeygenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Make the keys of one institution.",
        discussion: """
            Secrets go to DIR/INSTITUTION/, one file each, readable by you alone; keep the govern \
            keys offline. The public half goes to DIR/INSTITUTION.public.yaml, for whoever makes \
            the genesis. Nothing is ever written over.

            Examples:
              custos keygen county-hospital --out keys
              custos keygen county-hospital --stream 0 --stream 1 --out keys --json
            """)

    @Argument(help: "The institution's id: 1 to 32 of a-z, 0-9 and -.")
    var institution: String

    @Option(help: "The folder to write to.")
    var out = "."

    @Option(name: .customLong("stream"), help: "A stream to make a submit key for; repeatable.")
    var streams: [UInt16] = [0]

    @Option(help: "How many govern keys to make.")
    var governors = 2

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard InstitutionID(institution) != nil else {
            throw ValidationError("an institution's id is 1 to 32 of a-z, 0-9 and -")
        }
        guard (1...16).contains(governors) else {
            throw ValidationError("1 to 16 govern keys can be made")
        }
        guard Set(streams).count == streams.count else {
            throw ValidationError("a stream is named twice")
        }
    }

    func run() throws {
        guard let id = InstitutionID(institution) else { throw ExitCode.validationFailure }
        let folder = SecretFolder(of: id, in: out)
        let keys = try folder.make(for: id, streams: streams.sorted(), governors: governors)
        let path = PublicFile.path(of: id, in: out)
        try Files.write(Array(keys.text.utf8), to: path)
        output.show(KeygenReport(institution: id.name, secrets: folder.path, publicFile: path))
    }
}

private struct KeygenReport: Report {
    let institution: String
    let secrets: String
    let publicFile: String

    var lines: [String] {
        [
            "Keys of \(institution):",
            "  secrets  \(secrets)/  (yours alone; back them up, keep the govern keys offline)",
            "  public   \(publicFile)  (for whoever makes the genesis)",
        ]
    }
}
