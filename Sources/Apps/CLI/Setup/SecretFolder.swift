internal import Cryptography
internal import Primitives

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
    var tls: String { "\(path)/tls.secret" }

    /// Makes and writes every secret, and returns the public half.
    func make(
        for id: InstitutionID, streams: [UInt16], governors: Int
    ) throws(Failure) -> PublicFile {
        try Files.makeFolder(path, isPrivate: true)
        var public_ = PublicFile(id: id)
        for stream in streams {
            let key = try signingKey("submit \(stream) of \(id)", at: submit(stream))
            public_.submit.append((stream, key))
        }
        public_.consensus = try signingKey("consensus of \(id)", at: consensus)
        for number in 1...max(1, governors) {
            public_.govern.append(try signingKey("govern \(number) of \(id)", at: govern(number)))
        }
        try SecretFile(purpose: "identifiers of \(id)", bytes: SecretFile.random())
            .write(to: identifiers)
        return public_
    }

    private func signingKey(_ purpose: String, at path: String) throws(Failure) -> PublicKey {
        let (secret, key) = SecretFile.randomSigningKey()
        try SecretFile(purpose: purpose, bytes: secret).write(to: path)
        return key.publicKey
    }
}
