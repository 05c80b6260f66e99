internal import Cryptography
internal import Primitives

/// A secret of 32 bytes in a file of its own, as text that says what it is for.
///
/// ```
/// custos secret 1
/// submit 0 of county-hospital
/// 64 hexadecimal digits
/// ```
struct SecretFile {
    static let firstLine = "custos secret 1"

    let purpose: String
    let bytes: [UInt8]

    /// 32 bytes from the system's generator.
    static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A fresh signing key; the few values that are no key of the curve are drawn again.
    static func randomSigningKey() -> (secret: [UInt8], key: SigningKey) {
        while true {
            let secret = random()
            if let key = try? SigningKey(secret: secret) { return (secret, key) }
        }
    }

    func write(to path: String) throws(Failure) {
        try Files.writeSecret("\(Self.firstLine)\n\(purpose)\n\(bytes.hex)\n", to: path)
    }

    init(purpose: String, bytes: [UInt8]) {
        self.purpose = purpose
        self.bytes = bytes
    }

    init(path: String) throws(Failure) {
        let lines = try Files.readText(path).split(separator: "\n").map(String.init)
        guard lines.count == 3, lines[0] == Self.firstLine, let bytes = [UInt8](hex: lines[2]),
            bytes.count == 32
        else {
            throw Failure(
                .file,
                "\(path) is no secret of custos: three lines are expected, "
                    + "`\(Self.firstLine)`, what it is for, and 64 hexadecimal digits")
        }
        purpose = lines[1]
        self.bytes = bytes
    }

    func signingKey(_ path: String) throws(Failure) -> SigningKey {
        do {
            return try SigningKey(secret: bytes)
        } catch {
            throw Failure(.file, "\(path) holds no key of secp256k1: \(error)")
        }
    }
}
