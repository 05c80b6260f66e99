internal import Primitives
internal import Synchronization
internal import Transport

/// What became of submissions that were handed in together, in their order.
///
/// Bytes: `docs/formats/wire.md`, section "Control".
public struct SubmissionAnswers: Hashable, Sendable {
    /// What became of one: its number, once it is synced in the outbox, or why it has none.
    public enum Answer: Hashable, Sendable {
        case number(UInt64)
        case refused(String)

        /// Whether the same submission may be taken a little later.
        public var isBusy: Bool {
            guard case .refused(let reason) = self else { return false }
            return reason.hasPrefix(NodeClient.busyPrefix)
        }
    }

    public let answers: [Answer]

    public init(_ answers: [Answer]) {
        self.answers = answers
    }

    /// The most submissions in one request.
    public static let countMax = 4_096

    var encoded: [UInt8] {
        var writer = CBORWriter(reservingCapacity: answers.count * 6 + 16)
        var reasons: [String] = []
        writer.array(2)
        writer.array(answers.count)
        for answer in answers {
            switch answer {
            case .number(let number): writer.unsigned(number)
            case .refused(let reason):
                writer.unsigned(0)
                reasons.append(reason)
            }
        }
        writer.array(reasons.count)
        for reason in reasons { writer.text(reason) }
        return writer.bytes
    }

    static func decode(_ bytes: ArraySlice<UInt8>) throws(CBORError) -> SubmissionAnswers {
        var reader = CBORReader(bytes)
        try reader.array(exactly: 2)
        var numbers: [UInt64] = []
        for _ in 0..<(try reader.array(atMost: countMax)) { numbers.append(try reader.unsigned()) }
        try reader.array(exactly: numbers.count { $0 == 0 })
        var answers: [Answer] = []
        for number in numbers {
            answers.append(number > 0 ? .number(number) : .refused(try reader.text()))
        }
        try reader.finish()
        return SubmissionAnswers(answers)
    }
}

/// Gathers the answers to submissions that came in one request, and gives them when all are there.
final class SubmissionGathering: Sendable {
    private struct State {
        var answers: [SubmissionAnswers.Answer?]
        var missing: Int
    }

    private let state: Mutex<State>
    private let responder: Responder

    init(_ count: Int, _ responder: Responder) {
        state = Mutex(State(answers: Array(repeating: nil, count: count), missing: count))
        self.responder = responder
    }

    /// Who is told what becomes of the submission at a place.
    func responder(at place: Int) -> Responder {
        Responder { result in
            switch result {
            case .success(let bytes):
                var reader = CBORReader(bytes)
                let number = try? reader.unsigned()
                self.put(number.map { .number($0) } ?? .refused("no number"), at: place)
            case .failure(.refused(let reason)): self.put(.refused(reason), at: place)
            case .failure(let error): self.put(.refused("\(error)"), at: place)
            }
        }
    }

    private func put(_ answer: SubmissionAnswers.Answer, at place: Int) {
        let all = state.withLock { state -> [SubmissionAnswers.Answer]? in
            guard state.answers[place] == nil else { return nil }
            state.answers[place] = answer
            state.missing -= 1
            return state.missing == 0 ? state.answers.compactMap(\.self) : nil
        }
        if let all { responder.respond(SubmissionAnswers(all).encoded) }
    }
}
