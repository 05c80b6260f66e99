public import Cryptography
internal import Primitives
public import Records

/// Why a third party's statement is not registered.
public enum StatementRefusal: Error, Equatable, Sendable {
    /// The policy takes ES256, ES256K and EdDSA.
    case algorithm(Int64)
    /// Governance knows nobody of this name.
    case unknownIssuer(String)
    /// The signature is of none of the issuer's keys.
    case signature(issuer: String)
}

extension StatementRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .algorithm(let number):
            "the statement is signed with COSE algorithm \(number); ES256 (-7), EdDSA (-8) and "
                + "ES256K (-47) are taken"
        case .unknownIssuer(let name):
            "'\(name)' is no issuer of statements on this ledger; governance registers issuers"
        case .signature(let issuer):
            "the statement's signature is of none of the keys of '\(issuer)'"
        }
    }
}

extension LedgerState {
    /// The keys of an issuer of statements; nil where governance knows nobody of this name.
    public func statementKeys(of issuer: String) -> [StatementKey]? {
        guard case .bytes(let bytes) = map.value(of: .statementIssuer(issuer)) else { return nil }
        return try? reading("statement issuer", bytes[...]) { reader throws(CBORError) in
            try StatementIssuer.keys(from: &reader)
        }
    }

    /// The registration policy: a known issuer signed, with one of three algorithms.
    ///
    /// - Throws: ``StatementRefusal``.
    public func check(_ statement: StatementBody) throws(StatementRefusal) {
        let header = statement.header
        guard let algorithm = StatementKey.Algorithm(rawValue: header.algorithm) else {
            throw .algorithm(header.algorithm)
        }
        guard let keys = statementKeys(of: header.issuer) else {
            throw .unknownIssuer(header.issuer)
        }
        let message = statement.signedBytes
        guard
            keys.contains(where: {
                $0.algorithm == algorithm && $0.isValid(statement.signature, for: message)
            })
        else { throw .signature(issuer: header.issuer) }
    }
}
