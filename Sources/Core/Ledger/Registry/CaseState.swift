public import Primitives
public import Records

/// What the ledger's state says of a case: which step was its first and its last, and whether it
/// is closed.
///
/// A case belongs to the institution that opened it: another's steps under the same id are of
/// another case. Source: `docs/formats/case.md`.
public struct CaseState: Hashable, Sendable {
    /// The leaf index of the entry that opened it, the last time.
    public let opening: UInt64
    /// The leaf index of its last step.
    public let last: UInt64
    public let isClosed: Bool

    public init(opening: UInt64, last: UInt64, isClosed: Bool) {
        self.opening = opening
        self.last = last
        self.isClosed = isClosed
    }

    /// Who may open cases: those who supervise.
    public static let openers: Set<InstitutionKind> = [.regulator, .insurer, .auditor]

    /// What a step makes of a case.
    ///
    /// Every step names the one before it, so that of two that were written at once one counts,
    /// and that whoever has the last has all. A closed case is opened again under the same id.
    ///
    /// - Parameters:
    ///   - body: the step.
    ///   - issuer: who issued the entry; nil where the state knows it not.
    ///   - leafIndex: of the entry.
    ///   - before: the case, of this issuer, before it.
    ///   - earliestAnswer: the earliest last day for an answer that a notice may name; nil where
    ///     there is no term.
    /// - Returns: the case after it.
    /// - Throws: ``CaseRefusal``; the entry is ordered and has no effect.
    public static func after(
        _ body: CaseBody, by issuer: Institution?, leafIndex: UInt64, before: CaseState?,
        earliestAnswer: Day? = nil
    ) throws(CaseRefusal) -> CaseState {
        guard !body.isAppeal else { throw .appeal }
        guard let owner = issuer, openers.contains(owner.kind) else {
            throw .issuer(issuer?.kind)
        }
        guard body.step == .opened else {
            guard let before else { throw .notOpen(body.blindedCase, owner.id) }
            guard !before.isClosed else { throw .closed(body.blindedCase, leaf: before.last) }
            guard body.previous == before.last else {
                throw .previous(found: body.previous, right: before.last)
            }
            if case .noticed(let opening) = body.step, let earliestAnswer {
                guard let day = opening.answerBy, day >= earliestAnswer else {
                    throw .term(found: opening.answerBy, earliest: earliestAnswer)
                }
            }
            return CaseState(
                opening: before.opening, last: leafIndex, isClosed: body.step == .closed)
        }
        if let before, !before.isClosed {
            throw .openAlready(body.blindedCase, leaf: before.opening)
        }
        guard body.previous == before?.last else {
            throw .previous(found: body.previous, right: before?.last)
        }
        return CaseState(opening: leafIndex, last: leafIndex, isClosed: false)
    }
}

extension CaseState {
    /// The case's value in the state map.
    public func encode() -> [UInt8] {
        var writer = CBORWriter(reservingCapacity: 24)
        writer.array(3)
        writer.unsigned(opening)
        writer.unsigned(last)
        writer.bool(isClosed)
        return writer.bytes
    }

    /// Reads the value from exactly these bytes.
    public static func decode(_ bytes: [UInt8]) throws(CBORError) -> CaseState {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 3)
        let state = CaseState(
            opening: try reader.unsigned(), last: try reader.unsigned(),
            isClosed: try reader.bool())
        try reader.finish()
        return state
    }

    /// The state that a value of the map says, or nil where there is none.
    init?(_ value: StateValue?) {
        guard case .bytes(let bytes) = value, let state = try? CaseState.decode(bytes) else {
            return nil
        }
        self = state
    }
}
