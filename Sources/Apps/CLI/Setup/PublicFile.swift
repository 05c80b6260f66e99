internal import Cryptography
internal import Primitives

/// The public half of an institution's keys, as a file that it hands to whoever makes the genesis.
struct PublicFile {
    let id: InstitutionID
    /// By stream, increasing.
    var submit: [(stream: UInt16, key: PublicKey)] = []
    var consensus: PublicKey?
    var govern: [PublicKey] = []
    /// X25519, 32 bytes.
    var seal: [UInt8]?
    /// SHA-256 of the TLS key's SubjectPublicKeyInfo.
    var tls: Digest?

    static func path(of id: InstitutionID, in folder: String) -> String {
        "\(folder)/\(id).public.yaml"
    }

    init(id: InstitutionID) {
        self.id = id
    }

    var text: String {
        var lines = [
            "# Public keys of \(id). Whoever makes the genesis needs this file.", "id: \(id)",
        ]
        lines.append("submit:")
        lines += submit.map { "  \($0.stream): \($0.key)" }
        if let consensus { lines.append("consensus: \(consensus)") }
        lines.append("govern:")
        lines += govern.map { "  - \($0)" }
        if let seal { lines.append("seal: \(seal.hex)") }
        if let tls { lines.append("tls: \(tls)") }
        return lines.joined(separator: "\n") + "\n"
    }

    init(path: String) throws(Failure) {
        let document = try YAMLReader(path: path, text: try Files.readText(path))
        let known = ["id", "submit", "consensus", "govern", "seal", "tls"]
        let fields = try document.fields(known)
        guard let name = try fields.first(where: { $0.name == "id" })?.value.text(),
            let id = InstitutionID(name)
        else { throw document.failure("must say whose keys they are, as id") }
        self.init(id: id)
        for (field, value) in fields {
            switch field {
            case "submit":
                for (stream, key) in try value.fields() {
                    guard let stream = UInt16(stream) else {
                        throw key.failure("must be named by a stream, 0 to 65535")
                    }
                    submit.append((stream, try Self.key(key)))
                }
                submit.sort { $0.stream < $1.stream }
            case "consensus": consensus = try Self.key(value)
            case "govern":
                for item in try value.items() { govern.append(try Self.key(item)) }
            case "seal": seal = try Self.bytes(value, count: 32)
            case "tls": tls = Digest(try Self.bytes(value, count: Digest.byteCount))
            default: break
            }
        }
    }

    private static func key(_ value: YAMLReader) throws(Failure) -> PublicKey {
        let bytes = try bytes(value, count: PublicKey.byteCount)
        do {
            return try PublicKey(compressed: bytes)
        } catch {
            throw value.failure("is no public key of secp256k1: \(error)")
        }
    }

    private static func bytes(_ value: YAMLReader, count: Int) throws(Failure) -> [UInt8] {
        guard let bytes = [UInt8](hex: try value.text()), bytes.count == count else {
            throw value.failure("must be \(count * 2) hexadecimal digits")
        }
        return bytes
    }
}
