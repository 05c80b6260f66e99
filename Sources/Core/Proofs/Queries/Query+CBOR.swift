public import Primitives
internal import Records

extension Query {
    /// Appends the query: a map of what is named.
    public func encode(into writer: inout CBORWriter) {
        var fields: [(key: UInt64, write: (inout CBORWriter) -> Void)] = []
        func add<Value>(
            _ key: UInt64, _ value: Value?, _ write: @escaping (inout CBORWriter, Value) -> Void
        ) {
            if let value { fields.append((key, { write(&$0, value) })) }
        }
        add(1, patient) { $0.bytes($1.bytes) }
        add(2, practitioner) { $0.bytes($1.bytes) }
        add(3, institution) { $0.institution($1) }
        add(4, issuer) { $0.institution($1) }
        add(5, claim) { $0.bytes($1.bytes) }
        add(6, prescription) { $0.bytes($1.bytes) }
        add(7, kinds.isEmpty ? nil : kinds.map(\.rawValue).sorted()) { writer, numbers in
            writer.array(numbers.count)
            for number in numbers { writer.unsigned(UInt64(number)) }
        }
        add(8, action) { $0.unsigned(UInt64($1.rawValue)) }
        add(9, purpose) { $0.unsigned(UInt64($1.rawValue)) }
        add(10, basis) { $0.unsigned(UInt64($1.rawValue)) }
        add(11, outcome) { $0.unsigned(UInt64($1.rawValue)) }
        add(12, happenedFrom) { $0.integer($1.milliseconds) }
        add(13, happenedBefore) { $0.integer($1.milliseconds) }
        add(14, anchoredFrom) { $0.integer($1.milliseconds) }
        add(15, anchoredBefore) { $0.integer($1.milliseconds) }
        add(16, epochs.isEmpty ? nil : epochs) { PatientEpoch.encode($1, into: &$0) }
        add(17, rule) { $0.text($1) }
        writer.map(fields.count)
        for field in fields {
            writer.unsigned(field.key)
            field.write(&writer)
        }
    }

    /// Reads a query where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        self.init()
        var query = self
        let start = reader.offset
        try reader.integerMap(atMost: 17) { key, reader throws(CBORError) in
            try query.read(key, from: &reader)
        }
        guard query.patient == nil || query.epochs.isEmpty else {
            throw .unexpected(
                offset: start, expected: "a patient by one pseudonym, or over epochs",
                found: "both")
        }
        self = query
    }

    private mutating func read(
        _ key: UInt64, from reader: inout CBORReader
    ) throws(CBORError) {
        let start = reader.offset
        switch key {
        case 1: patient = try reader.opaqueID()
        case 2: practitioner = try reader.opaqueID()
        case 3: institution = try reader.institution()
        case 4: issuer = try reader.institution()
        case 5: claim = try reader.opaqueID()
        case 6: prescription = try reader.opaqueID()
        case 7: kinds = try Query.kinds(from: &reader)
        case 8: action = try reader.code("an access action, 1 to 5")
        case 9: purpose = try reader.code("a purpose of access, 1 to 9")
        case 10: basis = try reader.code("a basis of access, 1 to 5")
        case 11: outcome = try reader.code("an outcome of access: 0, 4, 8 or 12")
        case 12: happenedFrom = Timestamp(milliseconds: try reader.integer())
        case 13: happenedBefore = Timestamp(milliseconds: try reader.integer())
        case 14: anchoredFrom = Timestamp(milliseconds: try reader.integer())
        case 15: anchoredBefore = Timestamp(milliseconds: try reader.integer())
        case 16: epochs = try PatientEpoch.list(from: &reader)
        case 17:
            let name = try reader.text(atMost: CaseBody.Opening.ruleBytesMax)
            guard !name.isEmpty else {
                throw .unexpected(offset: start, expected: "a rule", found: "an empty text")
            }
            rule = name
        default: throw .key(offset: start, key: key, problem: .unknown)
        }
    }

    private static func kinds(from reader: inout CBORReader) throws(CBORError) -> Set<EntryKind> {
        var kinds: Set<EntryKind> = []
        var last: UInt8 = 0
        for _ in 0..<(try reader.array(atMost: EntryKind.allCases.count)) {
            let start = reader.offset
            let kind: EntryKind = try reader.code("a kind of entry, 1 to 23")
            guard kind.rawValue > last else { throw .keyOutOfOrder(offset: start) }
            last = kind.rawValue
            kinds.insert(kind)
        }
        return kinds
    }
}
