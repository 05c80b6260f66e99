public import Primitives

/// A supervision rule that is in force or on trial, by the hash of its canonical form, and who
/// runs it.
public struct RuleVersion: Hashable, Sendable {
    /// 1 to 32 bytes of visible ASCII.
    public let id: String
    /// Over the canonical rule and all rules that it uses.
    public let hash: Digest
    /// By id, increasing; at least one.
    public let runners: [InstitutionID]
    /// While the rule is on trial: who of the runners anchors what it finds, by id, increasing.
    ///
    /// Nobody where it runs in their shadow; nil where it is in force and all of them do.
    public let trial: [InstitutionID]?
    /// The first day of service that it judges; nil where it judges all.
    public let serviceFrom: Day?
    /// The versions that still judge services of earlier days, the newest first.
    public let earlier: [Earlier]

    /// A version that was superseded for services from a day on.
    public struct Earlier: Hashable, Sendable {
        public let hash: Digest
        /// The first day of service that it judges; nil where it judges all before the next.
        public let serviceFrom: Day?

        public init(hash: Digest, serviceFrom: Day?) {
            self.hash = hash
            self.serviceFrom = serviceFrom
        }
    }

    public init(
        id: String, hash: Digest, runners: [InstitutionID], trial: [InstitutionID]? = nil,
        serviceFrom: Day? = nil, earlier: [Earlier] = []
    ) {
        self.id = id
        self.hash = hash
        self.runners = runners
        self.trial = trial
        self.serviceFrom = serviceFrom
        self.earlier = earlier
    }

    /// How far a rule has come on the ledger.
    public enum Stage: String, Sendable {
        /// It runs, and what it finds stays with those who run it.
        case shadow
        /// Some of those who run it anchor what it finds.
        case canary
        case inForce = "in force"
    }

    public var stage: Stage {
        guard let trial else { return .inForce }
        return trial.isEmpty ? .shadow : .canary
    }

    /// Who anchors what the rule finds.
    public var publishers: [InstitutionID] { trial ?? runners }

    /// The hash of the version that judges a service of this day; nil where none does.
    public func hash(on day: Day) -> Digest? {
        guard let serviceFrom, day < serviceFrom else { return hash }
        return earlier.first { $0.serviceFrom.map { $0 <= day } ?? true }?.hash
    }

    /// The version that takes the place of another one: for services before its first day, if it
    /// has one, the other one still judges, and so do those that judged beside it.
    func superseding(_ old: RuleVersion?) -> RuleVersion {
        guard let serviceFrom, let old else { return self }
        let before = [Earlier(hash: old.hash, serviceFrom: old.serviceFrom)] + old.earlier
        return RuleVersion(
            id: id, hash: hash, runners: runners, trial: trial, serviceFrom: serviceFrom,
            earlier: Array(
                before.filter { $0.serviceFrom.map { $0 < serviceFrom } ?? true }
                    .prefix(RuleVersion.earlierCountMax)))
    }

    /// The longest rule id, in bytes.
    public static let idByteCountMax = 32
    /// The most earlier versions that still judge.
    public static let earlierCountMax = 8

    /// Whether it has nothing that the first form of the bytes cannot say.
    var isPlain: Bool { trial == nil && serviceFrom == nil && earlier.isEmpty }
}

extension RuleVersion: CustomStringConvertible {
    /// In words, for those who vote on it.
    public var description: String {
        let anchoring = publishers.isEmpty ? "nobody" : publishers.names
        return "rule \(id) \(stage.rawValue) as \(hash), run by "
            + "\(runners.names), anchored by \(anchoring)"
            + (serviceFrom.map { ", for services from \($0)" } ?? "")
    }
}

extension [InstitutionID] {
    fileprivate var names: String { map(\.name).joined(separator: ", ") }
}

extension RuleVersion {
    /// Appends the rule version, as `docs/formats/genesis.md` has it.
    public func encode(into writer: inout CBORWriter) {
        writer.array(isPlain ? 3 : 6)
        writer.text(id)
        writer.digest(hash)
        writer.array(runners.count)
        for runner in runners { writer.institution(runner) }
        guard !isPlain else { return }
        if let trial {
            writer.array(trial.count)
            for institution in trial { writer.institution(institution) }
        } else {
            writer.null()
        }
        writer.day(serviceFrom)
        writer.array(earlier.count)
        for version in earlier {
            writer.array(2)
            writer.digest(version.hash)
            writer.day(version.serviceFrom)
        }
    }

    /// The rule version's bytes: its value in the state map.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 128)
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads one rule version where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        let first = reader.offset
        let items = try reader.array(atMost: 6)
        guard items == 3 || items == 6 else {
            throw .unexpected(
                offset: first, expected: "a rule version of 3 or 6 items", found: "\(items)")
        }
        let start = reader.offset
        let id = try reader.text(1...RuleVersion.idByteCountMax)
        guard id.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .unexpected(
                offset: start, expected: "a rule id of visible ASCII", found: "other characters")
        }
        let hash = try reader.digest()
        let runners = try reader.increasingInstitutions()
        guard items == 6 else {
            self.init(id: id, hash: hash, runners: runners)
            return
        }
        let trial = try reader.isNull() ? nil : try reader.increasingInstitutions()
        let serviceFrom = try reader.day()
        var earlier: [Earlier] = []
        for _ in 0..<(try reader.array(atMost: RuleVersion.earlierCountMax)) {
            try reader.array(exactly: 2)
            earlier.append(
                Earlier(hash: try reader.digest(), serviceFrom: try reader.day()))
        }
        self.init(
            id: id, hash: hash, runners: runners, trial: trial, serviceFrom: serviceFrom,
            earlier: earlier)
        guard !isPlain else {
            throw .unexpected(
                offset: first, expected: "a plain rule version in 3 items", found: "6 items")
        }
    }
}

extension CBORWriter {
    fileprivate mutating func day(_ day: Day?) {
        if let day { integer(Int64(day.number)) } else { null() }
    }
}

extension CBORReader {
    fileprivate mutating func day() throws(CBORError) -> Day? {
        if try isNull() { return nil }
        let start = offset
        guard let number = Int32(exactly: try integer()) else {
            throw .outOfRange(offset: start, what: "day", limit: UInt64(Int32.max))
        }
        return Day(number: number)
    }

    fileprivate mutating func increasingInstitutions() throws(CBORError) -> [InstitutionID] {
        var institutions: [InstitutionID] = []
        for _ in 0..<(try array(atMost: Genesis.institutionCountMax)) {
            let start = offset
            let institution = try self.institution()
            if let last = institutions.last, last >= institution {
                throw .unexpected(
                    offset: start, expected: "institutions in increasing order",
                    found: "\(institution) after \(last)")
            }
            institutions.append(institution)
        }
        return institutions
    }
}
