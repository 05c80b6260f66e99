internal import Cryptography
public import Primitives

/// Who votes at one height: every institution with power, by id increasing.
public struct ValidatorSet: Sendable {
    public let validators: [Validator]
    public let totalPower: UInt64
    /// SHA-256 of ``encoded``, as block headers carry it.
    public let digest: Digest

    /// The most validators that a set may have.
    public static let countMax = 256
    /// The most that the powers may add up to.
    ///
    /// It keeps every product in the quorum and proposer
    /// arithmetic within 64 bits.
    public static let totalPowerMax: UInt64 = 1 << 30

    /// The set of these validators, which must stand by id, increasing, each with power.
    public init(_ validators: [Validator]) throws(ConsensusError) {
        guard !validators.isEmpty else { throw .noValidators }
        guard validators.count <= ValidatorSet.countMax else {
            throw .tooManyValidators(count: validators.count, limit: ValidatorSet.countMax)
        }
        var total: UInt64 = 0
        for (index, validator) in validators.enumerated() {
            guard index == 0 || validators[index - 1].id < validator.id else {
                throw .validatorOutOfOrder(validator.id)
            }
            guard validator.power > 0 else { throw .noPower(validator.id) }
            guard validator.power <= ValidatorSet.totalPowerMax - total else {
                throw .tooMuchPower(limit: ValidatorSet.totalPowerMax)
            }
            total += validator.power
        }
        self.validators = validators
        self.totalPower = total
        self.digest = SHA256.hash(ValidatorSet.encode(validators))
    }

    public var count: Int { validators.count }

    /// Where the validator stands in the set, or nil where it is none.
    ///
    /// Cost: the logarithm of the count.
    public func index(of id: InstitutionID) -> Int? {
        let place = validators.indices.partitioningIndex { validators[$0].id >= id }
        return place < validators.count && validators[place].id == id ? place : nil
    }

    /// Whether this power is more than 2/3 of the whole: enough to decide.
    public func isQuorum(_ power: UInt64) -> Bool {
        power * 3 > totalPower * 2
    }

    /// Whether this power is more than 1/3 of the whole: at least one honest replica is in it.
    public func hasHonest(_ power: UInt64) -> Bool {
        power * 3 > totalPower
    }
}

extension ValidatorSet {
    /// `[+ [institution-id, public-key, uint]]`, the bytes under ``digest``.
    public var encoded: [UInt8] { ValidatorSet.encode(validators) }

    /// Reads a set from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(ConsensusError) -> ValidatorSet {
        let validators: [Validator]
        do throws(CBORError) {
            validators = try CBORReader.whole(bytes[...], read(from:))
        } catch {
            throw .malformedSet(error)
        }
        return try ValidatorSet(validators)
    }

    private static func read(from reader: inout CBORReader) throws(CBORError) -> [Validator] {
        var validators: [Validator] = []
        for _ in 0..<(try reader.array(atMost: countMax)) {
            try reader.array(exactly: 3)
            validators.append(
                Validator(
                    id: try reader.institution(), key: try reader.publicKey(),
                    power: try reader.unsigned()))
        }
        return validators
    }

    private static func encode(_ validators: [Validator]) -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 3 + validators.count * 80)
        writer.array(validators.count)
        for validator in validators {
            writer.array(3)
            writer.institution(validator.id)
            writer.publicKey(validator.key)
            writer.unsigned(validator.power)
        }
        return writer.bytes
    }
}

extension ValidatorSet: Equatable {
    public static func == (left: ValidatorSet, right: ValidatorSet) -> Bool {
        left.digest == right.digest
    }
}
