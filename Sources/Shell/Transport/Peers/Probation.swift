internal import Primitives

/// How long a peer that was dropped for misbehaving is kept out.
///
/// It may be right by its own lights, with a disk that rots or an older version, so it may come
/// back at once a few times. One that comes back to go on costs a handshake and a line in the log
/// each time, and is let in later and later.
struct Probation: Sendable {
    /// How often a peer may be dropped and come back at once.
    static let freeCount = 8
    /// The longest that one is kept out, in seconds.
    static let secondsMax: UInt64 = 60
    /// After so many seconds without misbehaving all is forgotten.
    static let memorySeconds: UInt64 = 600

    private struct Record: Sendable {
        var count = 0
        /// Seconds on the clock of whoever asks.
        var last: UInt64 = 0
        var until: UInt64 = 0
    }

    private var records: [InstitutionID: Record] = [:]

    /// Takes note that a peer was dropped.
    mutating func noteDrop(of peer: InstitutionID, at seconds: UInt64) {
        var record = records[peer] ?? Record()
        if seconds >= max(record.last, record.until) + Probation.memorySeconds { record = Record() }
        record.count += 1
        record.last = seconds
        if record.count > Probation.freeCount {
            let doublings = min(record.count - Probation.freeCount - 1, 16)
            record.until = seconds + min(1 << UInt64(doublings), Probation.secondsMax)
        }
        records[peer] = record
    }

    /// For how many seconds a peer is still kept out; nil where it may come in.
    func wait(of peer: InstitutionID, at seconds: UInt64) -> UInt64? {
        guard let until = records[peer]?.until, until > seconds else { return nil }
        return until - seconds
    }
}
