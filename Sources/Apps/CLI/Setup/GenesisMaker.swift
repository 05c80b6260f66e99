internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records

/// Puts a network's description and its members' public keys together.
struct GenesisMaker {
    let network: NetworkFile
    /// The folder with the members' public files.
    let keys: String
    let rules: [RuleVersion]
    /// When the ledger starts, where the description does not say.
    let now: Timestamp
    /// The hash of the last header of a ledger that cannot go on.
    var succeeds: Digest?

    func genesis() throws(Failure) -> Genesis {
        var institutions: [Institution] = []
        for member in network.members { institutions.append(try institution(member)) }
        do {
            return try Genesis(
                name: network.name, start: network.start ?? now, institutions: institutions,
                parameters: try parameters(), rules: rules, succeeds: succeeds)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.refused, "no ledger can start from this: \(error)")
        }
    }

    private func institution(_ member: NetworkFile.Member) throws(Failure) -> Institution {
        guard let kind = InstitutionKind(name: member.kind) else {
            throw member.reader.failure(
                "is of the kind '\(member.kind)'; there are "
                    + InstitutionKind.allCases.map(\.name).joined(separator: ", "))
        }
        guard let tier = Tier(name: member.tier) else {
            throw member.reader.failure(
                "is of the tier '\(member.tier)'; there are "
                    + Tier.allCases.map(\.name).joined(separator: ", "))
        }
        let path = PublicFile.path(of: member.id, in: keys)
        let file = try PublicFile(path: path)
        guard file.id == member.id else {
            throw Failure(.refused, "\(path) holds the keys of \(file.id)")
        }
        let submitKeys = try member.streams.map { stream throws(Failure) in
            guard let key = file.submit.first(where: { $0.stream == stream })?.key else {
                throw Failure(.refused, "\(path) has no submit key for stream \(stream)")
            }
            return Institution.SubmitKey(stream: StreamID(stream), key: key)
        }
        return Institution(
            id: member.id, name: member.name, kind: kind, tier: tier, power: member.power,
            submitKeys: submitKeys, consensusKey: member.power > 0 ? file.consensus : nil,
            governKeys: file.govern, sealKey: file.seal, tlsPin: file.tls)
    }

    private func parameters() throws(Failure) -> Parameters {
        var parameters = Parameters.standard
        // No node of a new ledger is of a version that does not know them.
        parameters.entryRules = Parameters.newestEntryRules
        parameters.listsRules = true
        for (name, value) in network.parameters {
            let range = 0...Parameters.valueMax
            switch name {
            case "timeout-propose": parameters.timeoutProposeMilliseconds = try value.integer(range)
            case "timeout-vote": parameters.timeoutVoteMilliseconds = try value.integer(range)
            case "timeout-growth": parameters.timeoutGrowthMilliseconds = try value.integer(range)
            case "timeout-cap": parameters.timeoutCapMilliseconds = try value.integer(range)
            case "clock-precision": parameters.clockPrecisionMilliseconds = try value.integer(range)
            case "message-delay": parameters.messageDelayMilliseconds = try value.integer(range)
            case "block-entries": parameters.blockEntryCountMax = try value.integer(range)
            case "block-bytes": parameters.blockByteCountMax = try value.integer(range)
            case "heartbeat": parameters.heartbeatMilliseconds = try value.integer(range)
            case "batch-lifetime": parameters.batchHeightsMax = try value.integer(range)
            case "epoch-days": parameters.epochDays = try value.integer(0...Epochs.daysMax)
            case "appeal-days":
                parameters.appealDays = try value.integer(0...Parameters.appealDaysMax)
            case "entry-rules":
                parameters.entryRules = try value.integer(1...Parameters.newestEntryRules)
            case "rule-lists": parameters.listsRules = try value.bool()
            default: parameters.isIndexKept = try value.bool()
            }
        }
        return parameters
    }
}
