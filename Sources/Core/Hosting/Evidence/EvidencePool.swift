public import Ledger
public import Primitives
public import Records

/// What is known against anybody and is not on the ledger yet: bounded, each offence once.
///
/// Every node that knows of an offence can anchor it. They take turns, so that it stands on the
/// ledger once and not once a node: see ``due(at:rank:)``.
public struct EvidencePool: Sendable {
    public struct Item: Sendable {
        public let body: EvidenceBody
        public let offence: Offence
        /// The ledger's height when it became known here.
        public let since: Height
        /// It was handed to an outbox, which forgets nothing.
        var isHandedIn = false
    }

    /// In the order of becoming known.
    public private(set) var items: [Item] = []

    /// The most offences that wait; who commits more is convicted of enough.
    public static let countMax = 256
    /// How many heights each further node waits for those before it.
    static let heightsOfTurn: UInt64 = 2

    public init() {}

    func contains(_ offence: Offence) -> Bool {
        items.contains { $0.offence == offence }
    }

    /// Takes what is new; says whether it was, and there was room.
    mutating func add(_ body: EvidenceBody, _ offence: Offence, at height: Height) -> Bool {
        guard items.count < EvidencePool.countMax, !contains(offence) else { return false }
        items.append(Item(body: body, offence: offence, since: height))
        return true
    }

    /// What a node with this place in the order of turns is to anchor now; says each thing once.
    mutating func due(at height: Height, rank: Int) -> [EvidenceBody] {
        let patience = UInt64(max(rank, 0)) * EvidencePool.heightsOfTurn
        var due: [EvidenceBody] = []
        for index in items.indices where !items[index].isHandedIn {
            guard items[index].since.blocks + patience <= height.blocks else { continue }
            items[index].isHandedIn = true
            due.append(items[index].body)
        }
        return due
    }

    /// Forgets what is on the ledger by now.
    mutating func forget(where isAnchored: (Offence) -> Bool) {
        items.removeAll { isAnchored($0.offence) }
    }
}
