internal import Primitives
internal import Supervision

/// A finding as a person or a program reads it.
struct FindingView: Encodable {
    let finding: String
    /// Whether this node's rules find it on the facts that it has now.
    let isOpen: Bool
    /// `open`: found on the facts that this node has now; `withdrawn`: on the ledger, by who stated
    /// it; `standing`: on the ledger, and not found here now.
    let status: String
    /// The leaf of the entry that withdrew it.
    let withdrawal: UInt64?
    /// The leaf of its entry, the block and who said it; nil where it is not on the ledger yet.
    let leaf: UInt64?
    let block: UInt64?
    let issuer: String?
    let blindedCase: String?
    /// What stands in the body; nil where this node may not read it.
    let body: FindingBodyView?

    init(_ item: FindingList.Item) {
        finding = item.id.description
        isOpen = item.isOpen
        withdrawal = item.standing?.withdrawal?.leafIndex
        status = withdrawal != nil ? "withdrawn" : item.isOpen ? "open" : "standing"
        leaf = item.standing?.leafIndex
        block = item.standing?.height.blocks
        issuer = item.standing?.issuer.name
        blindedCase = item.standing?.blindedCase.description
        body = item.body.flatMap { try? FindingBodyView($0) }
    }
}

/// The body of a finding, read from its bytes (docs/formats/finding.md).
struct FindingBodyView: Encodable {
    var rule = ""
    var result = ""
    var subjectType = ""
    var subject = ""
    var amount: String?
    var violating: [UInt64] = []
    var involved: [UInt64] = []
    var basis: [String] = []
    var reason = ""

    init(_ bytes: [UInt8]) throws(CBORError) {
        var reader = CBORReader(bytes)
        try reader.integerMap(atMost: 14) { key, reader throws(CBORError) in
            switch key {
            case 1: rule = try reader.text(atMost: 64)
            case 5:
                try reader.array(exactly: 2)
                subjectType = try reader.text(atMost: 64)
                subject = try Self.value(&reader)
            case 6: violating = try Self.leaves(&reader)
            case 7: involved = try Self.leaves(&reader)
            case 9: amount = try reader.isNull() ? nil : Self.value(&reader)
            case 10:
                let results = ["", "definite", "suspicious", "data quality"]
                result = results[Int(try reader.unsigned("result", atMost: 3))]
            case 11:
                for _ in 0..<(try reader.array(atMost: 256)) {
                    basis.append(try reader.text(atMost: 4_096))
                }
            case 13: reason = try reader.text(atMost: 65_536)
            default: _ = try reader.item()
            }
        }
        try reader.finish()
    }

    private static func leaves(_ reader: inout CBORReader) throws(CBORError) -> [UInt64] {
        var leaves: [UInt64] = []
        for _ in 0..<(try reader.array(atMost: 65_536)) {
            try reader.array(exactly: 2)
            leaves.append(try reader.unsigned())
            _ = try reader.digest()
        }
        return leaves
    }

    /// A value in words, as far as lists need it (docs/formats/payload.md).
    private static func value(_ reader: inout CBORReader) throws(CBORError) -> String {
        switch try reader.nextMajorType() {
        case 0, 1: return String(try reader.integer())
        case 2: return Array(try reader.bytes()).hex
        case 3: return try reader.text(atMost: 4_096)
        default: break
        }
        let whole = try reader.item()
        var inside = CBORReader(whole)
        guard (try? inside.array(atMost: 4)) == 3, (try? inside.unsigned()) == 3,
            let units = try? inside.integer(), let code = try? inside.text(atMost: 3),
            let currency = Currency(code)
        else { return Array(whole).hex }
        return Amount(minorUnits: units, currency: currency).description
    }
}
