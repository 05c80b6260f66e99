public import Primitives

extension Entry {
    /// The entry by which a node anchors, on its own account, evidence or its attendance.
    ///
    /// - Returns: nil where bodies of this kind are for people and their systems to hand in.
    public static func anchoring(
        _ body: EntryBody, issuer: InstitutionID, stream: StreamID, number: UInt64,
        at time: Timestamp
    ) -> Entry? {
        switch body {
        case .evidence(let evidence):
            Entry(
                kind: .evidence, issuer: issuer, stream: stream, number: number, eventTime: time,
                subjects: evidence.about == issuer ? [] : [.institution(evidence.about)],
                body: body)
        case .governance:
            Entry(
                kind: .governance, issuer: issuer, stream: stream, number: number,
                eventTime: time, body: body)
        default: nil
        }
    }
}
