internal import Primitives

extension Timestamp {
    /// Whether at least so many milliseconds lie between; what no number can say is late enough.
    func isLater(than other: Timestamp, by milliseconds: Int64) -> Bool {
        let (passed, overflow) = self.milliseconds.subtractingReportingOverflow(
            other.milliseconds)
        return overflow || passed >= milliseconds
    }
}
