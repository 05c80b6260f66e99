internal import API
internal import ArgumentParser
internal import Cryptography
internal import Foundation
internal import Logging
internal import Primitives
internal import Tiles
internal import Transport

/// Cosigns the checkpoints of logs, and has those of a log cosigned.
struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Cosign the checkpoints of logs over HTTP, or have those of a log cosigned.",
        discussion: """
            A witness has seen that a log only grows: it cosigns a checkpoint that goes on from \
            the one that it cosigned before (C2SP tlog-witness). Whoever asks for the cosignatures \
            of witnesses need not trust the log to show everybody the same past.
            """,
        subcommands: [Serve.self, Ask.self])
}

extension WitnessCommand {
    struct Serve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Be a witness over HTTP, until SIGINT or SIGTERM.",
            discussion: """
                Takes POST /add-checkpoint. A log is named by its vkey, which says its name and \
                its Ed25519 key; name several keys of one log one by one. What was cosigned is on \
                the disk before it is answered; a folder serves one witness, and must not be lost \
                while its key is used. The last checkpoint of a log that contradicts what was \
                cosigned is kept beside it.

                Examples:
                  custos witness serve --name w1.example --key w1.secret --state w1 \
                --log county.example/custos+0123abcd+AWQ…
                """)

        @Option(help: "The witness's name, one word.")
        var name: String

        @Option(help: "Its secret, a file of 32 bytes as `custos keygen` makes them.")
        var key: String

        @Option(name: .customLong("log"), help: "The vkey of a log; repeatable.")
        var logs: [String]

        @Option(help: "The folder in which it keeps what it has cosigned.")
        var state: String

        @Option(help: "Where it listens.")
        var host = "127.0.0.1"

        @Option(help: "The port; 0 for a free one.")
        var port = 7600

        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard SignedNote.isName(name) else { throw ValidationError("'\(name)' is no name") }
            let known = try logs.map { try NoteKey.verifier($0, .log) }
            let secret = try SecretFile(path: key)
            let witness: Witness
            do {
                witness = try Witness(
                    name: name, secret: secret.bytes, logs: known, folder: state)
            } catch {
                throw Failure(.file, "\(error)")
            }
            let router = Router(
                [witness.route], isLoopback: host == "127.0.0.1" || host == "localhost")
            let server = HTTPServer { await router.answer($0) }
            do {
                let place = try await server.start(host: host, port: port)
                output.show(
                    ServeReport(
                        url: "http://\(host):\(place)", vkey: await witness.verifier.vkey,
                        logs: Set(known.map(\.name)).sorted()))
            } catch {
                throw Failure(.unreachable, "\(error)")
            }
            await Interruption.wait()
            await server.stop()
        }
    }

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ask",
            abstract: "Have a log's checkpoint cosigned by a witness.",
            discussion: """
                LOG is a folder that `custos archive tiles` wrote. The proof that its tree goes on \
                from the one that the witness knows is made from the tiles. The cosignature is \
                checked, and added to the checkpoint.

                Examples:
                  custos witness ask log --url http://127.0.0.1:7600 --witness w1.example+…+BA…
                """)

        @Argument(help: "The folder of the log.")
        var log: String

        @Option(help: "The witness's submission prefix.")
        var url: String

        @Option(help: "The witness's vkey.")
        var witness: String

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let witness = try NoteKey.verifier(witness, .witness)
            let path = "\(log)/checkpoint"
            guard let note = SignedNote(try Files.readText(path)),
                let checkpoint = Checkpoint(note)
            else { throw Failure(.file, "\(path) is no checkpoint") }
            let client = try WebClient(url)
            var known: UInt64 = 0
            var answer = try await ask(client, note, checkpoint, from: 0)
            if answer.status == 409, let size = Self.size(answer) {
                guard size <= checkpoint.size else {
                    throw Failure(
                        .refused,
                        "\(witness.name) has cosigned a tree of \(size) entries; this one has "
                            + "\(checkpoint.size)")
                }
                known = size
                answer = try await ask(client, note, checkpoint, from: size)
            }
            guard answer.status == 200, let lines = answer.text else {
                let words = (answer.text ?? "").split(separator: "\n").first ?? ""
                let reason: String =
                    switch answer.status {
                    case 409:
                        "it has cosigned another root at size \(known), or another size since"
                    case 422: "the tree does not go on from the one it cosigned: \(words)"
                    default: "\(words)"
                    }
                throw Failure(
                    .refused, "\(witness.name) does not cosign (\(answer.status)): \(reason)")
            }
            guard let cosigned = note.adding(lines, by: [witness]) else {
                throw Failure(.refused, "the answer has no cosignature of \(witness.vkey) over it")
            }
            try Files.write(Array(cosigned.note.utf8), to: path)
            output.show(
                AskReport(
                    origin: checkpoint.origin, size: checkpoint.size, knownBefore: known,
                    witness: witness.name, written: path))
        }

        private func ask(
            _ client: WebClient, _ note: SignedNote, _ checkpoint: Checkpoint, from size: UInt64
        ) async throws -> WebClient.Answer {
            let request = CheckpointRequest(
                oldSize: size,
                path: size == 0 ? [] : try proof(from: size, to: checkpoint.size), note: note)
            return try await client.post(
                "/add-checkpoint", Array(request.body.utf8), type: "text/plain; charset=utf-8")
        }

        /// That the tree of a size is the start of the log's, from its tiles.
        private func proof(from first: UInt64, to size: UInt64) throws -> [Digest] {
            try MerklePlan.consistency(from: first, to: size).map { range in
                try range.hash { node in
                    guard let place = TileNode(node, treeSize: size),
                        let hash = place.hash(in: try Files.read("\(log)/\(place.path)"))
                    else {
                        throw Failure(.file, "\(log) has not the tiles of \(size) entries")
                    }
                    return hash
                }
            }
        }

        /// The size in the answer of a witness that knows another tree.
        private static func size(_ answer: WebClient.Answer) -> UInt64? {
            guard let text = answer.text, text.hasSuffix("\n"),
                answer.header("Content-Type")?.hasPrefix("text/x.tlog.size") == true
            else { return nil }
            return UInt64(text.dropLast())
        }
    }
}

private struct ServeReport: Report {
    let url: String
    let vkey: String
    let logs: [String]

    var lines: [String] {
        [
            "a witness stands at \(url)", "  vkey  \(vkey)",
            "  logs  \(logs.joined(separator: ", "))",
        ]
    }
}

private struct AskReport: Report {
    let origin: String
    let size: UInt64
    /// The size that the witness had cosigned before; 0 for none.
    let knownBefore: UInt64
    let witness: String
    let written: String

    var lines: [String] {
        [
            "\(witness) cosigned \(origin) at \(size) entries"
                + (knownBefore == 0 ? "" : ", which go on from the \(knownBefore) it knew"),
            "  written  \(written)",
        ]
    }
}
