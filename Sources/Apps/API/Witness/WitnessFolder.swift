internal import Cryptography
internal import Primitives
public import Storage
internal import Tiles

/// The checkpoints that a witness has cosigned, a file for each log, and what convicts logs.
///
/// One process has the folder. A file that is there and cannot be read stops the witness: it would
/// otherwise cosign a second past.
struct WitnessFolder: ~Copyable {
    private let path: String
    private let lock: FileLock

    private static let byteCountMax = 1 << 16

    init(_ path: String) throws(WitnessError) {
        self.path = path
        do throws(StorageError) {
            try SmallFile.makeDirectory(path)
            lock = try FileLock(path + "/lock")
        } catch {
            throw .storage(error)
        }
    }

    /// The checkpoint of a log that was cosigned last; nil where there is none yet.
    func latest(of origin: String) throws(WitnessError) -> Checkpoint? {
        let file = file(of: origin, "checkpoint")
        guard SmallFile.exists(file) else { return nil }
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try SmallFile.read(file, atMost: Self.byteCountMax)
        } catch {
            throw .storage(error)
        }
        guard let text = String(validating: bytes, as: UTF8.self), let note = SignedNote(text),
            let checkpoint = Checkpoint(note), checkpoint.origin == origin
        else { throw .damaged(file) }
        return checkpoint
    }

    /// Returns when the note is on the disk.
    func keep(_ note: SignedNote, of origin: String) throws(WitnessError) {
        try write(note.note, to: file(of: origin, "checkpoint"))
    }

    /// Keeps a checkpoint that the log signed and that does not go on from the one cosigned last:
    /// the last one that there was.
    func keepContradiction(_ note: SignedNote, of origin: String) throws(WitnessError) {
        try write(note.note, to: file(of: origin, "refused"))
    }

    private func write(_ text: String, to file: String) throws(WitnessError) {
        do throws(StorageError) {
            try SmallFile.write(Array(text.utf8), to: file)
        } catch {
            throw .storage(error)
        }
    }

    /// A log's name may hold anything but spaces, so its hash names the file.
    private func file(of origin: String, _ what: String) -> String {
        "\(path)/\(SHA256.hash(Array(origin.utf8)).bytes[..<16].hex).\(what)"
    }
}

/// Why a witness does not begin, or does not answer.
public enum WitnessError: Error, Equatable, Sendable {
    case storage(StorageError)
    /// What was cosigned last cannot be read from this file.
    case damaged(String)
}

extension WitnessError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storage(let error): "the witness's folder: \(error)"
        case .damaged(let file):
            "\(file) does not hold the checkpoint that was cosigned last; restore it, or the "
                + "witness may cosign a second past of that log"
        }
    }
}
