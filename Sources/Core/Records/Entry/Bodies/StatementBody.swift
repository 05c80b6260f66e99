public import Primitives

/// A third party's signed statement: a COSE_Sign1 whose own bytes are the leaf.
///
/// Its unprotected header is empty, so that whoever holds the statement can compute the leaf from
/// it. The protected header is the signer's: fields that are not read here stay as they are.
/// Source: RFC 9052, RFC 9597; `docs/formats/entry.md`.
public struct StatementBody: Hashable, Sendable {
    /// The COSE_Sign1: tag 18, an empty unprotected header.
    public let bytes: [UInt8]
    /// What the protected header says.
    public let header: Header
    let protected: [UInt8]
    private let payload: [UInt8]
    public let signature: [UInt8]

    /// What a registration policy looks at.
    public struct Header: Hashable, Sendable {
        /// The COSE algorithm: −7 is ES256, −47 is ES256K, −8 is EdDSA.
        public let algorithm: Int64
        /// Who states, and about what (RFC 9597).
        public let issuer: String
        public let subject: String
        /// When it says that it was issued, in seconds since 1970.
        public let issuedAt: Int64?
    }

    /// The longest issuer or subject, in bytes.
    public static let nameByteCountMax = 256
    /// The first byte of a statement; an entry of any other kind is a CBOR map.
    static let firstByte: UInt8 = 0xd2

    /// The statement with these bytes, which may carry an unprotected header; it is left out.
    ///
    /// - Throws: ``CBORError`` for what is no COSE_Sign1 with a payload, an algorithm, an issuer
    ///   and a subject, or names a header field as critical.
    public init(emptying bytes: [UInt8]) throws(CBORError) {
        try self.init(bytes, isEmptied: false)
    }

    /// The statement with exactly these bytes.
    public init(decoding bytes: ArraySlice<UInt8>) throws(CBORError) {
        try self.init(Array(bytes), isEmptied: true)
    }

    private init(_ bytes: [UInt8], isEmptied: Bool) throws(CBORError) {
        var reader = CBORReader(bytes)
        try reader.tag(18)
        try reader.array(exactly: 4)
        protected = Array(try reader.bytes(atMost: 4_096))
        if isEmptied { _ = try reader.map(atMost: 0) } else { _ = try reader.item() }
        payload = Array(try reader.bytes())
        signature = Array(try reader.bytes(atMost: 128))
        try reader.finish()
        header = try Header(protected)
        var writer = CBORWriter(reservingCapacity: bytes.count)
        writer.tag(18)
        writer.array(4)
        writer.bytes(protected)
        writer.map(0)
        writer.bytes(payload)
        writer.bytes(signature)
        self.bytes = writer.bytes
        guard !isEmptied || writer.bytes == bytes else {
            throw .unexpected(
                offset: 0, expected: "lengths in their shortest form", found: "a longer one")
        }
    }

    /// The bytes that the signature covers: the `Sig_structure` of RFC 9052, section 4.4.
    public var signedBytes: [UInt8] {
        var writer = CBORWriter(reservingCapacity: protected.count + payload.count + 32)
        writer.array(4)
        writer.text("Signature1")
        writer.bytes(protected)
        writer.bytes([])
        writer.bytes(payload)
        return writer.bytes
    }
}

extension StatementBody.Header {
    private static let algorithmLabel: Int64 = 1
    private static let criticalLabel: Int64 = 2
    private static let claimsLabel: Int64 = 15

    init(_ bytes: [UInt8]) throws(CBORError) {
        var reader = CBORReader(bytes)
        var algorithm: Int64?
        var claims: (issuer: String, subject: String, issuedAt: Int64?)?
        for _ in 0..<(try reader.map(atMost: 32)) {
            let start = reader.offset
            // A label is a number or a text (RFC 9052, section 1.4).
            guard try reader.nextMajorType() <= 1 else {
                _ = try reader.text(atMost: 256)
                _ = try reader.item()
                continue
            }
            switch try reader.integer() {
            case Self.algorithmLabel: algorithm = try reader.integer()
            case Self.criticalLabel:
                throw .unexpected(
                    offset: start, expected: "no field that must be understood",
                    found: "a list of critical fields")
            case Self.claimsLabel: claims = try Self.claims(&reader)
            default: _ = try reader.item()
            }
        }
        try reader.finish()
        guard let algorithm else { throw .key(offset: 0, key: 1, problem: .missing) }
        guard let claims else { throw .key(offset: 0, key: 15, problem: .missing) }
        self.algorithm = algorithm
        issuer = claims.issuer
        subject = claims.subject
        issuedAt = claims.issuedAt
    }

