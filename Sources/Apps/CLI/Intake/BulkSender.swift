internal import Node
internal import Primitives
internal import Transport

/// Hands submissions to nodes many at a time, keeping the order of each node's.
///
/// What waits is handed over for all nodes at once, so that none of them runs ahead of the others
/// by more than a window; and only so much is under way that what one of them cannot take yet
/// holds back all.
final class BulkSender {
    /// A submission that waits for its answer.
    private struct Item {
        var sent: Sent
        let submission: [UInt8]
    }

    private struct Answer: Sendable {
        let request: Int
        let result: Result<SubmissionAnswers, TransportError>
    }

    private let clients: [InstitutionID: NodeClient]
    /// What is handed over next, by institution.
    private var pending: [InstitutionID: [Item]] = [:]
    private var pendingCount = 0
    private var pendingBytes = 0
    private var requests: [Int: [Item]] = [:]
    private var nextRequest = 0
    private var underWay = 0
    private let answers: AsyncStream<Answer>
    private let said: AsyncStream<Answer>.Continuation

    /// How many submissions go over together, to all nodes.
    private static let roundCount = 512
    private static let roundBytes = 1 << 20
    /// How many may be without an answer.
    private static let underWayMax = 2_048
    /// How long a node that is busy is left alone, in milliseconds.
    private static let busyMilliseconds = 200

    init(gateways clients: [InstitutionID: NodeClient]) {
        self.clients = clients
        (answers, said) = AsyncStream<Answer>.makeStream()
    }

    /// Takes a submission to its node, and returns those that are settled: numbered or refused.
    func add(_ sent: Sent, _ submission: [UInt8]) async -> [Sent] {
        put(Item(sent: sent, submission: submission))
        guard pendingCount >= Self.roundCount || pendingBytes >= Self.roundBytes else { return [] }
        handOver()
        var settled: [Sent] = []
        while underWay > Self.underWayMax - Self.roundCount { settled += await next() }
        return settled
    }

    /// Those that are settled next when no more come; nil once all are.
    func finish() async -> [Sent]? {
        if pendingCount > 0 { handOver() }
        guard underWay > 0 else {
            said.finish()
            return nil
        }
        return await next()
    }

    private func put(_ item: Item) {
        pending[item.sent.issuer, default: []].append(item)
        pendingCount += 1
        pendingBytes += item.submission.count
    }

    private func handOver() {
        for (issuer, items) in pending.sorted(by: { $0.key < $1.key }) {
            guard let client = clients[issuer] else { continue }
            let request = nextRequest
            nextRequest += 1
            requests[request] = items
            underWay += items.count
            client.submit(items.map(\.submission)) { [said] result in
                said.yield(Answer(request: request, result: result))
            }
        }
        pending.removeAll(keepingCapacity: true)
        (pendingCount, pendingBytes) = (0, 0)
    }

    /// Waits for the next answer.
    ///
    /// What a node was too busy for goes to it again.
    private func next() async -> [Sent] {
        var answered: Answer?
        for await answer in answers {
            answered = answer
            break
        }
        guard let answered, let items = requests.removeValue(forKey: answered.request) else {
            return []
        }
        underWay -= items.count
        var settled: [Sent] = []
        var isBusy = false
        for (place, item) in items.enumerated() {
            var sent = item.sent
            sent.acknowledged = (ContinuousClock.now - sent.handedIn) / .milliseconds(1)
            switch answered.result {
            case .failure(let error) where NodeClient.isBusy(error):
                put(item)
                isBusy = true
                continue
            case .failure(let error): sent.refusal = "\(error)"
            case .success(let answers):
                let answer = answers.answers[place]
                switch answer {
                case .number(let number): sent.number = number
                case .refused where answer.isBusy:
                    put(item)
                    isBusy = true
                    continue
                case .refused(let reason): sent.refusal = reason
                }
            }
            if sent.number == nil { sent.acknowledged = nil }
            settled.append(sent)
        }
        if isBusy { try? await Task.sleep(for: .milliseconds(Self.busyMilliseconds)) }
        return settled
    }
}
