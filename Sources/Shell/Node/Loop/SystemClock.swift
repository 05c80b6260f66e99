internal import Dispatch
internal import Glibc
internal import Primitives

/// The two clocks of a node: one for waits, one for what is written down.
enum SystemClock {
    /// Nanoseconds of a clock that never goes back.
    static var uptime: UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// The time of day.
    static var now: Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
