internal import Cryptography
internal import Primitives
internal import Records

/// What entries of governance do.
extension Governance {
    /// Takes an entry in a block of this height, as the next one in its order.
    ///
    /// - Throws: ``GovernanceRefusal``; then nothing has changed.
    mutating func take(
        _ body: GovernanceBody, issuer: InstitutionID, leaf: UInt64, height: Height,
        ledger: LedgerID
    ) throws(GovernanceRefusal) -> [Change] {
        switch body {
        case .attend(let milestone, let block):
            return try attend(issuer, milestone, block)
        case .propose(let bytes, let voter):
            let proposal: GovernanceProposal
            do throws(LedgerError) {
                proposal = try GovernanceProposal.decode(bytes)
            } catch {
                throw .malformed(error)
            }
            let id = SHA256.hash(bytes)
            try verify(voter, on: id, isFor: true, ledger: ledger)
            try admit(proposal, id, height: height)
            proposals.append(
                ProposalRecord(id: id, proposal: proposal, leaf: leaf, votes: [], standing: .open))
            return count(voter, on: proposals.count - 1, isFor: true, height: height)
        case .vote(let id, let isFor, let voter):
            try verify(voter, on: id, isFor: isFor, ledger: ledger)
            guard let index = proposals.firstIndex(where: { $0.id == id }) else {
                throw .unknownProposal(id)
            }
            let record = proposals[index]
            guard record.standing == .open else { throw .closed(id, record.standing) }
            guard height <= record.proposal.expiry else {
                throw .expired(expiry: record.proposal.expiry, height: height)
            }
            guard !record.votes.contains(where: { $0.institution == voter.institution }) else {
                throw .votedAlready(voter.institution)
            }
            return count(voter, on: index, isFor: isFor, height: height)
        }
    }

    private mutating func attend(
        _ issuer: InstitutionID, _ height: Height, _ block: Digest
    ) throws(GovernanceRefusal) -> [Change] {
        let named = LedgerStanding.Milestone(height: height, block: block)
        guard standing.milestones.contains(named) else { throw .notAMilestone(height) }
        attendance.note(issuer, at: height)
        return [.set(.attendance, attendance.encode())]
    }

    private func admit(
        _ proposal: GovernanceProposal, _ id: Digest, height: Height
    ) throws(GovernanceRefusal) {
        if self.proposal(id) != nil { throw .proposedAlready(id) }
        guard height <= proposal.expiry else {
            throw .expired(expiry: proposal.expiry, height: height)
        }
        guard proposals.count(where: { $0.isOpen(at: height) }) < Governance.openMax else {
            throw .tooManyOpen(limit: Governance.openMax)
        }
        _ = try charter(after: proposal.action, at: height)
    }

    /// Adds a vote, and closes the proposal where that settles it.
    private mutating func count(
        _ voter: GovernanceVoter, on index: Int, isFor: Bool, height: Height
    ) -> [Change] {
        proposals[index].votes.append(
            ProposalRecord.Vote(institution: voter.institution, isFor: isFor))
        let record = proposals[index]
        func institutions(_ isCounted: (ProposalRecord.Vote) -> Bool) -> [Institution] {
            record.votes.filter(isCounted).compactMap { charter.institution($0.institution) }
        }
        let change = record.proposal.action.kind
        let against = Set(record.votes.filter { !$0.isFor }.map(\.institution))
        let able = charter.institutions.filter {
            !$0.governKeys.isEmpty && !against.contains($0.id)
        }
        if charter.policy.isMet(for: change, by: institutions(\.isFor), of: charter) {
            proposals[index].standing = .agreed(
                from: max(height.next, record.proposal.notBefore))
        } else if !charter.policy.isMet(for: change, by: able, of: charter) {
            proposals[index].standing = .rejected(height)
        }
        return [.set(.proposal(record.id), proposals[index].encode())]
    }

    private func verify(
        _ voter: GovernanceVoter, on proposal: Digest, isFor: Bool, ledger: LedgerID
    ) throws(GovernanceRefusal) {
        let id = voter.institution
        guard let institution = charter.institution(id) else { throw .unknownInstitution(id) }
        try institution.verify(
            voter, on: proposal, isFor: isFor, ledger: ledger,
            needed: charter.policy.signatureCount(of: institution))
    }
}
