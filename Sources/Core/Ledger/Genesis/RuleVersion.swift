public import Primitives

/// A supervision rule that is in force, by the hash of its canonical form, and who runs it.
public struct RuleVersion: Hashable, Sendable {
    /// 1 to 32 bytes of visible ASCII.
    public let id: String
    /// Over the canonical rule and all rules that it uses.
    public let hash: Digest
    /// By id, increasing; at least one.
    public let runners: [InstitutionID]

    public init(id: String, hash: Digest, runners: [InstitutionID]) {
        self.id = id
        self.hash = hash
        self.runners = runners
    }

    /// The longest rule id, in bytes.
    public static let idByteCountMax = 32
}

extension RuleVersion {
    /// Appends the rule version, as `docs/formats/genesis.md` has it.
    public func encode(into writer: inout CBORWriter) {
        writer.array(3)
        writer.text(id)
        writer.digest(hash)
        writer.array(runners.count)
        for runner in runners { writer.institution(runner) }
    }

    /// The rule version's bytes: its value in the state map.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 128)
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads one rule version where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 3)
        let start = reader.offset
        id = try reader.text(1...RuleVersion.idByteCountMax)
        guard id.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .unexpected(
                offset: start, expected: "a rule id of visible ASCII", found: "other characters")
        }
        hash = try reader.digest()
        var runners: [InstitutionID] = []
        for _ in 0..<(try reader.array(atMost: Genesis.institutionCountMax)) {
            let start = reader.offset
            let runner = try reader.institution()
            if let last = runners.last, last >= runner {
                throw .unexpected(
                    offset: start, expected: "institutions in increasing order",
                    found: "\(runner) after \(last)")
            }
            runners.append(runner)
        }
        self.runners = runners
    }
}
