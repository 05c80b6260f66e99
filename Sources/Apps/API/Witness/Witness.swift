internal import Cryptography
internal import Foundation
public import Tiles

/// A witness of logs: cosigns a checkpoint that goes on from the one it cosigned before.
///
/// One request at a time: what was cosigned last is looked up, made durable anew and only then
/// answered, with nothing in between. Source: C2SP tlog-witness.
public actor Witness {
    private let name: String
    private let key: Ed25519Key
    private let folder: WitnessFolder
    private var logs: [String: WitnessedLog] = [:]
    private let now: @Sendable () -> UInt64

    /// A witness of these logs, whose state lies in a folder of its own.
    ///
    /// - Parameters:
    ///   - name: what its signatures bear, one word.
    ///   - secret: its Ed25519 key, 32 bytes, which no other cosigner has.
    ///   - logs: whose checkpoints it takes; several keys may sign for one log.
    ///   - folder: made where it is not there; one process at a time.
    ///   - now: seconds since 1970; by default, the system's clock.
    /// - Throws: ``WitnessError``, or `CryptographyError` for what is no key.
    public init(
        name: String, secret: [UInt8], logs: [NoteVerifier], folder: String,
        now: (@Sendable () -> UInt64)? = nil
    ) throws {
        self.name = name
        key = try Ed25519Key(secret: secret)
        self.now = now ?? { UInt64(max(0, Date().timeIntervalSince1970)) }
        let folder = try WitnessFolder(folder)
        var known: [String: WitnessedLog] = [:]
        for origin in Set(logs.map(\.name)) {
            known[origin] = WitnessedLog(
                origin: origin, keys: logs.filter { $0.name == origin },
                latest: try folder.latest(of: origin))
        }
        self.folder = folder
        self.logs = known
    }

    /// By what others know its cosignatures.
    public var verifier: NoteVerifier {
        NoteVerifier(name: name, publicKey: key.publicKey, role: .witness)
    }

    /// The route that logs ask for cosignatures at.
    public nonisolated var route: Route {
        Route("POST", "/add-checkpoint", isOpen: true, takesAnyType: true) { request in
            await self.answer(request.body)
        }
    }

    func answer(_ body: [UInt8]) -> HTTPResponse {
        guard let text = String(validating: body, as: UTF8.self),
            let request = CheckpointRequest(text), let asked = Checkpoint(request.note)
        else { return .text("The body is no request for a cosignature.\n", status: 400) }
        guard var log = logs[asked.origin] else {
            return .text("There is no log \(asked.origin) here.\n", status: 404)
        }
        do throws(WitnessedLog.Refusal) {
            let checkpoint = try log.check(request)
            var cosigned = SignedNote(text: request.note.text)
            cosigned.cosign(as: name, by: key, seconds: now())
            var kept = request.note
            kept.add(cosigned)
            do throws(WitnessError) {
                try folder.keep(kept, of: checkpoint.origin)
            } catch {
                return .text("What is cosigned cannot be kept.\n", status: 500)
            }
            log.note(checkpoint)
            logs[checkpoint.origin] = log
            return .text(cosigned.signatureLines)
        } catch {
            return refusal(error, of: request.note, asked.origin)
        }
    }

    private func refusal(
        _ refusal: WitnessedLog.Refusal, of note: SignedNote, _ origin: String
    ) -> HTTPResponse {
        switch refusal {
        case .malformed(let reason): return .text("\(reason)\n", status: 400)
        case .unknownLog(let name): return .text("There is no log \(name) here.\n", status: 404)
        case .unsigned: return .text("No key of the log's signed this.\n", status: 403)
        case .otherSize(let size): return Self.conflict(size)
        case .otherRoot(let size):
            try? folder.keepContradiction(note, of: origin)
            return Self.conflict(size)
        case .inconsistent(let reason):
            try? folder.keepContradiction(note, of: origin)
            return .text("The proof does not hold: \(reason)\n", status: 422)
        }
    }

    /// Tells the size of the tree that was cosigned last.
    private static func conflict(_ size: UInt64) -> HTTPResponse {
        HTTPResponse(409, "text/x.tlog.size", Array("\(size)\n".utf8))
    }
}
