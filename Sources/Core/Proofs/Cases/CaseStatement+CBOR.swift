internal import Primitives
internal import Records

extension CaseStatement {
    /// The statement's bytes.
    public func encode() -> [UInt8] {
        let bundlesByteCount = bundles.reduce(0) { $0 + $1.count + 9 }
        var writer = CBORWriter(
            reservingCapacity: bundlesByteCount + 34 * findings.count + words.utf8.count + 128)
        writer.array(7)
        writer.unsigned(1)
        writer.bytes(blindedCase.bytes)
        writer.unsigned(UInt64(step))
        writer.text(words)
        writer.array(findings.count)
        for finding in findings { writer.digest(finding) }
        writer.array(bundles.count)
        for bundle in bundles { writer.bytes(bundle) }
        guard let decision else {
            writer.null()
            return writer.bytes
        }
        writer.array(2)
        writer.unsigned(UInt64(decision.outcome.rawValue))
        writer.array(decision.amounts.count)
        for sum in decision.amounts {
            writer.array(3)
            writer.unsigned(UInt64(sum.kind.rawValue))
            writer.integer(sum.amount.minorUnits)
            writer.text(sum.amount.currency.code)
        }
        return writer.bytes
    }

    /// Reads a statement from exactly these bytes.
    ///
    /// - Throws: ``ProofFailure`` at step ``ProofStep/form``.
    public static func decode(_ bytes: [UInt8]) throws(ProofFailure) -> CaseStatement {
        try reading("statement of a case", bytes[...]) { reader throws(CBORError) in
            try CaseStatement(from: &reader)
        }
    }

    private init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 7)
        try reader.version(1)
        blindedCase = try reader.opaqueID()
        step = UInt8(try reader.unsigned("step of a case", atMost: 6))
        words = try reader.text(atMost: CaseStatement.wordsBytesMax)
        let start = reader.offset
        var findings: [Digest] = []
        for _ in 0..<(try reader.array(atMost: CaseBody.findingCountMax)) {
            findings.append(try reader.digest())
        }
        guard zip(findings, findings.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw .unexpected(
                offset: start, expected: "findings in increasing order", found: "another order")
        }
        self.findings = findings
        var bundles: [[UInt8]] = []
        for _ in 0..<(try reader.array(atMost: CaseBody.findingCountMax)) {
            bundles.append(Array(try reader.bytes()))
        }
        self.bundles = bundles
        decision = try reader.isNull() ? nil : Decision(from: &reader)
    }
}

extension CaseStatement.Decision {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        outcome = try reader.code("an outcome, 1 to 5")
        var amounts: [CaseStatement.Sum] = []
        for _ in 0..<(try reader.array(atMost: CaseStatement.SumKind.allCases.count)) {
            let start = reader.offset
            try reader.array(exactly: 3)
            let kind: CaseStatement.SumKind = try reader.code("a kind of sum, 1 to 4")
            let units = try reader.integer()
            guard let currency = Currency(try reader.text(atMost: 3)),
                amounts.last.map({ $0.kind.rawValue < kind.rawValue }) ?? true
            else {
                throw .unexpected(
                    offset: start, expected: "sums by kind, each with a currency",
                    found: "another")
            }
            amounts.append(
                CaseStatement.Sum(
                    kind: kind, amount: Amount(minorUnits: units, currency: currency)))
        }
        self.amounts = amounts
    }
}
