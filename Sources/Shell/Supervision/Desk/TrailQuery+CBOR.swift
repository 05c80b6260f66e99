internal import Primitives
internal import Records

extension TrailQuery {
    func encode(into writer: inout CBORWriter) {
        writer.array(6)
        if let term { term.encode(into: &writer) } else { writer.null() }
        let sorted = kinds.map(\.rawValue).sorted()
        writer.array(sorted.count)
        for kind in sorted { writer.unsigned(UInt64(kind)) }
        for time in [from, to] {
            if let time { writer.integer(time.milliseconds) } else { writer.null() }
        }
        writer.unsigned(UInt64(limit))
        writer.unsigned(firstLeaf)
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 6)
        let term = try reader.isNull() ? nil : EntryTerm(from: &reader)
        var kinds: Set<EntryKind> = []
        for _ in 0..<(try reader.array(atMost: EntryKind.allCases.count)) {
            let start = reader.offset
            let number = try reader.unsigned("kind of entry", atMost: 255)
            guard let kind = EntryKind(rawValue: UInt8(number)) else {
                throw .unexpected(
                    offset: start, expected: "a kind of entry, 1 to 23", found: "\(number)")
            }
            kinds.insert(kind)
        }
        let from = try reader.isNull() ? nil : Timestamp(milliseconds: reader.integer())
        let to = try reader.isNull() ? nil : Timestamp(milliseconds: reader.integer())
        let limit = Int(try reader.unsigned("limit", atMost: UInt64(TrailQuery.limitMax)))
        self.init(
            term: term, kinds: kinds, from: from, to: to, limit: limit,
            firstLeaf: try reader.unsigned())
    }
}

extension EntryTerm {
    /// `[0, institution-id]` for an issuer; a subject as entries have it.
    func encode(into writer: inout CBORWriter) {
        writer.array(2)
        switch self {
        case .issuer(let id):
            writer.unsigned(0)
            writer.institution(id)
        case .subject(let subject):
            writer.unsigned(UInt64(subject.typeNumber))
            if case .institution(let id) = subject {
                writer.institution(id)
            } else {
                writer.bytes(subject.opaqueID?.bytes ?? [])
            }
        }
    }

    init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        switch try reader.unsigned("type of term", atMost: 5) {
        case 0: self = .issuer(try reader.institution())
        case 1: self = .subject(.patient(try reader.opaqueID()))
        case 2: self = .subject(.practitioner(try reader.opaqueID()))
        case 3: self = .subject(.institution(try reader.institution()))
        case 4: self = .subject(.claim(try reader.opaqueID()))
        default: self = .subject(.prescription(try reader.opaqueID()))
        }
    }
}
