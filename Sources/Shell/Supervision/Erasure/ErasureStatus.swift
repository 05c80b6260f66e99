public import Primitives

/// How far the payload of an entry is erased, as this node has it from the ledger.
public struct ErasureStatus: Hashable, Sendable {
    /// One of those to whom it was sealed.
    public struct Holder: Hashable, Sendable {
        public let institution: InstitutionID
        /// The leaf of its certificate; nil where it has not certified.
        public let certificate: UInt64?

        public init(institution: InstitutionID, certificate: UInt64?) {
            self.institution = institution
            self.certificate = certificate
        }
    }

    public struct Hold: Hashable, Sendable {
        public let hold: OpaqueID
        public let issuer: InstitutionID
        public let ground: String

        public init(hold: OpaqueID, issuer: InstitutionID, ground: String) {
            self.hold = hold
            self.issuer = issuer
            self.ground = ground
        }
    }

    public let leafIndex: UInt64
    /// By id, increasing.
    public let holders: [Holder]
    /// The holds that stand today.
    public let holds: [Hold]

    public init(leafIndex: UInt64, holders: [Holder], holds: [Hold]) {
        self.leafIndex = leafIndex
        self.holders = holders
        self.holds = holds
    }

    /// How many of the holders have certified.
    public var erasedCount: Int { holders.count { $0.certificate != nil } }
}

extension ErasureStatus {
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 256)
        writer.array(4)
        writer.unsigned(1)
        writer.unsigned(leafIndex)
        writer.array(holders.count)
        for holder in holders {
            writer.array(2)
            writer.institution(holder.institution)
            if let leaf = holder.certificate { writer.unsigned(leaf) } else { writer.null() }
        }
        writer.array(holds.count)
        for hold in holds {
            writer.array(3)
            writer.bytes(hold.hold.bytes)
            writer.institution(hold.issuer)
            writer.text(hold.ground)
        }
        return writer.bytes
    }

    /// Reads a status from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(SupervisionError) -> ErasureStatus {
        try reading("status of an erasure", bytes) { reader throws(CBORError) in
            try reader.array(exactly: 4)
            try reader.version(1)
            let leafIndex = try reader.unsigned()
            var holders: [Holder] = []
            for _ in 0..<(try reader.array(atMost: 64)) {
                try reader.array(exactly: 2)
                let institution = try reader.institution()
                holders.append(
                    Holder(
                        institution: institution,
                        certificate: try reader.isNull() ? nil : reader.unsigned()))
            }
            var holds: [Hold] = []
            for _ in 0..<(try reader.array(atMost: 1 << 16)) {
                try reader.array(exactly: 3)
                let id = try reader.opaqueID()
                let issuer = try reader.institution()
                holds.append(Hold(hold: id, issuer: issuer, ground: try reader.text(atMost: 256)))
            }
            return ErasureStatus(leafIndex: leafIndex, holders: holders, holds: holds)
        }
    }
}
