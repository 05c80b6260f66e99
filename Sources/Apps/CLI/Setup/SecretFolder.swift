internal import Cryptography
internal import Primitives
internal import Sealing
internal import Transport

/// The secrets of one institution, a file each, in a folder of its own.
struct SecretFolder {
    let path: String

    init(of id: InstitutionID, in folder: String) {
        path = "\(folder)/\(id)"
    }

    init(path: String) {
        self.path = path
    }

    func submit(_ stream: UInt16) -> String { "\(path)/submit-\(stream).secret" }
    var consensus: String { "\(path)/consensus.secret" }
    func govern(_ number: Int) -> String { "\(path)/govern-\(number).secret" }
    var seal: String { "\(path)/seal.secret" }
    /// What claim and prescription ids are made from: k_I of docs/formats/payload.md.
    var identifiers: String { "\(path)/identifiers.secret" }
    var tlsKey: String { "\(path)/tls-key.pem" }
    var tlsCertificate: String { "\(path)/tls.pem" }

    /// Makes and writes every secret, and returns the public half.
    func make(
        for id: InstitutionID, streams: [UInt16], governors: Int
    ) throws(Failure) -> PublicFile {
        try Files.makeFolder(path, isPrivate: true)
        var made = PublicFile(id: id)
        for stream in streams {
            let key = try signingKey("submit \(stream) of \(id)", at: submit(stream))
            made.submit.append((stream, key))
        }
        made.consensus = try signingKey("consensus of \(id)", at: consensus)
        for number in 1...max(1, governors) {
            made.govern.append(try signingKey("govern \(number) of \(id)", at: govern(number)))
        }
        made.tls = try makeTLS(for: id)
        made.seal = try makeSeal(for: id)
        try SecretFile(purpose: "identifiers of \(id)", bytes: SecretFile.random())
            .write(to: identifiers)
        return made
    }

    private func makeTLS(for id: InstitutionID) throws(Failure) -> Digest {
        let identity: TLSIdentity
        do {
            identity = try TLSIdentity.make(for: id)
        } catch {
            throw Failure(.other, "no TLS key could be made: \(error)")
        }
        try Files.writeSecret(identity.privateKeyPEM, to: tlsKey)
        try Files.write(Array(identity.certificatePEM.utf8), to: tlsCertificate)
        return identity.pin
    }

    private func makeSeal(for id: InstitutionID) throws(Failure) -> [UInt8] {
        let key: SealSecretKey
        let publicKey: SealPublicKey
        do {
            key = try SealSecretKey(random: .system)
            publicKey = try key.publicKey
        } catch {
            throw Failure(.other, "no seal key could be made: \(error)")
        }
        try SecretFile(purpose: "seal of \(id)", bytes: key.bytes).write(to: seal)
        return publicKey.bytes
    }

    private func signingKey(_ purpose: String, at path: String) throws(Failure) -> PublicKey {
        let (secret, key) = SecretFile.randomSigningKey()
        try SecretFile(purpose: purpose, bytes: secret).write(to: path)
        return key.publicKey
    }
}
