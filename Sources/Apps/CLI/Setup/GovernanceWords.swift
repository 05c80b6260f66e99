internal import Cryptography
internal import Ledger
internal import Node
internal import Primitives
internal import Records

/// Reads a change from the words of a command line.
struct GovernanceWords {
    private let institutions: [Institution]
    private let parameters: Parameters

    init(_ answer: GovernanceSummary) {
        institutions = answer.institutions
        parameters = answer.parameters
    }

    func action(_ words: [String]) throws(Failure) -> GovernanceAction {
        let rest = Array(words.dropFirst())
        switch (words.first, rest.count) {
        case ("add", 4): return .add(try newcomer(rest))
        case ("remove", 1): return .remove(try id(rest[0]))
        case ("power", 2): return .setPower(try id(rest[0]), try number(rest[1]))
        case ("key", 3): return .setKey(try id(rest[0]), try key(rest[1], rest[2]))
        case ("parameter", 2...): return .setParameters(try changed(rest))
        case ("rule", 3...): return .setRules([try rule(rest)], retire: [])
        case ("retire", 1...): return .setRules([], retire: rest)
        case ("table", 3): return .setTables([try table(rest)], retire: [])
        case ("retire-table", 1...): return .setTables([], retire: rest)
        case ("stop", 0): return .stop
        case ("resume", 0): return .resume
        case ("ledger", 1): return try ledger(rest[0])
        case ("statement-issuer", 1...):
            return .setStatementIssuer(try statementIssuer(rest))
        case ("no-ledger", 1):
            guard let id = Digest(hex: rest[0]) else {
                throw Failure(.usage, "a ledger's id is 64 hexadecimal digits")
            }
            return .setLedger(LedgerID(id), nil)
        case ("policy", 1...): return .setPolicy(try policy(rest))
        default:
            throw Failure(
                .usage, "no such change: \(words.joined(separator: " ")); see --help for all")
        }
    }

    private func newcomer(_ words: [String]) throws(Failure) -> Institution {
        let file = try PublicFile(path: words[0])
        guard let kind = InstitutionKind(name: words[1]) else {
            throw Failure(
                .usage,
                "'\(words[1])' is none of "
                    + InstitutionKind.allCases.map(\.name).joined(separator: ", "))
        }
        guard let tier = Tier(name: words[2]) else {
            throw Failure(
                .usage,
                "'\(words[2])' is none of "
                    + Tier.allCases.map(\.name).joined(separator: ", "))
        }
        return Institution(
            id: file.id, name: words[3], kind: kind, tier: tier, power: 0,
            submitKeys: file.submit.map { .init(stream: StreamID($0.stream), key: $0.key) },
            consensusKey: file.consensus, governKeys: file.govern, sealKey: file.seal,
            tlsPin: file.tls)
    }

    /// Somebody whose statements are registered: a name, and keys as ALGORITHM:HEX.
    private func statementIssuer(_ words: [String]) throws(Failure) -> StatementIssuer {
        var keys: [StatementKey] = []
        for word in words.dropFirst() {
            let parts = word.split(separator: ":", maxSplits: 1).map(String.init)
            let algorithms: [String: StatementKey.Algorithm] = [
                "es256": .es256, "es256k": .es256k, "eddsa": .edDSA,
            ]
            guard parts.count == 2, let algorithm = algorithms[parts[0]],
                let bytes = [UInt8](hex: parts[1])
            else {
                throw Failure(
                    .usage, "'\(word)' must be es256:HEX, es256k:HEX or eddsa:HEX, a public key")
            }
            do {
                keys.append(try StatementKey(algorithm, bytes))
            } catch {
                throw Failure(.usage, "\(word): \(error)")
            }
        }
        return StatementIssuer(name: words[0], keys: keys)
    }

    /// Another ledger, as its genesis founds it.
    private func ledger(_ path: String) throws(Failure) -> GovernanceAction {
        let genesis = try Genesis.read(path)
        return .setLedger(genesis.ledger, AnchoredLedger.Registration(genesis))
    }

    private func key(
        _ role: String, _ path: String
    ) throws(Failure) -> GovernanceAction.KeyChange {
        let file = try PublicFile(path: path)
        switch role {
        case "consensus": return .consensus(file.consensus)
        case "govern": return .govern(file.govern)
        case "seal": return .seal(file.seal)
        case "tls": return .tls(file.tls)
        case "submit":
            guard let first = file.submit.first, file.submit.count == 1 else {
                throw Failure(.usage, "\(path) must have one submit key, for the stream to change")
            }
            return .submit(StreamID(first.stream), first.key)
        default:
            throw Failure(.usage, "'\(role)' is none of submit, consensus, govern, seal, tls")
        }
    }

