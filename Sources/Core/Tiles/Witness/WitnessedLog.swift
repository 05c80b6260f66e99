internal import Cryptography
internal import Primitives

/// A log as a witness knows it: whose signatures it believes, and the checkpoint that it cosigned
/// last.
///
/// Decides and keeps nothing: who calls makes the checkpoint durable before it cosigns, and lets no
/// second request of the same log in between.
public struct WitnessedLog: Sendable {
    /// The log's name, which is the first line of its checkpoints.
    public let origin: String
    public let keys: [NoteVerifier]
    public private(set) var latest: Checkpoint?

    public init(origin: String, keys: [NoteVerifier], latest: Checkpoint? = nil) {
        self.origin = origin
        self.keys = keys
        self.latest = latest
    }

    /// Why a witness does not cosign.
    public enum Refusal: Error, Equatable, Sendable {
        /// The body is no request, or says more than can be.
        case malformed(String)
        /// The witness knows no log of this name.
        case unknownLog(String)
        /// No key that is believed signed the checkpoint.
        case unsigned
        /// The witness has cosigned a tree of this size last.
        case otherSize(UInt64)
        /// The witness has cosigned another root for this size: the log contradicts itself.
        case otherRoot(UInt64)
        /// The proof does not show that the tree goes on from the one that was cosigned.
        case inconsistent(String)
    }

    /// The checkpoint that may be cosigned, once it is durable that it was.
    ///
    /// Source: C2SP tlog-witness, "add-checkpoint", in the order of its checks.
    public func check(
        _ request: CheckpointRequest
    ) throws(Refusal) -> Checkpoint {
        guard let new = Checkpoint(request.note) else {
            throw .malformed("the note is no checkpoint")
        }
        guard new.origin == origin else { throw .unknownLog(new.origin) }
        guard keys.contains(where: { request.note.isSigned(by: $0) }) else { throw .unsigned }
        guard request.oldSize <= new.size else {
            throw .malformed(
                "the old size, \(request.oldSize), is above the checkpoint's, \(new.size)")
        }
        let known = latest?.size ?? 0
        guard request.oldSize == known else { throw .otherSize(known) }
        if let latest, latest.size == new.size, latest.root != new.root {
            throw .otherRoot(known)
        }
        guard let latest, known > 0 else {
            guard request.path.isEmpty else {
                throw .inconsistent("a tree that goes on from nothing needs no proof")
            }
            guard new.size > 0 || new.root == MerkleTree.emptyRoot else {
                throw .inconsistent("the root is not that of a tree without entries")
            }
            return new
        }
        do throws(CryptographyError) {
            try ConsistencyProof(firstSize: known, secondSize: new.size, path: request.path)
                .verify(firstRoot: latest.root, secondRoot: new.root)
        } catch {
            throw .inconsistent("\(error)")
        }
        return new
    }

    /// Remembers what was cosigned.
    public mutating func note(_ checkpoint: Checkpoint) {
        latest = checkpoint
    }
}
