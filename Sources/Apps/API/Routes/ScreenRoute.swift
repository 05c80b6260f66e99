internal import Foundation
internal import Interop
internal import Node
internal import Primitives
internal import Records
internal import Supervision
internal import Transport

/// Answers what the rules say of a claim before it is paid, at `POST /screen`.
///
/// The body is a FHIR R4 Claim, or a Bundle with one and what it refers to. It waits for no
/// consensus, no other node and no identity provider.
struct ScreenRoute: Sendable {
    let node: Node
    let assignment: Assignment

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
        let message = try FHIRMessage(request.body)
        let time = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        // The first pass finds out whom the claim names.
        let survey = ScreeningNames()
        _ = try message.claims(assignment: assignment, pseudonyms: survey, time: time)
        let known = try await ids(of: survey.named)
        let names = ScreeningNames(known: known)
        let drafts = try message.claims(
            assignment: assignment, pseudonyms: names, time: time)
        let question = ScreeningQuestion(
            items: drafts.map { draft in
                ScreeningQuestion.Item(
                    issuer: draft.issuer,
                    facts: draft.payload.facts.map { ScreenRoute.plain($0, names) })
            })
        let answer = try ScreeningAnswer.decode(
            Array(try await node.ask(.desk(DeskRequest.screen(question).encode()))))
        let patients = survey.named.filter { $0.role == .patient }
        return .json(
            ScreeningView(
                answer, claimed: ScreenRoute.total(drafts),
                isPatientKnown: patients.allSatisfy { known[$0] != nil }))
    }

    /// The ids that the node has now; those that it has not, it asks for and has another time.
    private func ids(of names: [LocalName]) async throws -> [LocalName: OpaqueID] {
        guard !names.isEmpty else { return [:] }
        let asked = Array(names.prefix(DeskRequest.namesCountMax))
        let answer = try NamesAnswer.decode(
            Array(try await node.ask(.desk(DeskRequest.names(asked, .payment).encode()))))
        var known: [LocalName: OpaqueID] = [:]
        for (name, id) in zip(asked, answer.ids) { known[name] = id }
        return known
    }

    /// The fact without the id of a prescription that only its issuer could make.
    private static func plain(_ fact: Fact, _ names: ScreeningNames) -> Fact {
        guard case .id(let id) = fact["prescription"], names.unknownPrescriptions.contains(id)
        else { return fact }
        var fact = fact
        try? fact.set("prescription", to: nil)
        return fact
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
