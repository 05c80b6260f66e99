import Consensus
import Cryptography
import Primitives
import TestSupport

/// A whole network in one value: replicas, their hosts and disks, a clock and bad weather, all
/// from one seed.
struct Network {
    /// How bad the weather is while it lasts.
    struct Weather {
        var dropPercent = 10
        var duplicatePercent = 10
        var delayMax: Int64 = 120
        var restartPercent = 0
        /// Heights to reach in bad weather, before faults stop.
        var stormyHeights: UInt64 = 4
    }

    enum Event {
        case input(to: Int, life: Int, Input)
        case status(from: Int)
        case mischief(by: Int)
        case restart(Int)
    }

    /// A node's replica and what its disk holds.
    struct Node {
        let name: String
        var replica: Replica
        var skew: Int64
        var life = 0
        var signed: SignedState?
        var syncedLog: [LogRecord] = []
        var unsyncedLog: [LogRecord] = []
        var chain: [Decision] = []
        var isDead = false
    }

    let seed: UInt64
    let validators: ValidatorSet
    let byzantine: Set<Int>
    let names: [String]
    var weather: Weather
    var isStormy = true
    var generator: SplitMix
    var queue = EventQueue<Event>()
    var now: Int64 = 1_000_000
    var nodes: [Node] = []
    /// Blocks that the adversary has made or seen, for it to vote on.
    var seenBlocks: [(height: Height, round: Round, id: BlockID)] = []
    var problems: [String] = []
    /// Every vote that an honest replica got, by height: what peers gather after a fork.
    var heard: [UInt64: Accounting] = [:]

    init(seed: UInt64, powers: [UInt64], byzantine: Set<Int>, weather: Weather = Weather()) {
        self.seed = seed
        self.weather = weather
        self.byzantine = byzantine
        names = powers.indices.map { "node-\(Character(UnicodeScalar(UInt8(97 + $0))))" }
        validators = Fixture.validators(Array(zip(names, powers)))
        generator = SplitMix(seed: seed)
        for name in names {
            let skew = Int64.random(in: -20...20, using: &generator)
            nodes.append(Node(name: name, replica: replica(name, after: nil), skew: skew))
        }
        for index in names.indices {
            if byzantine.contains(index) {
                queue.add(.mischief(by: index), at: now)
            } else {
                send(.workArrived(Height(1)), to: index, in: 0)
                queue.add(.status(from: index), at: now + 50)
            }
        }
    }

    var honest: [Int] { names.indices.filter { !byzantine.contains($0) } }

