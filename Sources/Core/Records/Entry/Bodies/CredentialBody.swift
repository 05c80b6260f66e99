public import Primitives

/// A key that an institution registers for one of its staff, or revokes.
public struct CredentialBody: Hashable, Sendable {
    public let credential: OpaqueID
    /// The secp256k1 public key, compressed, 33 bytes.
    public let publicKey: [UInt8]
    /// 1 to 64 bytes.
    public let role: String
    /// At most 64 bytes; may be empty.
    public let department: String
    /// The first day on which the credential may sign.
    public let from: Day
    /// The last day on which the credential may sign.
    public let to: Day
    public let isRevoked: Bool

    public init(
        credential: OpaqueID, publicKey: [UInt8], role: String, department: String,
        from: Day, to: Day, isRevoked: Bool
    ) {
        self.credential = credential
        self.publicKey = publicKey
        self.role = role
        self.department = department
        self.from = from
        self.to = to
        self.isRevoked = isRevoked
    }

    /// How many bytes a compressed public key has.
    public static let publicKeyByteCount = 33
    /// The longest role or department, in bytes.
    public static let textByteCountMax = 64
}

extension CredentialBody {
    /// Reads a credential body where one stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.map(exactly: 7)
        try reader.key(0)
        credential = try reader.opaqueID()
        try reader.key(1)
        publicKey = Array(try reader.bytes(exactly: CredentialBody.publicKeyByteCount))
        try reader.key(2)
        role = try reader.nonEmptyText(atMost: CredentialBody.textByteCountMax)
        try reader.key(3)
        department = try reader.text(atMost: CredentialBody.textByteCountMax)
        try reader.key(4)
        from = try reader.day()
        try reader.key(5)
        to = try reader.day()
        try reader.key(6)
        isRevoked = try reader.bool()
    }

    /// Writes the body where it stands in a larger item.
    public func encode(into writer: inout CBORWriter) {
        writer.map(7)
        writer.unsigned(0)
        writer.bytes(credential.bytes)
        writer.unsigned(1)
        writer.bytes(publicKey)
        writer.unsigned(2)
        writer.text(role)
        writer.unsigned(3)
        writer.text(department)
        writer.unsigned(4)
        writer.integer(Int64(from.number))
        writer.unsigned(5)
        writer.integer(Int64(to.number))
        writer.unsigned(6)
        writer.bool(isRevoked)
    }
}
