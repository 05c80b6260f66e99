internal import Cryptography
public import Primitives
internal import Records

extension Institution {
    /// Appends the institution, as `docs/formats/genesis.md` has it.
    public func encode(into writer: inout CBORWriter) {
        let optional = [consensusKey != nil, sealKey != nil, witnessKey != nil, tlsPin != nil]
        writer.map(7 + optional.count { $0 })
        writer.unsigned(0)
        writer.institution(id)
        writer.unsigned(1)
        writer.text(name)
        writer.unsigned(2)
        writer.unsigned(UInt64(kind.rawValue))
        writer.unsigned(3)
        writer.unsigned(UInt64(tier.rawValue))
        writer.unsigned(4)
        writer.unsigned(power)
        writer.unsigned(5)
        writer.array(submitKeys.count)
        for submitKey in submitKeys {
            writer.array(2)
            writer.unsigned(UInt64(submitKey.stream.number))
            writer.publicKey(submitKey.key)
        }
        if let consensusKey {
            writer.unsigned(6)
            writer.publicKey(consensusKey)
        }
        writer.unsigned(7)
        writer.array(governKeys.count)
        for key in governKeys { writer.publicKey(key) }
        encodeRest(into: &writer)
    }

    private func encodeRest(into writer: inout CBORWriter) {
        if let sealKey {
            writer.unsigned(8)
            writer.bytes(sealKey)
        }
        if let witnessKey {
            writer.unsigned(9)
            writer.bytes(witnessKey)
        }
        if let tlsPin {
            writer.unsigned(10)
            writer.digest(tlsPin)
        }
    }

    /// The institution's bytes: its value in the state map.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 512)
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads one institution where it stands in a larger item.
    public init(from reader: inout CBORReader) throws(CBORError) {
        let start = reader.offset
        var fields = Fields()
        try reader.integerMap(atMost: 11) { key, reader throws(CBORError) in
            try fields.read(key, from: &reader)
        }
        try fields.check(at: start)
        guard let id = fields.id, let kind = fields.kind, let tier = fields.tier else {
            throw .key(offset: start, key: 0, problem: .missing)
        }
        self.init(
            id: id, name: fields.name, kind: kind, tier: tier, power: fields.power,
            submitKeys: fields.submitKeys, consensusKey: fields.consensusKey,
            governKeys: fields.governKeys, sealKey: fields.sealKey,
            witnessKey: fields.witnessKey, tlsPin: fields.tlsPin)
    }

    /// Reads an institution from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> Institution {
        try reading("institution", bytes[...]) { reader throws(CBORError) in
            try Institution(from: &reader)
        }
    }
}

/// The fields of an institution while they are read.
private struct Fields {
    var id: InstitutionID?
    var name = ""
    var kind: InstitutionKind?
    var tier: Tier?
    var power: UInt64 = 0
    var submitKeys: [Institution.SubmitKey] = []
    var consensusKey: PublicKey?
    var governKeys: [PublicKey] = []
    var sealKey: [UInt8]?
    var witnessKey: [UInt8]?
    var tlsPin: Digest?
    private var seen: UInt16 = 0

    mutating func read(_ key: UInt64, from reader: inout CBORReader) throws(CBORError) {
        switch key {
        case 0: id = try reader.institution()
        case 1: name = try reader.text(1...Institution.nameByteCountMax)
        case 2: kind = try reader.code("a kind of institution, 1 to 7")
        case 3: tier = try reader.code("a tier, 1 to 6")
        case 4: power = try reader.unsigned("power", atMost: Genesis.powerMax)
        case 5: submitKeys = try Fields.submitKeys(from: &reader)
        case 6: consensusKey = try reader.publicKey()
        case 7:
            for _ in 0..<(try reader.array(atMost: 64)) {
                governKeys.append(try reader.publicKey())
            }
        case 8: sealKey = Array(try reader.bytes(exactly: Institution.curve25519ByteCount))
        case 9: witnessKey = Array(try reader.bytes(exactly: Institution.curve25519ByteCount))
        case 10: tlsPin = try reader.digest()
        default: throw .key(offset: reader.offset, key: key, problem: .unknown)
        }
        seen |= 1 << UInt16(key)
    }

    func check(at offset: Int) throws(CBORError) {
        for key in [0, 1, 2, 3, 4, 5, 7] as [UInt64] where seen & (1 << UInt16(key)) == 0 {
            throw .key(offset: offset, key: key, problem: .missing)
        }
    }

    private static func submitKeys(
        from reader: inout CBORReader
    ) throws(CBORError) -> [Institution.SubmitKey] {
        let count = try reader.array(atMost: 1_024)
        var keys: [Institution.SubmitKey] = []
        for _ in 0..<count {
            let start = reader.offset
            try reader.array(exactly: 2)
            let stream = try reader.stream()
            let key = try reader.publicKey()
            if let last = keys.last, last.stream >= stream {
                throw .unexpected(
                    offset: start, expected: "streams in increasing order",
                    found: "stream \(stream) after \(last.stream)")
            }
            keys.append(Institution.SubmitKey(stream: stream, key: key))
        }
        return keys
    }
}
