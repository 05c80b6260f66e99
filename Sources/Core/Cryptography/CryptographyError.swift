public import Primitives

/// Why a key, a signature, a sealed box, a signed message or a tree proof is not accepted.
public enum CryptographyError: Error, Equatable, Sendable {
    /// A key, nonce, tag or output has a length that its algorithm does not have.
    case length(of: String, bytes: Int, expected: Int)
    /// The 32 bytes are zero or not below the order of secp256k1.
    case secretKey
    /// The bytes are no point on secp256k1 in compressed form.
    case publicKey(hex: String)
    /// The signature is not one of this key over these bytes.
    case signature(key: KeyID)
    /// The ciphertext, its key, nonce or associated data were altered.
    case notAuthentic(bytes: Int)

    /// The bytes are not a message of this format.
    case encoding(CBORError)
    /// The message is signed with an algorithm other than ES256K (-47).
    case algorithm(Int64)
    /// The message names another key than the one it is checked with.
    case keyMismatch(named: KeyID?, expected: KeyID)
    /// The message was signed for another purpose.
    case purpose(found: String?, expected: String)
    /// The payload stands in the message where it must be detached, or the other way round.
    case payload(detached: Bool)

    /// The leaf or subtree does not lie in a tree of this size.
    case outsideTree(index: UInt64, treeSize: UInt64)
    /// The sizes of a consistency proof are not in order, or the first is 0.
    case treeSizes(first: UInt64, second: UInt64)
    /// The proof has more or fewer hashes than its sizes demand.
    case proofLength(hashes: Int, expected: Int)
    /// The proof is of the right form and leads to another root.
    case rootMismatch(computed: Digest, expected: Digest)
    /// The peaks are not those of a tree of this size.
    case peaks(count: Int, treeSize: UInt64)
    /// A range is not a subtree: its start is not a multiple of its rounded-up width.
    case notASubtree(start: UInt64, end: UInt64)
}

extension CryptographyError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .length(let what, let bytes, let expected):
            "\(what) must have \(expected) bytes, and has \(bytes)"
        case .secretKey:
            "not a secret key: it must be above zero and below the order of secp256k1"
        case .publicKey(let hex):
            "not a compressed public key of secp256k1: \(hex)"
        case .signature(let key):
            "the signature is not one of key \(key) over these bytes"
        case .notAuthentic(let bytes):
            "the \(bytes) sealed bytes, their key, nonce or associated data were altered"
        case .encoding(let error):
            "not a signed message: \(error)"
        case .algorithm(let found):
            "signed with COSE algorithm \(found); only ES256K (-47) is accepted"
        case .keyMismatch(let named, let expected):
            "signed by key \(named.map(\.description) ?? "(unnamed)"), not by \(expected)"
        case .purpose(let found, let expected):
            "signed as \(found ?? "a message without type"), not as \(expected)"
        case .payload(let detached):
            detached ? "the payload must stand in the message" : "the payload must be detached"
        case .outsideTree(let index, let treeSize):
            "position \(index) is outside a tree of \(treeSize) leaves"
        case .treeSizes(let first, let second):
            "a tree of \(first) leaves cannot be shown to be the start of one of \(second)"
        case .proofLength(let hashes, let expected):
            "the proof has \(hashes) hashes; its sizes demand \(expected)"
        case .rootMismatch(let computed, let expected):
            "the proof leads to root \(computed), not \(expected)"
        case .peaks(let count, let treeSize):
            "\(count) peaks cannot be those of a tree of \(treeSize) leaves"
        case .notASubtree(let start, let end):
            "leaves \(start)..<\(end) are no subtree of a hash tree"
        }
    }
}
