public import Ledger
public import Primitives
public import Records

/// What is known against anybody and is not on the ledger yet: bounded, each offence once.
///
/// Whoever is accused has so many places and no more, so that one that commits offences without end
/// takes no place from evidence against others. What finds none is counted and told.
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

    /// Of how many offences there was no place for the evidence, by accused.
    public private(set) var dropped: [InstitutionID: UInt64] = [:]

    /// The most offences of one institution that wait; who commits more is convicted of enough.
    public static let countMaxOfAccused = 16
    /// The most that wait in all.
    public static let countMax = 4_096
    /// How many heights each further node waits for those before it.
    static let heightsOfTurn: UInt64 = 2

    public init() {}

    func contains(_ offence: Offence) -> Bool {
        items.contains { $0.offence == offence }
    }

    /// What became of evidence.
    enum Outcome: Equatable {
        case kept
        case known
        /// There was no place; for the first time with this institution, or again.
        case dropped(isFirst: Bool)
    }

    func contains(_ body: EvidenceBody) -> Bool {
        items.contains { $0.body == body }
    }

    /// Takes what is new, where there is a place for it.
    mutating func add(_ body: EvidenceBody, _ offence: Offence, at height: Height) -> Outcome {
        guard !contains(offence) else { return .known }
        let accused = offence.institution
        guard items.count < EvidencePool.countMax,
            items.count(where: { $0.offence.institution == accused })
                < EvidencePool.countMaxOfAccused
        else {
            dropped[accused, default: 0] += 1
            return .dropped(isFirst: dropped[accused] == 1)
        }
        items.append(Item(body: body, offence: offence, since: height))
        return .kept
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
