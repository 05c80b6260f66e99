import Consensus
import Cryptography
import Primitives

/// One replica under test, driven by the commands of a transcript.
struct Scene {
    private var replica: Replica
    private let me: String
    private var validators: ValidatorSet
    private var height: UInt64
    private let signsFrom: UInt64
    private var blockNames: [BlockID: String] = [:]
    /// What the disk would hold.
    private var signed: SignedState?
    /// What it held before each write.
    private var signedBefore: [SignedState?] = []
    private var log: [LogRecord] = []
    /// What must hold in every scene, whatever it is about, and did not.
    private(set) var breaches: [String] = []
    /// What left this replica, by height, round and step.
    private var said: [String: String] = [:]
    /// What of this replica was in the log when it came back.
    private var logged: Set<String> = []

    /// The scene of a first line.
    ///
    /// `replica b of a:1 b:1 c:1 d:1 [height=H] [signs-from=H]`
    init(_ command: String) {
        let words = Words(command)
        me = words.plain[1]
        validators = Scene.validators(words.plain.dropFirst(3))
        height = words.number("height") ?? 1
        signsFrom = words.number("signs-from") ?? 0
        replica = Replica(
            identity: Fixture.id(me), ledger: Fixture.ledger,
            authenticator: Fixture.authenticator(me),
            start: HeightStart(
                height: Height(height), validators: validators, parameters: Fixture.parameters,
                previousCommit: nil),
            signsFrom: Height(signsFrom))
        _ = replica.resume()
    }

    /// `a:2 b c`: names with powers, where they are not 1.
    private static func validators(_ words: some Sequence<String>) -> ValidatorSet {
        Fixture.validators(
            words.map { word in
                let parts = word.split(separator: ":")
                return (String(parts[0]), parts.count > 1 ? UInt64(parts[1]) ?? 1 : 1)
            })
    }

    /// Carries out one command, and says what came of it.
    mutating func run(_ command: String) -> [String] {
        let words = Words(command)
        switch words.plain[0] {
        case "why": return ["\(replica.why())".replacingBlockNames(blockNames)]
        case "state": return [describeState()]
        case "restart":
            // `unsigned=1`: the last write of the last-signed state was lost; `height=1`: so was
            // the block of that height.
            for _ in 0..<(words.number("unsigned") ?? 0) {
                signed = signedBefore.popLast() ?? nil
            }
            height = words.number("height") ?? height
            return restart(losing: Int(words.number("losing") ?? 0))
        case "log": return log.map { "has \(describe($0))" }
        default:
            return inputs(words).flatMap { input in carryOut(replica.step(input)) }
        }
    }

    private static let steps: [String: Timer.Step] = [
        "propose": .propose, "prevote": .prevote, "precommit": .precommit,
    ]

    private mutating func inputs(_ words: Words) -> [Input] {
        let at = words.number("height") ?? height
        func round() -> UInt32 { UInt32(words.plain[1]) ?? 0 }
        switch words.plain[0] {
        case "work": return [.workArrived(Height(at))]
        case "proposal":
            let turn = validators.proposer(height: Height(at), round: Round(round())).id.name
            let proposal = Fixture.proposal(
                at, round(), words.plain[2], by: words.text("by") ?? turn,
                validRound: words.number("valid").map(UInt32.init),
                byteCount: words.number("bytes").map(Int.init))
            let time = Int64(words.number("time") ?? 1000)
            _ = block(words.plain[2])
            return [
                .proposed(
                    Unverified(proposal), blockTime: Timestamp(milliseconds: time),
                    receivedAt: Timestamp(milliseconds: Int64(words.number("at") ?? 1000)))
            ]
        case "prevote", "precommit":
            let kind: Vote.Kind = words.plain[0] == "prevote" ? .prevote : .precommit
            let block = words.plain[2] == "nil" ? nil : block(words.plain[2])
            return words.plain.dropFirst(4).map { voter in
                .voted(
                    Unverified(
                        Fixture.vote(
                            kind, at, round(), block, by: voter,
                            validRound: words.number("valid").map(UInt32.init),
                            signedBy: words.text("signed-by"))))
            }
        case "timeout":
            let round = Round(UInt32(words.plain[2]) ?? 0)
            let step = Scene.steps[words.plain[1]] ?? .propose
            return [.timedOut(Timer(height: Height(at), round: round, step: step))]
        case "built":
            let id = block(words.plain[2])
            return [
                .valueBuilt(
                    BuiltValue(
                        height: Height(at), round: Round(round()), blockID: id,
                        block: [UInt8](words.plain[2].utf8), time: Timestamp(milliseconds: 1000)))
            ]
        case "valid", "invalid":
            return [
                .valueChecked(
                    height: Height(at), block: block(words.plain[1]),
                    isValid: words.plain[0] == "valid")
            ]
        case "started": return [.heightStarted(nextStart(words))]
        default: preconditionFailure("no such command: \(words.plain)")
        }
    }

    /// `started 2`, or with other validators `started 2 of a b e`.
    private mutating func nextStart(_ words: Words) -> HeightStart {
        height = UInt64(words.plain[1]) ?? 1
        if words.plain.count > 3 {
            validators = Scene.validators(words.plain.dropFirst(3))
        }
        return HeightStart(
            height: Height(height), validators: validators, parameters: Fixture.parameters,
            previousCommit: nil)
    }

