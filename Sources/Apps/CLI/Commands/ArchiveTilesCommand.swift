internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Ledger
internal import Primitives
internal import Proofs
internal import Tiles

/// Turns an archive into a tiled log that any static web server can serve.
struct ArchiveTilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tiles",
        abstract: "Turn an archive into a tiled log (C2SP tlog-tiles), checked on the way.",
        discussion: """
            Writes tiles, bundles of entries and a checkpoint, a signed note of size and root. The \
            archive must begin with block 1. A log that is there is gone on with, and never \
            written over by another. A key is a secret file of 32 bytes, as `custos keygen` makes \
            them; the note is signed by it as an Ed25519 key.

            Examples:
              custos archive tiles ledger.archive --genesis county.genesis --out log \
            --origin county.example/custos --key witness.secret
              custos archive cosign log/checkpoint --name witness.example/w1 --key w1.secret
            """)

    @Argument(help: "The archive.")
    var archive: String

    @Option(help: "The genesis of the ledger.")
    var genesis: String

    @Option(help: "The folder to write to.")
    var out: String

    @Option(help: "The log's name, one line without spaces (default: custos/ and the ledger's id).")
    var origin: String?

    @Option(help: "The secret that signs the checkpoint.")
    var key: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let genesis = try Genesis.read(genesis)
        let name = origin ?? "custos/\(genesis.ledger)"
        guard SignedNote.isName(name) else {
            throw ValidationError("'\(name)' is no name of a log")
        }
        let signing = try NoteKey.read(key)
        do {
            let old = try standing(named: name)
            if let old { try checkGoesOn(from: old.checkpoint, genesis) }
            let writer = try read(genesis) { (files, _) throws(Failure) in try save(files) }
            let checkpoint = Checkpoint(origin: name, size: writer.size, root: writer.root)
            // The same checkpoint keeps the signatures of the witnesses that it has.
            var note = SignedNote(text: checkpoint.text)
            if let old, old.note.text == note.text { note = old.note }
            if !note.isSigned(by: name, publicKey: signing.publicKey, as: .log) {
                note.sign(as: name, by: signing)
            }
            try Files.write(Array(note.note.utf8), to: "\(out)/checkpoint")
            let signer = NoteVerifier(name: name, publicKey: signing.publicKey, role: .log)
            output.show(TilesReport(checkpoint, folder: out, signer))
        } catch let failure as ProofFailure {
            throw Failure(.refused, "\(failure)")
        }
    }

    /// The checkpoint of the log that is in the folder already; nil where there is none.
    private func standing(
        named name: String
    ) throws(Failure) -> (note: SignedNote, checkpoint: Checkpoint)? {
        let path = "\(out)/checkpoint"
        guard Files.isThere(path) else { return nil }
        guard let note = SignedNote(try Files.readText(path)), let old = Checkpoint(note) else {
            throw Failure(.refused, "\(path) is no checkpoint: name another folder with --out")
        }
        guard old.origin == name else {
            throw Failure(
                .refused,
                "\(out) has the log \(old.origin), and \(name) would be written over it: name "
                    + "another folder with --out")
        }
        return (note, old)
    }

    /// Throws unless the archive goes on from a log that was written before: what was published
    /// stays.
    private func checkGoesOn(from old: Checkpoint, _ genesis: Genesis) throws {
        var root = old.size == 0 ? old.root : nil
        let writer = try read(genesis) { (_, tree) throws(Failure) in
            if tree.size == old.size { root = tree.root }
        }
        guard writer.size >= old.size else {
            throw Failure(
                .refused,
                "\(out) has \(old.size) entries of \(old.origin), and the archive \(writer.size): "
                    + "a log only grows; take a newer archive, or another folder")
        }
        guard root == old.root else {
            throw Failure(
                .refused,
                "\(out) has \(old.size) entries of \(old.origin) under another root than the "
                    + "archive of \(writer.size) entries gives: a log only grows; name another "
                    + "folder")
        }
    }

    /// Checks the archive block by block, and hands on what is full after each entry.
    private func read(
        _ genesis: Genesis, _ take: ([TileWriter.File], TileWriter) throws(Failure) -> Void
    ) throws -> TileWriter {
        guard let reader = try ArchiveReader(archive), let first = try reader.next() else {
            throw Failure(.file, "\(archive) is no archive")
        }
        var auditor = try ArchiveAuditor(first, genesis: genesis)
        guard auditor.heights.first == Height(1) else {
            throw Failure(.usage, "tiles need an archive that begins with block 1")
        }
        var writer = TileWriter()
        while let record = try reader.next() {
            let block = try ArchiveBlock.decode(record)
            try auditor.take(block)
            for bytes in block.batches {
                for entry in try UnverifiedBatch(decoding: bytes).entries {
                    let files = writer.add(entry)
                    try take(files, writer)
                }
            }
        }
        try take(writer.partialFiles(), writer)
        guard auditor.isWhole, writer.root == auditor.last?.treeRoot else {
            throw Failure(.refused, "the archive ends before block \(auditor.heights.last)")
        }
        return writer
    }

    private func save(_ files: [TileWriter.File]) throws(Failure) {
        for file in files {
            let path = "\(out)/\(file.path)"
            try Files.makeFolder(URL(filePath: path).deletingLastPathComponent().path)
            try Files.write(file.bytes, to: path)
        }
    }
}

