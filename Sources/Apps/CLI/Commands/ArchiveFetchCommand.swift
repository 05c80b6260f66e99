internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Tiles

/// Gets a tiled log from a web server or a disk, and checks all of it.
struct ArchiveFetchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Get a tiled log from a web server or a disk, and check every file of it.",
        discussion: """
            The checkpoint must be signed by the log, and by every witness that is named. The \
            entries must have the checkpoint's root over them, and the tiles the hashes of that \
            very tree. With --head, the ledger's block is that head, or the head's tree is the \
            start of the log's. What does not hold is refused, and nothing of it is kept.

            Examples:
              custos archive fetch https://county.example/log --out log \
            --log-key county.example/custos+0123abcd+AWQ…
              custos archive fetch /media/usb/log --out log --log-key … --witness w1.example+…
            """)

    @Argument(help: "The log's URL or folder.")
    var place: String

    @Option(help: "The folder to make.")
    var out: String

    @Option(help: "The vkey of the log.")
    var logKey: String

    @Option(help: "The vkey of a witness that must have cosigned; repeatable.")
    var witness: [String] = []

    @OptionGroup var trust: TrustOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let log = try NoteKey.verifier(logKey, .log)
        let witnesses = try witness.map { try NoteKey.verifier($0, .witness) }
        let head = try trust.head.map { try BlockHeader.kept($0) }
        guard !Files.isThere(out) else { throw Failure(.file, "\(out) is there already") }
        let client = try WebClient(place)
        let part = out + ".part"
        Files.remove(part)
        do {
            let checkpoint = try await checkpoint(client, log, witnesses, part)
            try await TiledLogCopy(client: client, checkpoint: checkpoint, head: head, to: part)
                .make()
            try Files.move(part, to: out)
            output.show(
                FetchReport(
                    origin: checkpoint.origin, size: checkpoint.size,
                    root: checkpoint.root.description, witnesses: witnesses.map(\.name),
                    head: head?.height.blocks, written: out))
        } catch {
            Files.remove(part)
            throw error
        }
    }

    private func checkpoint(
        _ client: WebClient, _ log: NoteVerifier, _ witnesses: [NoteVerifier], _ folder: String
    ) async throws -> Checkpoint {
        let bytes = try await client.bytes("checkpoint")
        guard let text = String(validating: bytes, as: UTF8.self), let note = SignedNote(text),
            let checkpoint = Checkpoint(note)
        else { throw Failure(.refused, "the log's checkpoint is none") }
        for verifier in [log] + witnesses where !note.isSigned(by: verifier) {
            throw Failure(.refused, "the checkpoint is not signed by \(verifier.vkey)")
        }
        guard checkpoint.origin == log.name else {
            throw Failure(
                .refused, "the checkpoint is of \(checkpoint.origin), not of \(log.name)")
        }
        try Files.makeFolder(folder)
        try Files.write(bytes, to: "\(folder)/checkpoint")
        return checkpoint
    }
}

/// Copies the files under a checkpoint, and checks each against the entries, one bundle at a time.
private struct TiledLogCopy {
    let client: WebClient
    let checkpoint: Checkpoint
    let head: BlockHeader?
    let folder: String

    init(client: WebClient, checkpoint: Checkpoint, head: BlockHeader?, to folder: String) {
        self.client = client
        self.checkpoint = checkpoint
        self.head = head
        self.folder = folder
    }

    func make() async throws {
        if let head, head.treeSize > checkpoint.size {
            throw Failure(
                .refused,
                "the log has \(checkpoint.size) entries, and the trusted head \(head.treeSize): "
                    + "it is older")
        }
        var writer = TileWriter()
        var number: UInt64 = 0
        while let (path, count) = TileWriter.bundle(number, treeSize: checkpoint.size) {
            guard
                let entries = TileWriter.entries(of: try await client.bytes(path), count: count)
            else { throw Failure(.refused, "\(path) is no bundle of \(count) entries") }
            for entry in entries {
                for file in writer.add(entry) { try await take(file) }
                try checkHead(writer)
            }
            if number.isMultiple(of: 64) { ProgressLine.show(path) }
            number += 1
        }
        for file in writer.partialFiles() { try await take(file) }
        ProgressLine.end()
        guard writer.root == checkpoint.root else {
            throw Failure(
                .refused,
                "the root over the entries is \(writer.root); the checkpoint has "
                    + "\(checkpoint.root)")
        }
        if checkpoint.size == 0 { try checkHead(writer) }
    }

    /// Writes a file of the log, which must be what follows from the entries.
    private func take(_ file: TileWriter.File) async throws {
        if !file.path.hasPrefix("tile/entries/") {
            try check(file, against: try await client.bytes(file.path))
        }
        try write(file)
    }

    private func check(_ file: TileWriter.File, against bytes: [UInt8]) throws {
        guard bytes == file.bytes else {
            throw Failure(.refused, "\(file.path) is not the tile over the log's entries")
        }
    }

    private func write(_ file: TileWriter.File) throws {
        let path = "\(folder)/\(file.path)"
        try Files.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
        try Files.write(file.bytes, to: path)
    }

    private func checkHead(_ writer: TileWriter) throws {
        guard let head, writer.size == head.treeSize else { return }
        guard writer.root == head.treeRoot else {
            throw Failure(
                .refused,
                "the tree of \(head.treeSize) entries has the root \(writer.root); that of the "
                    + "trusted head is \(head.treeRoot)")
        }
    }
}

private struct FetchReport: Report {
    let origin: String
    let size: UInt64
    let root: String
    let witnesses: [String]
    /// The height of the trusted head that the log was held against.
    let head: UInt64?
    let written: String

    var lines: [String] {
        [
            "\(origin): \(size) entries, root \(root)",
            "  holds     signature, entries, tiles"
                + (witnesses.isEmpty ? "" : ", cosigned by \(witnesses.joined(separator: ", "))")
                + (head.map { "; goes on from block \($0)" } ?? ""),
            "  written   \(written)",
        ]
    }
}
