public import Primitives
public import Records

/// The question of a treating institution to the identity provider by which ids people go.
///
/// Source: `docs/formats/wire.md`, section "Pseudonyms".
public struct PseudonymRequest: Hashable, Sendable {
    /// Chosen by who asks; the answer bears it.
    public let id: OpaqueID
    /// The epoch that pseudonyms of patients are wanted for.
    public let epoch: UInt32
    /// Why they are wanted: it stands in clear in the access entry that the question becomes.
    public let purpose: AccessHeader.Purpose
    public let names: [LocalName]
    /// Whether who is not known is enrolled; a question that only looks somebody up makes no key.
    public let enrols: Bool

    /// The most names in one request.
    public static let nameCountMax = 256

    public init(
        id: OpaqueID, epoch: UInt32, purpose: AccessHeader.Purpose, names: [LocalName],
        enrols: Bool = true
    ) {
        self.enrols = enrols
        self.id = id
        self.epoch = epoch
        self.purpose = purpose
        self.names = names
    }
}

/// A person by the identifier that the region's systems know.
public struct LocalName: Hashable, Sendable {
    public enum Role: UInt8, Sendable {
        case patient = 1
        case practitioner = 2
    }

    public let role: Role
    /// 1 to 256 bytes, compared bytewise.
    public let identifier: String

    /// The longest identifier, in bytes.
    public static let byteCountMax = 256

    public init(_ role: Role, _ identifier: String) {
        self.role = role
        self.identifier = identifier
    }
}

/// What the identity provider says to a ``PseudonymRequest``.
public struct PseudonymAnswer: Hashable, Sendable {
    public enum Verdict: Hashable, Sendable {
        /// One id for each name, in the order of the request.
        case named([OpaqueID])
        /// The same where nobody was to be enrolled; nil where nobody is known by the name.
        case found([OpaqueID?])
        /// Too many names in too short a time; the question may come again after the pause.
        case tooMany(retryAfterMilliseconds: UInt64)
        /// The question itself is not allowed or not understood.
        case refused(String)
    }

    public let id: OpaqueID
    public let verdict: Verdict

    public init(id: OpaqueID, verdict: Verdict) {
        self.id = id
        self.verdict = verdict
    }
}

extension PseudonymRequest {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64 + names.count * 48)
        writer.array(5)
        writer.unsigned(enrols ? 1 : 2)
        writer.bytes(id.bytes)
        writer.unsigned(UInt64(epoch))
        writer.unsigned(UInt64(purpose.rawValue))
        LocalName.encode(names, into: &writer)
        return writer.bytes
    }

    /// Reads a request from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> PseudonymRequest {
        try reading("pseudonym request", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 5)
            let isFirst = try reader.version(in: 1...2) == 1
            let id = try reader.opaqueID()
            let epoch = UInt32(
                truncatingIfNeeded: try reader.unsigned("epoch", atMost: 1 << 32 - 1))
            let purpose = try reader.purpose()
            let names = try LocalName.names(from: &reader, atMost: nameCountMax)
            return PseudonymRequest(
                id: id, epoch: epoch, purpose: purpose, names: names, enrols: isFirst)
        }
    }
}

extension LocalName {
    static func encode(_ names: [LocalName], into writer: inout CBORWriter) {
        writer.array(names.count)
        for name in names {
            writer.array(2)
            writer.unsigned(UInt64(name.role.rawValue))
            writer.text(name.identifier)
        }
    }

    static func names(
        from reader: inout CBORReader, atMost limit: Int
    ) throws(CBORError) -> [LocalName] {
        var names: [LocalName] = []
        for _ in 0..<(try reader.array(atMost: limit)) {
            names.append(try LocalName(from: &reader))
        }
        return names
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        let start = reader.offset
        let number = try reader.unsigned("role", atMost: 2)
        guard let role = Role(rawValue: UInt8(number)) else {
            throw .unexpected(offset: start, expected: "a role, 1 or 2", found: "\(number)")
        }
        let identifier = try reader.text(atMost: LocalName.byteCountMax)
        guard !identifier.isEmpty else {
            throw .unexpected(offset: start, expected: "an identifier", found: "an empty text")
        }
        self.init(role, identifier)
    }
}

extension PseudonymAnswer {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 64)
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(id.bytes)
        writer.array(2)
        switch verdict {
        case .named(let ids):
            writer.unsigned(0)
            writer.array(ids.count)
            for id in ids { writer.bytes(id.bytes) }
        case .tooMany(let pause):
            writer.unsigned(1)
            writer.unsigned(pause)
        case .refused(let reason):
            writer.unsigned(2)
            writer.text(reason)
        case .found(let ids):
            writer.unsigned(3)
            writer.array(ids.count)
            for id in ids {
                if let id { writer.bytes(id.bytes) } else { writer.null() }
            }
        }
        return writer.bytes
    }

    /// Reads an answer from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> PseudonymAnswer {
        try reading("pseudonym answer", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 3)
            try reader.version(1)
            let id = try reader.opaqueID()
            try reader.array(exactly: 2)
            switch try reader.unsigned("verdict", atMost: 3) {
            case 0:
                var ids: [OpaqueID] = []
                for _ in 0..<(try reader.array(atMost: PseudonymRequest.nameCountMax)) {
                    ids.append(try reader.opaqueID())
                }
                return PseudonymAnswer(id: id, verdict: .named(ids))
            case 1:
                return PseudonymAnswer(
                    id: id, verdict: .tooMany(retryAfterMilliseconds: try reader.unsigned()))
            case 2:
                return PseudonymAnswer(
                    id: id, verdict: .refused(try reader.text(atMost: 1_024)))
            default:
                var ids: [OpaqueID?] = []
                for _ in 0..<(try reader.array(atMost: PseudonymRequest.nameCountMax)) {
                    ids.append(try reader.isNull() ? nil : reader.opaqueID())
                }
                return PseudonymAnswer(id: id, verdict: .found(ids))
            }
        }
    }
}
