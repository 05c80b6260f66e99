internal import Cryptography
internal import Primitives

/// Whose signature on a note is believed: a name, a public key, and what the key signs.
///
/// As text, a *vkey*: `name+key id+base64(type || public key)`. Source: C2SP signed-note,
/// "Verifier keys".
public struct NoteVerifier: Hashable, Sendable {
    public let name: String
    /// An Ed25519 key, 32 bytes.
    public let publicKey: [UInt8]
    public let role: SignedNote.Role

    public init(name: String, publicKey: [UInt8], role: SignedNote.Role) {
        self.name = name
        self.publicKey = publicKey
        self.role = role
    }

    /// The verifier that a vkey names; nil where it is none, or its id is not that of its key.
    public init?(_ vkey: String) {
        let parts = vkey.split(
            separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, SignedNote.isName(parts[0]), let bytes = Base64.decode(parts[2]),
            bytes.count == 33, let role = SignedNote.Role(rawValue: bytes[0])
        else { return nil }
        self.init(name: String(parts[0]), publicKey: Array(bytes[1...]), role: role)
        guard keyID.hex == parts[1] else { return nil }
    }

    public var vkey: String {
        "\(name)+\(keyID.hex)+\(Base64.encode([role.rawValue] + publicKey))"
    }

    private var keyID: [UInt8] { SignedNote.keyID(name, role, publicKey) }
}

extension SignedNote {
    /// A name has no white space and no plus sign (C2SP signed-note).
    public static func isName(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && !name.contains { $0.isWhitespace || $0 == "+" }
    }

    public func isSigned(by verifier: NoteVerifier) -> Bool {
        isSigned(by: verifier.name, publicKey: verifier.publicKey, as: verifier.role)
    }

    /// The signature lines as a witness hands them out, each with its line feed.
    public var signatureLines: String {
        signatures.map { "\u{2014} \($0.name) \(Base64.encode($0.keyID + $0.signature))\n" }
            .joined()
    }

    /// Adds the signatures of another note of the same text; one by the same key is replaced.
    public mutating func add(_ other: SignedNote) {
        guard other.text == text else { return }
        for line in other.signatures {
            signatures.removeAll { $0.name == line.name && $0.keyID == line.keyID }
            signatures.append(line)
        }
    }

    /// The same text with those of these signature lines that hold for a key that is believed.
    ///
    /// - Returns: nil where none of them does, or they are no such lines.
    public func adding(_ lines: String, by believed: [NoteVerifier]) -> SignedNote? {
        guard let offered = SignedNote(text + "\n" + lines) else { return nil }
        var held = SignedNote(text: text)
        for line in offered.signatures {
            var one = SignedNote(text: text)
            one.signatures = [line]
            if believed.contains(where: { one.isSigned(by: $0) }) { held.signatures.append(line) }
        }
        guard !held.signatures.isEmpty else { return nil }
        var note = self
        note.add(held)
        return note
    }
}
