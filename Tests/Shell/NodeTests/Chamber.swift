internal import Consensus
internal import Cryptography
internal import Ledger
internal import Primitives
internal import Records
internal import Transport

@testable import Node

/// What the institutions of a running network propose and vote, brought by one of its nodes.
struct Chamber {
    let running: RunningNetwork
    /// The node that carries all proposals and votes.
    let carrier: Int

    private var network: TestNetwork { running.network }

    /// Has a change agreed on by these institutions; once this returns, it is in force.
    ///
    /// - Returns: what became of it.
    @discardableResult
    func agree(on action: GovernanceAction, by voters: [Int]) async throws -> ProposalRecord {
        let client = try await running.client(carrier)
        let height = try await client.status().height
        let proposal = GovernanceProposal(
            action: action, expiry: Height(height.blocks + 500), notBefore: .genesis,
            reason: "a test at \(height)")
        let first = try signer(voters.first.orThrow()).propose(proposal)
        try await bring(first, by: client)
        for voter in voters.dropFirst() {
            try await bring(signer(voter).vote(on: proposal.id, isFor: true), by: client)
        }
        let record = try await client.governance().proposals.first { $0.id == proposal.id }
        await client.close()
        return try record.orThrow()
    }

    private func signer(_ voter: Int) -> GovernanceSigner {
        GovernanceSigner(
            ledger: network.genesis.ledger, institution: network.ids[voter],
            keys: [network.governKeys[voter]])
    }

    private func bring(_ body: GovernanceBody, by client: NodeClient) async throws {
        let number = try await client.submit(
            Submission(
                kind: .governance, eventTime: Timestamp(milliseconds: 1_700_000_000_000),
                body: .governance(body)))
        _ = try await running.entry(network.ids[carrier], number, on: client)
    }

    /// Waits until a node has every block that the carrier has now.
    func follows(_ index: Int) async throws {
        let (first, second) = (
            try await running.client(carrier), try await running.client(index)
        )
        let height = try await first.status().height
        for try await notice in second.watch(from: Height(1)) where notice.height >= height {
            break
        }
        await first.close()
        await second.close()
    }

    /// Has so many entries committed one after the other, at one node.
    func commit(_ count: Int, at index: Int) async throws {
        let client = try await running.client(index)
        for _ in 0..<count {
            let next = try await client.status().outboxes.first.orThrow().nextNumber
            let number = try await client.submit(
                TestNetwork.linkSubmission(UInt64(index) * 1_000_000 + next))
            _ = try await running.entry(network.ids[index], number, on: client)
        }
        await client.close()
    }

    /// Who signed the last block, as a node has it.
    func signers(at index: Int) async throws -> [InstitutionID] {
        let client = try await running.client(index)
        let block = try await client.block()
        await client.close()
        return try CommitProof.decode(block.commitProof[...]).claimed.precommits.map(\.voter)
    }
}
