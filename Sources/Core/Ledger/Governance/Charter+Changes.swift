internal import Primitives

extension Charter {
    /// The charter that a change makes of this one, whoever agreed to it and when.
    ///
    /// - Throws: ``GovernanceRefusal/unknownInstitution(_:)`` and ``GovernanceRefusal/unfit(_:)``.
    func after(_ action: GovernanceAction) throws(GovernanceRefusal) -> Charter {
        var institutions = institutions
        var parameters = parameters
        var (rules, trials) = (rules, trials)
        var tables = tables
        var policy = policy
        switch action {
        case .add(let institution):
            if self.institution(institution.id) != nil {
                throw .unfit("\(institution.id) is an institution already")
            }
            institutions.append(institution)
            institutions.sort { $0.id < $1.id }
        case .remove(let id): institutions.remove(at: try place(of: id))
        case .setPower(let id, let power):
            let index = try place(of: id)
            institutions[index] = institutions[index].with(power: power)
        case .setKey(let id, let change):
            let index = try place(of: id)
            institutions[index] = institutions[index].with(change)
        case .setParameters(let new): parameters = new
        case .setRules(let new, let retired):
            rules.removeAll { retired.contains($0.id) }
            trials.removeAll { retired.contains($0.id) }
            for version in new {
                guard version.earlier.isEmpty else {
                    throw .unfit("which versions still judge, the ledger keeps itself")
                }
                let old = rules.first { $0.id == version.id }
                // One that comes into force, or into another trial, ends the trial before.
                trials.removeAll { $0.id == version.id }
                guard version.trial == nil else {
                    trials.append(version)
                    continue
                }
                rules.removeAll { $0.id == version.id }
                rules.append(version.superseding(old))
            }
            rules.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
            trials.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
        case .setTables(let new, let retired):
            let names = retired + new.map(\.name)
            tables.removeAll { names.contains($0.name) }
            tables += new
            tables.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        case .stop, .resume, .setLedger, .setStatementIssuer: break
        case .setPolicy(let new): policy = new
        }
        do throws(Charter.Problem) {
            return try Charter(
                institutions: institutions, parameters: parameters, rules: rules,
                trials: trials, tables: tables, policy: policy)
        } catch {
            throw .unfit(error.reason)
        }
    }

    private func place(of id: InstitutionID) throws(GovernanceRefusal) -> Int {
        guard let index = institutions.firstIndex(where: { $0.id == id }) else {
            throw .unknownInstitution(id)
        }
        return index
    }
}

extension Institution {
    /// The same institution with another voting power.
    func with(power: UInt64) -> Institution {
        Institution(
            id: id, name: name, kind: kind, tier: tier, power: power, submitKeys: submitKeys,
            consensusKey: consensusKey, governKeys: governKeys, sealKey: sealKey,
            witnessKey: witnessKey, tlsPin: tlsPin)
    }

    /// The same institution with one role's key changed.
    func with(_ change: GovernanceAction.KeyChange) -> Institution {
        var submitKeys = submitKeys
        var consensusKey = consensusKey
        var governKeys = governKeys
        var (sealKey, witnessKey, tlsPin) = (sealKey, witnessKey, tlsPin)
        switch change {
        case .submit(let stream, let key):
            submitKeys.removeAll { $0.stream == stream }
            if let key { submitKeys.append(SubmitKey(stream: stream, key: key)) }
            submitKeys.sort { $0.stream < $1.stream }
        case .consensus(let key): consensusKey = key
        case .govern(let keys): governKeys = keys
        case .seal(let key): sealKey = key
        case .witness(let key): witnessKey = key
        case .tls(let pin): tlsPin = pin
        }
        return Institution(
            id: id, name: name, kind: kind, tier: tier, power: power, submitKeys: submitKeys,
            consensusKey: consensusKey, governKeys: governKeys, sealKey: sealKey,
            witnessKey: witnessKey, tlsPin: tlsPin)
    }
}
