internal import Tracing

/// An instant of the wall clock, as tracers take it.
struct Moment: TracerInstant {
    let nanosecondsSinceEpoch: UInt64

    init(_ nanosecondsSinceEpoch: UInt64) {
        self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
    }

    static var now: Moment { Moment(DefaultTracerClock.now.nanosecondsSinceEpoch) }

    static func < (left: Moment, right: Moment) -> Bool {
        left.nanosecondsSinceEpoch < right.nanosecondsSinceEpoch
    }
}
