internal import Primitives

/// A patient or a practitioner, whose lists are nearly all that the map holds.
struct Person: Hashable, Sendable {
    let id: OpaqueID
    let isPatient: Bool

    var term: Term { isPatient ? .patient(id) : .practitioner(id) }
}
