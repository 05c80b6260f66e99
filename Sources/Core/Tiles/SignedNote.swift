public import Cryptography
internal import Primitives

/// A text with signatures under it, each by a name and a key.
///
/// Source: C2SP signed-note; cosignatures as in C2SP tlog-cosignature, version 1.
public struct SignedNote: Hashable, Sendable {
    /// Ends with a line feed.
    public let text: String
    public internal(set) var signatures: [Line] = []

    /// A signature line: `— name base64(key id || signature)`.
    public struct Line: Hashable, Sendable {
        public let name: String
        /// The first 4 bytes of SHA-256(name || 0x0A || type || public key).
        public let keyID: [UInt8]
        public let signature: [UInt8]
    }

    /// What a key signs, and how.
    public enum Role: UInt8, Sendable {
        /// The text itself.
        case log = 1
        /// The text, with the moment at which the witness saw it.
        case witness = 4
    }

    public init(text: String) {
        self.text = text
    }

    /// The note in these bytes, or nil where it is none.
    public init?(_ note: String) {
        guard let gap = note.range(of: "\n\n\u{2014} ") else { return nil }
        text = String(note[..<gap.lowerBound]) + "\n"
        let lines = note[gap.lowerBound...].dropFirst(2)
        guard lines.hasSuffix("\n") else { return nil }
        for line in lines.split(separator: "\n") {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "\u{2014}", let bytes = Base64.decode(parts[2]),
                bytes.count > 4
            else { return nil }
            signatures.append(
                Line(
                    name: String(parts[1]), keyID: Array(bytes[..<4]),
                    signature: Array(bytes[4...])))
        }
    }

    /// The whole note.
    public var note: String {
        text + "\n" + signatureLines
    }

    /// Adds the signature of the log itself.
    public mutating func sign(as name: String, by key: borrowing Ed25519Key) {
        signatures.append(
            Line(
                name: name, keyID: SignedNote.keyID(name, .log, key.publicKey),
                signature: key.sign(Array(text.utf8))))
    }

    /// Adds the cosignature of a witness, who saw the text at this time: seconds since 1970.
    public mutating func cosign(
        as name: String, by key: borrowing Ed25519Key, seconds: UInt64
    ) {
        let time = (0..<8).map { UInt8(truncatingIfNeeded: seconds >> UInt64(56 - 8 * $0)) }
        signatures.append(
            Line(
                name: name, keyID: SignedNote.keyID(name, .witness, key.publicKey),
                signature: time + key.sign(cosigned(seconds))))
    }

    /// Whether a key of this name has signed the note.
    public func isSigned(by name: String, publicKey: [UInt8], as role: Role) -> Bool {
        let keyID = SignedNote.keyID(name, role, publicKey)
        return signatures.contains { line in
            guard line.name == name, line.keyID == keyID else { return false }
            switch role {
            case .log:
                return Ed25519Key.isValid(
                    line.signature, for: Array(text.utf8), publicKey: publicKey)
            case .witness:
                guard line.signature.count == 72 else { return false }
                let seconds = line.signature[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                return Ed25519Key.isValid(
                    Array(line.signature[8...]), for: cosigned(seconds), publicKey: publicKey)
            }
        }
    }

    private func cosigned(_ seconds: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n\(text)".utf8)
    }

    static func keyID(_ name: String, _ role: Role, _ publicKey: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(Array(name.utf8) + [0x0a, role.rawValue] + publicKey).bytes[..<4])
    }
}

extension String {
    /// The last place of a text in this one.
    fileprivate func range(of part: String) -> Range<String.Index>? {
        var end = endIndex
        while let start = self[..<end].lastIndex(where: { $0 == "\n" }) {
            if self[start...].hasPrefix(part) {
                return start..<index(start, offsetBy: part.count)
            }
            end = start
        }
        return nil
    }
}
