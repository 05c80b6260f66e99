internal import Primitives

extension CBORWriter {
    mutating func height(_ value: Height) {
        unsigned(value.blocks)
    }

    mutating func round(_ value: Round) {
        unsigned(UInt64(value.number))
    }

    mutating func optionalRound(_ value: Round?) {
        if let value { round(value) } else { null() }
    }

    mutating func optionalBlockID(_ value: BlockID?) {
        if let value { value.write(to: &self) } else { null() }
    }
}

extension CBORReader {
    /// Reads the version that every format begins with; this build reads version 1 only.
    mutating func version() throws(CBORError) {
        let start = offset
        let found = try unsigned()
        guard found == 1 else { throw .version(offset: start, found: found, supported: 1) }
    }

    mutating func height() throws(CBORError) -> Height {
        Height(try unsigned())
    }

    mutating func round() throws(CBORError) -> Round {
        Round(UInt32(truncatingIfNeeded: try unsigned("round", atMost: UInt64(UInt32.max))))
    }

    mutating func optionalRound() throws(CBORError) -> Round? {
        try isNull() ? nil : try round()
    }

    mutating func optionalBlockID() throws(CBORError) -> BlockID? {
        try isNull() ? nil : try BlockID(from: &self)
    }
}
