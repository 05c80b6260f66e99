public import Consensus
public import Primitives

/// Another ledger whose heads may be anchored in this one: what the state map says of it.
///
/// Source: `docs/formats/state.md`, space 14.
public struct AnchoredLedger: Sendable {
    public let registration: Registration
    /// The height from which ``validators`` vote; the first set votes from height 1.
    public internal(set) var validatorsFrom: Height
    public internal(set) var validators: ValidatorSet
    /// The newest head that is anchored: its height, and the size of its tree; nil before the
    /// first.
    public internal(set) var newest: Place?
    /// The leaf index of the anchor that showed a fork: no more heads are taken then.
    public internal(set) var fork: UInt64?

    /// Where a head stands in its ledger.
    public struct Place: Hashable, Sendable {
        public let height: Height
        public let treeSize: UInt64
    }

    /// What governance says of a ledger: its name, and who signs its heads.
    public struct Registration: Hashable, Sendable {
        public let name: String
        /// The bytes of the validators (`docs/formats/block.md`) and from which height they vote.
        public let validators: [UInt8]
        public let validatorsFrom: Height

        public init(name: String, validators: [UInt8], validatorsFrom: Height) {
            self.name = name
            self.validators = validators
            self.validatorsFrom = validatorsFrom
        }

        /// The ledger as a genesis founds it.
        public init(_ genesis: Genesis) {
            self.init(
                name: genesis.name, validators: genesis.charter.validators.encoded,
                validatorsFrom: Height(1))
        }

        /// The longest name, in bytes.
        public static let nameByteCountMax = 64
        /// The most bytes of validators.
        public static let validatorsByteCountMax = 32_768
    }

    /// - Throws: where the registration's validators are none.
    init(_ registration: Registration) throws(ConsensusError) {
        self.registration = registration
        validators = try ValidatorSet.decode(registration.validators)
        validatorsFrom = registration.validatorsFrom
    }
}

extension AnchoredLedger.Registration {
    /// Appends `name, height, validators`, as they stand in an array.
    func encodeItems(into writer: inout CBORWriter) {
        writer.text(name)
        writer.unsigned(validatorsFrom.blocks)
        writer.bytes(validators)
    }

    init(itemsFrom reader: inout CBORReader) throws(CBORError) {
        name = try reader.text(1...Self.nameByteCountMax)
        validatorsFrom = try reader.height()
        validators = Array(try reader.bytes(atMost: Self.validatorsByteCountMax))
    }
}

extension AnchoredLedger {
    /// `[name, height, validators, [height, uint] / null, leaf / null]`, the value of space 14.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 128 + 80 * validators.count)
        writer.array(5)
        Registration(
            name: registration.name, validators: validators.encoded,
            validatorsFrom: validatorsFrom
        ).encodeItems(into: &writer)
        if let newest {
            writer.array(2)
            writer.unsigned(newest.height.blocks)
            writer.unsigned(newest.treeSize)
        } else {
            writer.null()
        }
        if let fork { writer.unsigned(fork) } else { writer.null() }
        return writer.bytes
    }

    /// Reads the value from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(LedgerError) -> AnchoredLedger {
        let (registration, newest, fork) = try reading("anchored ledger", bytes[...]) {
            reader throws(CBORError) in
            try reader.array(exactly: 5)
            return (
                try Registration(itemsFrom: &reader),
                try reader.isNull() ? nil : try Place(from: &reader),
                try reader.isNull() ? nil : try reader.unsigned()
            )
        }
        var ledger: AnchoredLedger
        do throws(ConsensusError) {
            ledger = try AnchoredLedger(registration)
        } catch {
            throw .restore("the validators of the ledger \(registration.name): \(error)")
        }
        ledger.newest = newest
        ledger.fork = fork
        return ledger
    }
}

extension AnchoredLedger.Place {
    fileprivate init(from reader: inout CBORReader) throws(CBORError) {
        try reader.array(exactly: 2)
        height = try reader.height()
        treeSize = try reader.unsigned()
    }
}