    /// Does what a host does: keeps what must be kept, and shows the rest.
    private mutating func carryOut(_ effects: [Effect]) -> [String] {
        effects.map { effect in
            watch(effect)
            switch effect {
            case .appendLog(let record):
                log.append(record)
                return "append \(describe(record))"
            case .persist(let state):
                signedBefore.append(signed)
                signed = state
                return "persist \(describe(state))"
            case .broadcast(.proposal(let proposal)): return "broadcast \(proposal)"
            case .broadcast(.vote(let vote)): return "broadcast \(vote)"
            case .startTimer(let timer, let milliseconds):
                return "start timer \(timer), \(milliseconds) ms"
            case .propose(let height, let round): return "propose \(height)/\(round)"
            case .checkValue(let request): return "check \(request.blockID)"
            case .fetchBlock(let height, let round, let block):
                return "fetch \(block) of \(height)/\(round)"
            case .commit(let decision):
                let voters = decision.proof.precommits.map(\.voter.name).joined(separator: " ")
                return "commit \(decision.blockID) in \(decision.height)/\(decision.round), "
                    + "precommits of \(voters)"
            case .convict(let evidence): return "convict \(evidence.culprit): \(evidence)"
            case .demandLock(let claim): return "demand of \(claim.claimer): \(claim)"
            case .blame(let error): return "blame the sender: \(error)"
            case .doubt(let error): return "doubt the sender: \(error)"
            case .halt(let height, let block): return "halt at \(height): \(block) is invalid here"
            }
        }.map { $0.replacingBlockNames(blockNames) }
    }

    /// One message a step, none that is not written down before, and nothing but one's own.
    private mutating func watch(_ effect: Effect) {
        guard case .broadcast(let message) = effect else { return }
        let place: (height: Height, round: Round, step: Timer.Step)
        switch message {
        case .proposal(let proposal): place = (proposal.height, proposal.round, .propose)
        case .vote(let vote):
            place = (vote.height, vote.round, vote.kind == .prevote ? .prevote : .precommit)
            if vote.voter.name != me { breaches.append("says \(vote) of another") }
        }
        let key = "\(place.step) \(place.height)/\(place.round)"
        if let earlier = said[key], earlier != "\(message)" {
            breaches.append("said \(earlier), and says \(message)")
        }
        said[key] = "\(message)"
        // In the last-signed state, or in a log from which it came back.
        let written = signed.map { ($0.height, $0.round, $0.step.rawValue) }
        let isSigned =
            written.map { $0 >= (place.height, place.round, place.step.rawValue) } ?? false
        if !isSigned, !logged.contains(key) {
            breaches.append("says \(message) before it is written down")
        }
    }

    private mutating func restart(losing count: Int) -> [String] {
        log.removeLast(min(count, log.count))
        for record in log {
            switch record {
            case .proposed(let proposal, _, _):
                logged.insert("\(Timer.Step.propose) \(proposal.height)/\(proposal.round)")
            case .voted(let vote) where vote.voter.name == me:
                let step: Timer.Step = vote.kind == .prevote ? .prevote : .precommit
                logged.insert("\(step) \(vote.height)/\(vote.round)")
            default: break
            }
        }
        replica = Replica(
            identity: Fixture.id(me), ledger: Fixture.ledger,
            authenticator: Fixture.authenticator(me),
            start: HeightStart(
                height: Height(height), validators: validators, parameters: Fixture.parameters,
                previousCommit: nil),
            signed: signed, log: log, signsFrom: Height(signsFrom))
        return carryOut(replica.resume())
    }

    private mutating func block(_ name: String) -> BlockID {
        let id = Fixture.block(name).id
        blockNames[id] = name
        return id
    }

    private func describeState() -> String {
        let status = replica.status
        let proof = replica.previousCommit.map { proof in
            ", previous commit of " + proof.precommits.map(\.voter.name).joined(separator: " ")
        }
        return "at \(status.height)/\(status.round)\(proof ?? "")"
    }

    private func describe(_ record: LogRecord) -> String {
        switch record {
        case .workArrived(let height): "work at \(height)"
        case .proposed(let proposal, _, let isTimely):
            "\(proposal)\(isTimely ? "" : ", untimely")".replacingBlockNames(blockNames)
        case .voted(let vote): "\(vote)".replacingBlockNames(blockNames)
        case .timedOut(let timer): "timeout \(timer)"
        case .valueChecked(_, let block, let isValid):
            "\(isValid ? "valid" : "invalid") \(block)".replacingBlockNames(blockNames)
        }
    }

    private func describe(_ state: SignedState) -> String {
        func polka(_ name: String, _ polka: SignedState.Polka?) -> String {
            polka.map { ", \(name) \($0.block) in \($0.round)" } ?? ""
        }
        return "\(state.step) \(state.height)/\(state.round)"
            + polka("locked", state.locked) + polka("valid", state.valid)
    }
}

/// The words of a command: `name=value` apart from the rest.
private struct Words {
    let plain: [String]
    private let named: [String: String]

    init(_ command: String) {
        let words = command.split(separator: " ").map(String.init)
        plain = words.filter { !$0.contains("=") }
        named = Dictionary(
            words.filter { $0.contains("=") }.map { word in
                let parts = word.split(separator: "=")
                return (String(parts[0]), String(parts[1]))
            }, uniquingKeysWith: { first, _ in first })
    }

    func text(_ name: String) -> String? { named[name] }
    func number(_ name: String) -> UInt64? { named[name].flatMap(UInt64.init) }
}

extension String {
    fileprivate func replacingBlockNames(_ names: [BlockID: String]) -> String {
        var text = self
        for (id, name) in names {
            text = text.split(separator: id.description, omittingEmptySubsequences: false)
                .joined(separator: name)
        }
        return text
    }
}