    private static func claims(
        _ reader: inout CBORReader
    ) throws(CBORError) -> (issuer: String, subject: String, issuedAt: Int64?) {
        let start = reader.offset
        var issuer: String?
        var subject: String?
        var issuedAt: Int64?
        for _ in 0..<(try reader.map(atMost: 32)) {
            guard try reader.nextMajorType() <= 1 else {
                _ = try reader.text(atMost: 256)
                _ = try reader.item()
                continue
            }
            switch try reader.integer() {
            case 1: issuer = try reader.text(atMost: StatementBody.nameByteCountMax)
            case 2: subject = try reader.text(atMost: StatementBody.nameByteCountMax)
            case 6 where try reader.nextMajorType() <= 1: issuedAt = try reader.integer()
            default: _ = try reader.item()
            }
        }
        guard let issuer, !issuer.isEmpty else {
            throw .key(offset: start, key: 1, problem: .missing)
        }
        guard let subject else { throw .key(offset: start, key: 2, problem: .missing) }
        return (issuer, subject, issuedAt)
    }
}

extension Entry {
    /// The entry that a statement is: nothing but the statement's own bytes.
    ///
    /// Who brought it, and under which number, stands in its batch alone; ``carried(by:_:_:)``
    /// fills that in.
    public init(_ statement: StatementBody) {
        self.init(
            kind: .statement, issuer: Entry.nobody, stream: StreamID(0), number: 0,
            eventTime: Timestamp(milliseconds: 0), body: .statement(statement))
        if let seconds = statement.header.issuedAt,
            case (let milliseconds, false) = seconds.multipliedReportingOverflow(by: 1_000)
        {
            eventTime = Timestamp(milliseconds: milliseconds)
        }
    }

    /// The same entry as a batch carries it: a statement takes issuer, stream and number from it.
    public func carried(
        by issuer: InstitutionID, _ stream: StreamID, number: UInt64
    ) -> Entry {
        guard kind == .statement else { return self }
        var entry = self
        entry.issuer = issuer
        entry.stream = stream
        entry.number = number
        return entry
    }

    /// Whether issuer, stream and number are known: the bytes of a statement do not say them.
    public var isCarried: Bool { kind != .statement || issuer != Entry.nobody }

    /// Whether it is known when it happened: a statement need not say it.
    public var isTimed: Bool {
        guard case .statement(let statement) = body else { return true }
        return statement.header.issuedAt != nil
    }

    /// Stands for the institution that brought a statement where only its bytes are known.
    private static let nobody: InstitutionID = {
        guard let id = InstitutionID("-") else { preconditionFailure("'-' is a name") }
        return id
    }()
}

extension StatementBody {
    /// The statement with receipts in its unprotected header (label 394, RFC 9942): a Transparent
    /// Statement.
    public func encode(receipts: [[UInt8]]) -> [UInt8] {
        var writer = CBORWriter(
            reservingCapacity: bytes.count + receipts.reduce(16) { $0 + $1.count + 4 })
        writer.tag(18)
        writer.array(4)
        writer.bytes(protected)
        writer.map(1)
        writer.integer(Self.receiptsLabel)
        writer.array(receipts.count)
        for receipt in receipts { writer.bytes(receipt) }
        writer.bytes(payload)
        writer.bytes(signature)
        return writer.bytes
    }

    /// The receipts in the unprotected header of these bytes; none where it has no such field.
    public static func receipts(in bytes: [UInt8]) throws(CBORError) -> [[UInt8]] {
        var reader = CBORReader(bytes)
        try reader.tag(18)
        try reader.array(exactly: 4)
        _ = try reader.bytes(atMost: 4_096)
        var receipts: [[UInt8]] = []
        for _ in 0..<(try reader.map(atMost: 32)) {
            guard try reader.nextMajorType() <= 1 else {
                _ = try reader.text(atMost: 256)
                _ = try reader.item()
                continue
            }
            guard try reader.integer() == receiptsLabel else {
                _ = try reader.item()
                continue
            }
            for _ in 0..<(try reader.array(atMost: 1_024)) {
                receipts.append(Array(try reader.bytes()))
            }
        }
        return receipts
    }

    /// Source: RFC 9942, section 4.
    private static let receiptsLabel: Int64 = 394
}
