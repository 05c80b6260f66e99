internal import Supervision
internal import Transport

/// The desk's jobs, one after another: what they read is worked on by a thread of their own, so
/// that blocks, deliveries and questions go on meanwhile.
///
/// Used by the desk's thread alone.
final class DeskJobs {
    private var waiting: [(job: any DeskJob, responder: Responder)] = []
    private let works = Inbox<@Sendable () -> Void>()
    private let done: @Sendable () -> Void
    private var hasThread = false

    /// How many jobs wait at most.
    private static let countMax = 8

    /// `done` is called, from another thread, when ``goOn()`` is to be.
    init(_ done: @escaping @Sendable () -> Void) {
        self.done = done
    }

    /// Does a job once those before it are done, and answers then.
    func add(_ job: any DeskJob, _ responder: Responder) {
        guard waiting.count < DeskJobs.countMax else {
            return responder.refuse("busy: \(waiting.count) jobs wait")
        }
        waiting.append((job, responder))
        if waiting.count == 1 { goOn() }
    }

    /// Has the first job read on, what it read before being done.
    func goOn() {
        while let (job, responder) = waiting.first {
            do {
                if let work = try job.next() { return post(work) }
                responder.respond(try job.answer())
            } catch {
                responder.refuse("\(error)")
            }
            waiting.removeFirst()
        }
    }

    /// Begins nothing more.
    func close() {
        works.close()
        for (_, responder) in waiting { responder.refuse("the node is ending") }
        waiting = []
    }

    private func post(_ work: @escaping @Sendable () -> Void) {
        if !hasThread {
            hasThread = true
            let (works, done) = (works, done)
            Node.thread("job") {
                while !works.isClosed {
                    for work in works.take(until: nil) {
                        work()
                        done()
                    }
                }
            }
        }
        works.post(work)
    }
}