/// Adds a witness's signature to a checkpoint.
struct ArchiveCosignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cosign",
        abstract: "Sign a checkpoint as a witness (C2SP tlog-cosignature).",
        discussion: """
            A witness that has signed a checkpoint of the same log before names it with --before: \
            a log with two roots of one size is refused, and both notes convict it.

            Examples:
              custos archive cosign log/checkpoint --name witness.example/w1 --key w1.secret
            """)

    @Argument(help: "The checkpoint; the signature is added to it.")
    var checkpoint: String

    @Option(help: "The witness's name, one line without spaces.")
    var name: String

    @Option(help: "The witness's secret.")
    var key: String

    @Option(help: "The checkpoint that was signed before.")
    var before: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        guard SignedNote.isName(name) else { throw ValidationError("'\(name)' is no name") }
        let signing = try NoteKey.read(key)
        var (note, new) = try read(checkpoint)
        if let before {
            let old = try read(before).1
            guard !new.contradicts(old) else {
                throw Failure(
                    .refused,
                    "\(new.origin) has two roots at size \(new.size): \(before) and "
                        + "\(checkpoint) together convict whoever signed both")
            }
            guard old.origin == new.origin, old.size <= new.size else {
                throw Failure(.refused, "\(before) is of another log, or of a larger tree")
            }
        }
        let now = UInt64(max(0, Date().timeIntervalSince1970))
        note.cosign(as: name, by: signing, seconds: now)
        try Files.write(Array(note.note.utf8), to: checkpoint)
        let signer = NoteVerifier(name: name, publicKey: signing.publicKey, role: .witness)
        output.show(TilesReport(new, folder: checkpoint, signer))
    }

    private func read(_ path: String) throws(Failure) -> (SignedNote, Checkpoint) {
        guard let note = SignedNote(try Files.readText(path)), let checkpoint = Checkpoint(note)
        else { throw Failure(.file, "\(path) is no checkpoint") }
        return (note, checkpoint)
    }
}

private struct TilesReport: Report {
    let origin: String
    let size: UInt64
    let root: String
    let written: String
    let publicKey: String
    /// By what others check the signature (C2SP signed-note).
    let vkey: String

    init(_ checkpoint: Checkpoint, folder: String, _ signer: NoteVerifier) {
        origin = checkpoint.origin
        size = checkpoint.size
        root = checkpoint.root.description
        written = folder
        publicKey = signer.publicKey.hex
        vkey = signer.vkey
    }

    var lines: [String] {
        [
            "\(origin): \(size) entries, root \(root)", "  written  \(written)",
            "  signed   by Ed25519 key \(publicKey)", "  vkey     \(vkey)",
        ]
    }
}
