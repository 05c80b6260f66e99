public import Primitives

extension ValidatorSet {
    /// Whose turn it is to propose in this round of this height.
    ///
    /// Turns are dealt by the highest averages of Webster: the k-th turn (from 0) of a validator
    /// with power p is due at (2k + 1) / 2p, and all turns stand in the order in which they are
    /// due, equal ones by the validators' order. After as many turns as there is power, each has
    /// had exactly as many as its power, evenly spread, and the order repeats. Round r of height h
    /// takes turn (h + r) mod the total power. So the proposer follows from set, height and round
    /// alone: there is no state that could differ between replicas or be lost.
    ///
    /// Cost: the square of the count, times the logarithm of the power.
    public func proposer(height: Height, round: Round) -> Validator {
        let turn = (height.blocks % totalPower + UInt64(round.number) % totalPower) % totalPower
        for (index, validator) in validators.enumerated() {
            let own = (0..<validator.power).partitioningIndex {
                turnsBefore(turn: $0, of: index) >= turn
            }
            if own < validator.power, turnsBefore(turn: own, of: index) == turn {
                return validator
            }
        }
        preconditionFailure("turn \(turn) of \(totalPower) belongs to nobody")
    }

    /// How many turns of all validators are due before the given turn of one of them.
    private func turnsBefore(turn: UInt64, of owner: Int) -> UInt64 {
        let ownPower = validators[owner].power
        var count: UInt64 = 0
        for (index, validator) in validators.enumerated() {
            if index == owner {
                count += turn
                continue
            }
            // Turns k with (2k + 1) / 2p < (2 turn + 1) / 2 ownPower, or equal for one before us.
            let due = (2 * turn + 1) * validator.power
            let last = index < owner ? due / ownPower : (due - 1) / ownPower
            count += min((last + 1) / 2, validator.power)
        }
        return count
    }
}
