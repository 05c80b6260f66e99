public import Primitives
public import Records

/// What an operator's program asks of a node's desk, over the node's control socket.
///
/// Bytes: `docs/formats/wire.md`, section "To a desk".
public enum DeskRequest: Hashable, Sendable {
    /// Answer: ``DeskStatus``.
    case status
    /// Answer: a page of a trail, ``TrailAnswer``.
    case trail(TrailQuery)
    /// Findings that stand or are open here, after those of a page. Answer: ``FindingList``.
    case findings(after: FindingList.Place?)
    /// Why a rule found it. Answer: ``ExplanationAnswer``.
    case explain(finding: Digest)
    /// What a finding's bundle is made of, but for the proofs. Answer: ``BundleParts``.
    case bundle(finding: Digest)
    /// Ids for names in an epoch, nil for the current one. Answer: ``NamesAnswer``; nil ids are
    /// being asked for: ask again. Who is not known is enrolled, where `enrols` says so.
    case names([LocalName], AccessHeader.Purpose, epoch: UInt32? = nil, enrols: Bool = true)
    /// Payloads that were not what their entries say. Answer: text, a line each.
    case mismatches
    /// What a rule says of a subject's rows, on a day or on all. Answer: ``ExplanationAnswer``.
    case whyNot(rule: String, subject: Subject, on: Day?)
    /// What the rules say of facts that are not on the ledger. Answer: ``ScreeningAnswer``.
    case screen(ScreeningQuestion)
    /// Destroy the keys of entries' payloads here. Answer: text, once the certificate is synced.
    case erase(leaves: [UInt64], ground: String)
    /// How far an entry's payload is erased. Answer: ``ErasureStatus``.
    case erasure(leaf: UInt64)
    /// The pseudonyms of a patient in each of some epochs. Answer: ``SpansAnswer``.
    case spans(OpaqueID, ClosedRange<UInt32>, AccessHeader.Purpose)
    /// Destroy the keys of persons, by their identifiers. Answer: text, once it is written down.
    case forgetPersons([String])
    /// How patient keys stand here. Answer: text.
    case identities
    /// Segments of a record, by their kinds. Answer: ``DisclosureAnswer``.
    case disclose(leaf: UInt64, Set<Segment.Kind>)
    /// What a canonical rule would have found here. Answer: one ``BackTestReport``.
    case backTest(rule: [UInt8])
    /// What the rules in force would have found with another version of a table that lies in the
    /// folder here. Answer: a ``BackTestReport`` for each that looks things up in it.
    case backTestTable(Digest)
    /// The steps of a case, or of all, opened where they may be. Answer: ``CaseHistory``.
    case cases(OpaqueID?)
}