    private func changed(_ words: [String]) throws(Failure) -> Parameters {
        guard words.count.isMultiple(of: 2) else {
            throw Failure(.usage, "each parameter needs a value")
        }
        var parameters = parameters
        for index in stride(from: 0, to: words.count, by: 2) {
            guard let field = Parameters.field(named: words[index]) else {
                throw Failure(
                    .usage,
                    "'\(words[index])' is none of "
                        + Parameters.fieldNames.joined(separator: ", "))
            }
            parameters[keyPath: field] = try number(words[index + 1])
        }
        return parameters
    }

    private func rule(_ words: [String]) throws(Failure) -> RuleVersion {
        guard let hash = Digest(hex: words[1]) else {
            throw Failure(.usage, "a rule's hash is 64 hexadecimal digits")
        }
        var runners: [InstitutionID] = []
        for name in words[2].split(separator: ",") { runners.append(try id(String(name))) }
        var trial: [InstitutionID]?
        var serviceFrom: Day?
        for word in words.dropFirst(3) {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first ?? "", parts.count) {
            case ("shadow", 1): trial = []
            case ("canary", 2):
                trial = try parts[1].split(separator: ",").map { (name) throws(Failure) in
                    try id(String(name))
                }.sorted()
            case ("from", 2):
                guard let day = try? Day.reading(parts[1]) else {
                    throw Failure(.usage, "a day of service is written 2026-03-01")
                }
                serviceFrom = day
            default:
                throw Failure(
                    .usage, "'\(word)' is none of shadow, canary=ID,ID and from=2026-03-01")
            }
        }
        return RuleVersion(
            id: words[0], hash: hash, runners: runners.sorted(), trial: trial,
            serviceFrom: serviceFrom)
    }

    private func table(_ words: [String]) throws(Failure) -> TableVersion {
        guard let hash = Digest(hex: words[1]) else {
            throw Failure(.usage, "a table's hash is 64 hexadecimal digits")
        }
        return TableVersion(name: words[0], hash: hash, byteCount: try number(words[2]))
    }

    private func policy(_ words: [String]) throws(Failure) -> GovernancePolicy {
        var clauses: [GovernancePolicy.Clause] = []
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2,
                let change = GovernanceAction.Kind.allCases.first(where: { "\($0)" == parts[0] })
            else {
                throw Failure(
                    .usage,
                    "'\(word)' must be CHANGE=COUNT:KIND, with a change out of "
                        + GovernanceAction.Kind.allCases.map { "\($0)" }.joined(separator: ", "))
            }
            var requirements: [GovernancePolicy.Requirement] = []
            for part in parts[1].split(separator: "+") {
                requirements.append(try requirement(String(part)))
            }
            clauses.append(.init(change: change, requirements: requirements))
        }
        return GovernancePolicy(
            signatureCount: Int(clamping: try number(words[0])), clauses: clauses)
    }

    private func requirement(_ text: String) throws(Failure) -> GovernancePolicy.Requirement {
        let parts = text.split(separator: ":").map(String.init)
        let kind = parts.count == 2 ? InstitutionKind(name: parts[1]) : nil
        guard let count = parts.first.flatMap({ Int($0) }),
            parts.count == 2 && (kind != nil || parts[1] == "any")
        else {
            throw Failure(.usage, "'\(text)' must be COUNT:KIND, or COUNT:any")
        }
        return .init(count: count, kind: kind)
    }

    private func id(_ name: String) throws(Failure) -> InstitutionID {
        guard let id = InstitutionID(name) else {
            throw Failure(.usage, "'\(name)': an institution's id is 1 to 32 of a-z, 0-9 and -")
        }
        return id
    }

    private func number(_ text: String) throws(Failure) -> UInt64 {
        guard let number = UInt64(text) else { throw Failure(.usage, "'\(text)' is no number") }
        return number
    }
}

extension Parameters {
    static let fieldNames = NetworkFile.parameterNames.filter {
        !["index", "epoch-days", "rule-lists"].contains($0)
    }

    /// The parameter of this name in network files, which a proposal may change.
    static func field(named name: String) -> WritableKeyPath<Parameters, UInt64>? {
        switch name {
        case "timeout-propose": \.timeoutProposeMilliseconds
        case "timeout-vote": \.timeoutVoteMilliseconds
        case "timeout-growth": \.timeoutGrowthMilliseconds
        case "timeout-cap": \.timeoutCapMilliseconds
        case "clock-precision": \.clockPrecisionMilliseconds
        case "message-delay": \.messageDelayMilliseconds
        case "block-entries": \.blockEntryCountMax
        case "block-bytes": \.blockByteCountMax
        case "heartbeat": \.heartbeatMilliseconds
        case "batch-lifetime": \.batchHeightsMax
        case "appeal-days": \.appealDays
        case "entry-rules": \.entryRules
        default: nil
        }
    }
}
