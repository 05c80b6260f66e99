internal import Consensus
internal import Ledger
internal import Primitives

/// Catching up with blocks that others have committed.
extension Host {
    mutating func carryOut(_ syncEffects: [SyncEffect]) {
        for effect in syncEffects {
            switch effect {
            case .request(let peer, let height, let attempt):
                effects.append(.send(.blockWanted(height), to: peer))
                effects.append(
                    .startTimer(
                        .sync(height, attempt: attempt), milliseconds: Host.syncMilliseconds))
            case .apply(let proved): apply(proved)
            case .drop(let peer, let fault):
                effects.append(.drop(peer, reason: "\(fault)"))
            }
        }
    }

    private mutating func apply(_ proved: ProvedBlock) {
        guard !isOfOtherPast(proved.block) else {
            return carryOut(sync.step(.forked(proved.peer, proved.height)))
        }
        do throws(Unusable) {
            apply(try execute(proved), proof: proved.proof.message)
        } catch {
            carryOut(
                sync.step(.unusable(proved.peer, proved.height, reason: error.reason)))
        }
    }

    /// Whether a proved block follows another one than stands here.
    ///
    /// Its header says so, and the proof is of that; why the other one was decided stands beside.
    private mutating func isOfOtherPast(_ bytes: [UInt8]) -> Bool {
        guard let block = try? Block.decode(bytes), block.header.previous != state.head.hash,
            block.header.previousCommit == Block.commitDigest(block.commitProof)
        else { return false }
        if let commit = block.commitProof, let proof = try? CommitProof.decode(commit[...]) {
            noteFork(proof)
        }
        return true
    }

    private func execute(_ proved: ProvedBlock) throws(Unusable) -> ExecutedBlock {
        let block: Block
        do throws(LedgerError) {
            block = try Block.decode(proved.block)
        } catch {
            throw Unusable(reason: "\(error)")
        }
        var batches: [VerifiedBatch] = []
        for bytes in proved.batches {
            do throws(BatchRefusal) {
                let claimed = try UnverifiedBatch(decoding: bytes)
                if let known = bodies[claimed.digest], known.bytes == bytes {
                    batches.append(known)
                } else {
                    batches.append(try claimed.verify(against: state))
                }
            } catch {
                throw Unusable(reason: "\(error)")
            }
        }
        do throws(BlockRefusal) {
            return try state.check(block, with: batches)
        } catch {
            throw Unusable(reason: "\(error)")
        }
    }

    private struct Unusable: Error {
        let reason: String
    }
}
