internal import Primitives
internal import Records

extension StateKey {
    /// The key with this space and these bytes, or nil where there is none.
    public init?(space: UInt8, bytes: [UInt8]) {
        guard let key = StateKey.state(space, bytes) ?? StateKey.term(space, bytes) else {
            return nil
        }
        self = key
    }

    private static func state(_ space: UInt8, _ bytes: [UInt8]) -> StateKey? {
        switch space {
        case 0: bytes.isEmpty ? .sentinel : nil
        case 1: name(bytes).map(StateKey.institution)
        case 2: stream(bytes).map { .nextNumber($0.0, $0.1) }
        case 3: OpaqueID(bytes).map(StateKey.credential)
        case 4: bytes.isEmpty ? .parameters : nil
        case 5: String(validating: bytes, as: UTF8.self).map(StateKey.rule)
        case 6: Digest(bytes).map(StateKey.finding)
        case 7: bytes.isEmpty ? .ledger : nil
        case 8: Digest(bytes).map(StateKey.proposal)
        case 9: Digest(bytes).map(StateKey.evidence)
        case 10: bytes.isEmpty ? .policy : nil
        case 11: height(bytes).map(StateKey.validators)
        case 12: bytes.isEmpty ? .attendance : nil
        case 13: bytes.isEmpty ? .standing : nil
        case 14: Digest(bytes).map { .anchoredLedger(LedgerID($0)) }
        case 15: anchoredHead(bytes)
        case 32: String(validating: bytes, as: UTF8.self).map(StateKey.statementIssuer)
        case 23: String(validating: bytes, as: UTF8.self).map(StateKey.ruleTrial)
        case 24: String(validating: bytes, as: UTF8.self).map(StateKey.ruleHistory)
        case 26: String(validating: bytes, as: UTF8.self).map(StateKey.tableHistory)
        case 33: ofCase(bytes)
        case 34: height(bytes).map { .unfit($0.blocks) }
        default: nil
        }
    }

    private static func term(_ space: UInt8, _ bytes: [UInt8]) -> StateKey? {
        let term: Term? =
            switch space {
            case 16: OpaqueID(bytes).map(Term.patient)
            case 17: OpaqueID(bytes).map(Term.practitioner)
            case 18: name(bytes).map(Term.institution)
            case 19: stream(bytes).map { .stream($0.0, $0.1) }
            case 20: byte(bytes).flatMap(AccessHeader.Action.init(rawValue:)).map(Term.action)
            case 21: byte(bytes).flatMap(EntryKind.init(rawValue:)).map(Term.kind)
            case 22: day(bytes).map { .institutionDay($0.0, $0.1) }
            case 25: bytes.isEmpty ? .unfit : nil
            case 27: rule(bytes).map(Term.rule)
            default: nil
            }
        return term.map(StateKey.term)
    }

    /// The key of somebody's list, which nearly all are.
    fileprivate static func person(_ space: UInt8, _ bytes: ArraySlice<UInt8>) -> StateKey? {
        switch space {
        case 16: OpaqueID(bytes).map { .term(.patient($0)) }
        case 17: OpaqueID(bytes).map { .term(.practitioner($0)) }
        default: nil
        }
    }

    private static func rule(_ bytes: [UInt8]) -> String? {
        guard (1...CaseBody.Opening.ruleBytesMax).contains(bytes.count) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func height(_ bytes: [UInt8]) -> Height? {
        guard bytes.count == 8 else { return nil }
        return Height(bytes.bigEndian(at: 0))
    }

    private static func anchoredHead(_ bytes: [UInt8]) -> StateKey? {
        guard let ledger = Digest(Array(bytes.prefix(32))),
            let height = height(Array(bytes.dropFirst(32)))
        else { return nil }
        return .anchoredHead(LedgerID(ledger), height)
    }

    private static func ofCase(_ bytes: [UInt8]) -> StateKey? {
        let tail = Array(bytes.suffix(17))
        guard tail.count == 17, tail[0] == 0, let id = OpaqueID(tail[1...]),
            let institution = name(bytes.dropLast(17))
        else { return nil }
        return .case(institution, id)
    }

    private static func byte(_ bytes: [UInt8]) -> UInt8? {
        bytes.count == 1 ? bytes[0] : nil
    }

    private static func name(_ bytes: some Collection<UInt8>) -> InstitutionID? {
        String(validating: bytes, as: UTF8.self).flatMap(InstitutionID.init)
    }

    private static func stream(_ bytes: [UInt8]) -> (InstitutionID, StreamID)? {
        let tail = Array(bytes.suffix(3))
        guard tail.count == 3, tail[0] == 0, let id = name(bytes.dropLast(3)) else { return nil }
        return (id, StreamID(UInt16(tail[1]) << 8 | UInt16(tail[2])))
    }

    private static func day(_ bytes: [UInt8]) -> (InstitutionID, Day)? {
        let tail = Array(bytes.suffix(5))
        guard tail.count == 5, tail[0] == 0, let id = name(bytes.dropLast(5)) else { return nil }
        let number = tail.bigEndian(at: 1, as: UInt32.self)
        return (id, Day(number: Int32(bitPattern: number)))
    }
}

extension CBORReader {
    /// Space and bytes of a key, as rows have them.
    mutating func stateKey() throws(CBORError) -> StateKey {
        let start = offset
        let space = UInt8(try unsigned("space", atMost: 255))
        let bytes = try bytes()
        if let person = StateKey.person(space, bytes) { return person }
        guard let key = StateKey(space: space, bytes: Array(bytes)) else {
            throw .unexpected(
                offset: start, expected: "a key of space \(space)", found: bytes.hex)
        }
        return key
    }
}
