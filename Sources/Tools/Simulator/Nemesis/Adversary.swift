internal import Hosting
internal import Primitives

/// What all byzantine replicas know and mean to do; they act together, each in its own manner.
struct Adversary {
    let members: [Int]
    var generator: SeededGenerator
    /// What each member does, by its place among the members.
    private let habits: [[Misbehaviour]]
    /// Chunks of states that nobody decided, by name.
    var forged: [Digest: [UInt8]] = [:]
    /// Messages of any node that were overheard.
    private(set) var overheard: [PeerMessage] = []

    /// Members that are united all do everything.
    init(seed: UInt64, members: [Int], misbehaviours: [Misbehaviour], areUnited: Bool) {
        self.members = members
        var generator = SeededGenerator(seed: seed ^ 0xad4e)
        habits = members.map { _ in
            // Some do one thing only, some everything.
            areUnited || generator.chance(30)
                ? misbehaviours
                : generator.draw(
                    1 + generator.below(max(1, misbehaviours.count)), of: misbehaviours)
        }
        self.generator = generator
    }

    func does(_ misbehaviour: Misbehaviour, _ member: Int) -> Bool {
        members.firstIndex(of: member).map { habits[$0].contains(misbehaviour) } ?? false
    }

    mutating func overhear(_ message: PeerMessage) {
        if overheard.count < 128 {
            overheard.append(message)
        } else {
            overheard[generator.below(128)] = message
        }
    }
}