    /// Runs until every honest node has so many blocks, or so much time has passed; says whether
    /// they got there.
    mutating func run(untilHeight height: UInt64, within milliseconds: Int64) -> Bool {
        let end = now + milliseconds
        while now < end, problems.isEmpty {
            if honest.allSatisfy({ nodes[$0].chain.count >= Int(height) }) { return true }
            guard let (time, event) = queue.removeFirst() else { return false }
            now = time
            handle(event)
        }
        return false
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .input(let index, let life, let input):
            guard nodes[index].life == life, !nodes[index].isDead else { return }
            if byzantine.contains(index) { return overhear(input) }
            account(for: input)
            let effects = nodes[index].replica.step(input)
            carryOut(effects, of: index)
            if isStormy, generator.chance(weather.restartPercent), generator.chance(2) {
                crash(index)
            }
        case .status(let index):
            queue.add(.status(from: index), at: now + 100)
            guard !nodes[index].isDead else { return }
            gossip(with: index)
        case .mischief(let index):
            queue.add(.mischief(by: index), at: now + 15)
            if isStormy { doMischief(as: index) }
        case .restart(let index): restart(index)
        }
    }

    // What a host does with the effects of its replica.
    mutating func carryOut(_ effects: [Effect], of index: Int) {
        for effect in effects {
            switch effect {
            case .appendLog(let record): nodes[index].unsyncedLog.append(record)
            case .persist(let state):
                nodes[index].signed = state
                guard state.restsOnLog else { continue }
                nodes[index].syncedLog += nodes[index].unsyncedLog
                nodes[index].unsyncedLog = []
            case .broadcast(let message):
                if case .vote(let vote) = message { account(for: .voted(Unverified(vote))) }
                broadcast(message, from: index)
            case .startTimer(let timer, let milliseconds):
                send(.timedOut(timer), to: index, in: Int64(milliseconds))
            case .propose(let height, let round):
                let time = Timestamp(milliseconds: now + nodes[index].skew)
                let block = makeBlock("\(height)/\(round) by \(index)", time: time)
                send(
                    .valueBuilt(
                        BuiltValue(
                            height: height, round: round, blockID: block.id, block: block.bytes,
                            time: time)), to: index, in: 2)
            case .checkValue(let request):
                let isValid = !String(decoding: request.block, as: UTF8.self).contains("bad")
                send(
                    .valueChecked(
                        height: request.height, block: request.blockID, isValid: isValid),
                    to: index, in: 3)
            case .fetchBlock, .demandLock, .blame, .doubt: break
            case .commit(let decision): commit(decision, at: index)
            case .convict(let evidence):
                let culprit = names.firstIndex(of: evidence.culprit.name) ?? 0
                if !byzantine.contains(culprit) {
                    problems.append("an honest replica was convicted: \(evidence)")
                }
            case .halt(let height, let block):
                problems.append("\(names[index]) halted at \(height) on \(block)")
            }
        }
    }

    private mutating func account(for input: Input) {
        let signing = SigningBytes(ledger: Fixture.ledger)
        guard case .voted(let vote) = input,
            let verified = try? validators.verify(
                vote, with: signing, by: Fixture.authenticator(names[0]))
        else { return }
        heard[vote.claimed.height.blocks, default: Accounting(validators)].add(verified)
    }

    private mutating func commit(_ decision: Decision, at index: Int) {
        guard decision.height.blocks == UInt64(nodes[index].chain.count) + 1 else {
            problems.append("\(names[index]) committed \(decision.height) out of turn")
            return
        }
        for other in honest where nodes[other].chain.count >= Int(decision.height.blocks) {
            let theirs = nodes[other].chain[Int(decision.height.blocks) - 1]
            if theirs.blockID != decision.blockID {
                problems.append(
                    "fork at \(decision.height): \(names[other]) has \(theirs.blockID), "
                        + "\(names[index]) has \(decision.blockID)")
            }
        }
        check(decision.proof, at: index)
        nodes[index].chain.append(decision)
        nodes[index].syncedLog = []
        nodes[index].unsyncedLog = []
        let effects = nodes[index].replica.step(.heightStarted(start(after: decision)))
        carryOut(effects, of: index)
        send(.workArrived(decision.height.next), to: index, in: 1)
    }

    private mutating func check(_ proof: CommitProof, at index: Int) {
        do {
            let decoded = try CommitProof.decode(proof.encoded[...])
            _ = try validators.verify(
                decoded, with: SigningBytes(ledger: Fixture.ledger),
                by: Fixture.authenticator(names[index]))
        } catch {
            problems.append("a commit proof does not hold: \(error)")
        }
    }

    // Status exchange, and whole blocks for who is behind.
    private mutating func gossip(with index: Int) {
        let peer = honest.randomElement(using: &generator) ?? index
        guard peer != index, !nodes[peer].isDead, !isLost() else { return }
        let behind = nodes[index].chain.count
        if nodes[peer].chain.count > behind {
            carryOut([.commit(nodes[peer].chain[behind])], of: index)
            return
        }
        for message in nodes[peer].replica.messages(for: nodes[index].replica.status) {
            deliver(message, to: index)
        }
    }

    private mutating func broadcast(_ message: Message, from index: Int) {
        for other in nodes.indices where other != index { deliver(message, to: other) }
    }

    mutating func deliver(_ message: Message, to index: Int) {
        guard !isLost() else { return }
        let copies = isStormy && generator.chance(weather.duplicatePercent) ? 2 : 1
        for _ in 0..<copies {
            let delay = Int64.random(
                in: 1...(isStormy ? weather.delayMax : 10), using: &generator)
            // Through the bytes, as on a wire.
            switch message {
            case .vote(let vote):
                guard let vote = try? Vote.decode(vote.encoded[...]) else { continue }
                send(.voted(vote), to: index, in: delay)
            case .proposal(let proposal):
                guard let proposal = try? Proposal.decode(proposal.encoded[...]) else { continue }
                send(
                    .proposed(
                        proposal, blockTime: timeOf(proposal.claimed),
                        receivedAt: Timestamp(milliseconds: now + delay + nodes[index].skew)),
                    to: index, in: delay)
            }
        }
    }

    mutating func send(_ input: Input, to index: Int, in delay: Int64) {
        queue.add(.input(to: index, life: nodes[index].life, input), at: now + delay)
    }

    private mutating func isLost() -> Bool {
        isStormy && generator.chance(weather.dropPercent)
    }

    // A crash loses what was not synced, or not all of it.
    private mutating func crash(_ index: Int) {
        guard honest.filter({ nodes[$0].isDead }).isEmpty else { return }
        nodes[index].isDead = true
        nodes[index].life += 1
        let kept = Int.random(in: 0...nodes[index].unsyncedLog.count, using: &generator)
        nodes[index].syncedLog += nodes[index].unsyncedLog.prefix(kept)
        nodes[index].unsyncedLog = []
        queue.add(.restart(index), at: now + Int64.random(in: 1...800, using: &generator))
    }

    private mutating func restart(_ index: Int) {
        nodes[index].isDead = false
        nodes[index].replica = replica(names[index], after: nodes[index])
        let effects = nodes[index].replica.resume()
        carryOut(effects, of: index)
        send(.workArrived(Height(UInt64(nodes[index].chain.count + 1))), to: index, in: 1)
    }

    private func replica(_ name: String, after node: Node?) -> Replica {
        let start = start(after: node?.chain.last)
        return Replica(
            identity: Fixture.id(name), ledger: Fixture.ledger,
            authenticator: Fixture.authenticator(name), start: start, signed: node?.signed,
            log: node?.syncedLog ?? [])
    }

    private func start(after decision: Decision?) -> HeightStart {
        HeightStart(
            height: decision?.height.next ?? Height(1), validators: validators,
            parameters: Fixture.parameters, previousCommit: decision?.proof)
    }

    // A block is its name and time; its id follows from both.
    mutating func makeBlock(_ name: String, time: Timestamp) -> (id: BlockID, bytes: [UInt8]) {
        Fixture.block("\(name) at \(time.milliseconds)")
    }

    private func timeOf(_ proposal: Proposal) -> Timestamp {
        let text = String(decoding: proposal.block, as: UTF8.self)
        let last = text.split(separator: " ").last.flatMap { Int64($0) }
        return Timestamp(milliseconds: last ?? 0)
    }
}
