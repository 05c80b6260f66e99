internal import Foundation
internal import Interop
internal import Node
internal import Primitives
internal import Records
internal import Supervision
internal import Synchronization
internal import Transport

/// Answers what the rules say of a claim before it is paid, at `POST /screen`.
///
/// The body is a FHIR R4 Claim, or a Bundle with one and what it refers to, or a message 3101 or
/// 3102 of NHSA. It waits for no consensus, no other node and no identity provider.
struct ScreenRoute: Sendable {
    private let node: Node
    private let assignment: Assignment
    private let rules = RulesText()

    init(node: Node, assignment: Assignment) {
        self.node = node
        self.assignment = assignment
    }

    var route: Route {
        let screen = self
        return Route("POST", "/screen") { request in
            do {
                return try await screen.answer(request)
            } catch let problem as Problem {
                let place = problem.element.isEmpty ? "" : "\(problem.element): "
                return .problem(422, "\(place)\(problem.error)")
            } catch TransportError.refused(let reason) {
                return .problem(503, reason)
            } catch {
                return .problem(503, "The node does not answer: \(error)")
            }
        }
    }

    private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        let message = try ClaimMessage(request.body)
        let time = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let names = ScreeningNames()
        let drafts = try message.claims(
            assignment: assignment, pseudonyms: names, time: time)
        let known = try await ids(of: names.named)
        let question = ScreeningQuestion(
            items: drafts.map { draft in
                ScreeningQuestion.Item(
                    issuer: draft.issuer,
                    facts: draft.payload.facts.map { names.naming($0, known) })
            })
        let answer = try ScreeningAnswer.decode(
            Array(try await node.ask(.desk(DeskRequest.screen(question).encode()))))
        let patients = names.named.filter { $0.role == .patient }
        let view = ScreeningView(
            answer, claimed: ScreenRoute.total(drafts),
            isPatientKnown: patients.allSatisfy { known[$0] != nil })
        return HTTPResponse(200, "application/json", view.json(rules: rules.json(answer.rules)))
    }

    /// The ids that the node has now; those that it has not, it asks for and has another time.
    private func ids(of names: [LocalName]) async throws -> [LocalName: OpaqueID] {
        guard !names.isEmpty else { return [:] }
        let asked = Array(names.prefix(DeskRequest.namesCountMax))
        // Nobody gets a key for being asked about: a claim with a name mistyped leaves nothing.
        let question = DeskRequest.names(asked, .payment, enrols: false)
        let answer = try NamesAnswer.decode(
            Array(try await node.ask(.desk(question.encode()))))
        var known: [LocalName: OpaqueID] = [:]
        for (name, id) in zip(asked, answer.ids) { known[name] = id }
        return known
    }

    private static func total(_ drafts: [Draft]) -> String? {
        for draft in drafts {
            for fact in draft.payload.facts where fact.kind == .claim {
                if case .money(let amount) = fact["total"] { return amount.description }
            }
        }
        return nil
    }
}

/// The rules that were asked, as JSON: the same ones in every answer, until a vote.
private final class RulesText: Sendable {
    private let last = Mutex<(rules: [ScreeningAnswer.Rule], json: [UInt8])>(([], [0x5b, 0x5d]))

    func json(_ rules: [ScreeningAnswer.Rule]) -> [UInt8] {
        last.withLock { last in
            if last.rules != rules { last = (rules, ScreeningView.json(rules)) }
            return last.json
        }
    }
}
