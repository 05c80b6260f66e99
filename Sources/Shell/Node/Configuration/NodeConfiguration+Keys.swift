internal import Sealing

/// The files of keys by role: those in use first, then those to come.
extension NodeConfiguration.Keys {
    var consensusPaths: [String] { [consensus, next?.consensus].compactMap(\.self) }

    /// By stream, as the file names it.
    var submitPaths: [(stream: String, path: String)] {
        [submit, next?.submit ?? [:]].flatMap { paths in
            paths.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    var tlsPaths: [(certificate: String, key: String)] {
        var paths = [(tlsCertificate, tlsKey)]
        if let certificate = next?.tlsCertificate, let key = next?.tlsKey {
            paths.append((certificate, key))
        }
        return paths
    }

    var sealPaths: [String] { [seal, next?.seal].compactMap(\.self) }

    func sealKeys() throws(NodeError) -> [SealSecretKey] {
        try sealPaths.map { (path) throws(NodeError) in
            let secret = try SecretKeyFile.secret(path)
            do throws(SealingError) {
                return try SealSecretKey(secret)
            } catch {
                throw .key(path: path, detail: "no X25519 key: \(error)")
            }
        }
    }
}