extension DeskRequest {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 128)
        switch self {
        case .status: writer.open(1, 0)
        case .trail(let query):
            writer.open(2, 1)
            query.encode(into: &writer)
        case .findings(let place):
            writer.open(3, 1)
            FindingList.encode(place, into: &writer)
        case .explain(let finding): writer.open(4, about: finding)
        case .bundle(let finding): writer.open(5, about: finding)
        case .names(let names, let purpose, let epoch, let enrols):
            writer.open(enrols ? 6 : 19, 3)
            writer.unsigned(UInt64(purpose.rawValue))
            LocalName.encode(names, into: &writer)
            if let epoch { writer.unsigned(UInt64(epoch)) } else { writer.null() }
        case .mismatches: writer.open(7, 0)
        case .whyNot(let rule, let subject, let day):
            writer.open(8, 3)
            writer.text(rule)
            EntryTerm.subject(subject).encode(into: &writer)
            if let day { writer.integer(Int64(day.number)) } else { writer.null() }
        case .screen(let question):
            writer.open(9, 1)
            question.encode(into: &writer)
        case .erase(let leaves, let ground):
            writer.open(10, 2)
            writer.array(leaves.count)
            for leaf in leaves { writer.unsigned(leaf) }
            writer.text(ground)
        case .erasure(let leaf):
            writer.open(11, 1)
            writer.unsigned(leaf)
        case .spans(let patient, let epochs, let purpose):
            writer.open(12, 4)
            writer.bytes(patient.bytes)
            writer.unsigned(UInt64(epochs.lowerBound))
            writer.unsigned(UInt64(epochs.upperBound))
            writer.unsigned(UInt64(purpose.rawValue))
        case .forgetPersons(let identifiers):
            writer.open(13, 1)
            writer.array(identifiers.count)
            for identifier in identifiers { writer.text(identifier) }
        case .identities: writer.open(14, 0)
        case .disclose(let leaf, let kinds):
            writer.open(15, 2)
            writer.unsigned(leaf)
            writer.array(kinds.count)
            for number in kinds.map(\.rawValue).sorted() { writer.unsigned(UInt64(number)) }
        case .backTest(let rule):
            writer.open(16, 1)
            writer.bytes(rule)
        case .backTestTable(let hash): writer.open(18, about: hash)
        case .cases(let blindedCase): writer.openCases(17, blindedCase)
        }
        return writer.bytes
    }

    /// Reads a request from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> DeskRequest {
        try reading("request to the desk", bytes) { reader throws(CBORError) in
            let start = reader.offset
            let items = try reader.array(atMost: 6)
            try reader.version(1)
            let kind = try reader.unsigned()
            let counts = [0, 2, 3, 3, 3, 3, 5, 2, 5, 3, 4, 3, 6, 3, 2, 4, 3, 3, 3, 5]
            guard kind < counts.count, items == counts[Int(kind)] else {
                throw .unexpected(
                    offset: start, expected: "a request of kind 1 to 19 with its fields",
                    found: "kind \(kind) with \(items) items")
            }
            switch kind {
            case 1: return .status
            case 2: return .trail(try TrailQuery(from: &reader))
            case 3: return .findings(after: try FindingList.place(from: &reader))
            case 4: return .explain(finding: try reader.digest())
            case 5: return .bundle(finding: try reader.digest())
            case 6, 19:
                let purpose = try reader.purpose()
                let names = try LocalName.names(from: &reader, atMost: namesCountMax)
                return .names(
                    names, purpose, epoch: try reader.isNull() ? nil : reader.epoch(),
                    enrols: kind == 6)
            case 7: return .mismatches
            case 8: return try whyNot(from: &reader)
            case 9: return .screen(try ScreeningQuestion(from: &reader))
            case 10: return try erase(from: &reader)
            case 11: return .erasure(leaf: try reader.unsigned())
            case 12:
                let patient = try reader.opaqueID()
                let (first, last) = (try reader.epoch(), try reader.epoch())
                return .spans(patient, first...max(first, last), try reader.purpose())
            case 13: return .forgetPersons(try identifiers(from: &reader))
            case 14: return .identities
            case 15:
                return .disclose(
                    leaf: try reader.unsigned(), try segmentKinds(from: &reader))
            case 16: return .backTest(rule: Array(try reader.bytes()))
            case 18: return .backTestTable(try reader.digest())
            default: return .cases(try reader.isNull() ? nil : reader.opaqueID())
            }
        }
    }

    private static func segmentKinds(
        from reader: inout CBORReader
    ) throws(CBORError) -> Set<Segment.Kind> {
        var kinds: Set<Segment.Kind> = []
        let start = reader.offset
        for _ in 0..<(try reader.array(atMost: Segment.Kind.allCases.count)) {
            let number = UInt8(try reader.unsigned("kind of segment", atMost: 255))
            guard let kind = Segment.Kind(rawValue: number) else {
                throw .unexpected(
                    offset: start, expected: "kinds of segments, 1 to 12", found: "\(number)")
            }
            kinds.insert(kind)
        }
        guard !kinds.isEmpty else {
            throw .unexpected(offset: start, expected: "a kind of segment", found: "none")
        }
        return kinds
    }

    private static func identifiers(
        from reader: inout CBORReader
    ) throws(CBORError) -> [String] {
        var identifiers: [String] = []
        for _ in 0..<(try reader.array(atMost: namesCountMax)) {
            identifiers.append(try reader.text(atMost: LocalName.byteCountMax))
        }
        return identifiers
    }

    private static func erase(
        from reader: inout CBORReader
    ) throws(CBORError) -> DeskRequest {
        let start = reader.offset
        var leaves: [UInt64] = []
        for _ in 0..<(try reader.array(atMost: HoldBody.leafCountMax)) {
            leaves.append(try reader.unsigned())
        }
        let ground = try reader.text(atMost: HoldBody.groundByteCountMax)
        // What no certificate can say must be refused before anything is destroyed.
        guard !leaves.isEmpty, !ground.isEmpty else {
            throw .unexpected(
                offset: start, expected: "leaves and a ground", found: "nothing of one")
        }
        return .erase(leaves: leaves, ground: ground)
    }

    private static func whyNot(
        from reader: inout CBORReader
    ) throws(CBORError) -> DeskRequest {
        let rule = try reader.text(atMost: 64)
        let start = reader.offset
        guard case .subject(let subject) = try EntryTerm(from: &reader) else {
            throw .unexpected(offset: start, expected: "a subject", found: "an issuer")
        }
        let day = try reader.isNull() ? nil : Day(number: Int32(clamping: reader.integer()))
        return .whyNot(rule: rule, subject: subject, on: day)
    }

    /// The most names in one request.
    public static let namesCountMax = 4_096
}

extension CBORReader {
    fileprivate mutating func epoch() throws(CBORError) -> UInt32 {
        UInt32(truncatingIfNeeded: try unsigned("epoch", atMost: UInt64(UInt32.max)))
    }
}

extension CBORWriter {
    /// Opens a request of a kind with so many fields.
    fileprivate mutating func open(_ kind: UInt64, _ fieldCount: Int) {
        array(fieldCount + 2)
        unsigned(1)
        unsigned(kind)
    }

    /// Writes a request about what a digest names.
    fileprivate mutating func open(_ kind: UInt64, about named: Digest) {
        open(kind, 1)
        digest(named)
    }

    /// Writes a request about a case, or about all.
    fileprivate mutating func openCases(_ kind: UInt64, _ blindedCase: OpaqueID?) {
        open(kind, 1)
        if let blindedCase { bytes(blindedCase.bytes) } else { null() }
    }
}
