internal import Cryptography
internal import Tiles

/// Keys and names of those who sign notes.
enum NoteKey {
    static func read(_ path: String) throws(Failure) -> Ed25519Key {
        do {
            return try Ed25519Key(secret: try SecretFile(path: path).bytes)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.file, "\(path): \(error)")
        }
    }

    /// Whose signature a vkey says to believe, which must be of this role.
    static func verifier(
        _ vkey: String, _ role: SignedNote.Role
    ) throws(Failure) -> NoteVerifier {
        guard let verifier = NoteVerifier(vkey), verifier.role == role else {
            throw Failure(
                .usage,
                "'\(vkey)' is no vkey of a \(role): NAME+KEYID+BASE64, of an Ed25519 key")
        }
        return verifier
    }
}
