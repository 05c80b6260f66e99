internal import Primitives
internal import Sealing

/// What institutions make the ids of their claims and prescriptions from.
enum IssuerKeys {
    /// The keys of those whose folders lie on this machine and hold one.
    static func read(_ places: [NodePlace]) throws(Failure) -> [InstitutionID: IssuerKey] {
        var keys: [InstitutionID: IssuerKey] = [:]
        for place in places {
            let path = place.secrets.identifiers
            guard Files.isThere(path) else { continue }
            keys[try place.institution] = IssuerKey(try SecretFile(path: path).bytes)
        }
        return keys
    }
}
