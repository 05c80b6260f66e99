internal import Primitives

/// What stands under a key, where nearly all keys are those of patients and practitioners.
///
/// Theirs are two words, found without the other cases of ``StateKey``.
struct SlotDirectory<Value: Sendable>: Sendable {
    private var patients: [OpaqueID: Value] = [:]
    private var practitioners: [OpaqueID: Value] = [:]
    private var others: [StateKey: Value] = [:]

    subscript(key: StateKey) -> Value? {
        get {
            switch key {
            case .term(.patient(let id)): patients[id]
            case .term(.practitioner(let id)): practitioners[id]
            default: others[key]
            }
        }
        set {
            switch key {
            case .term(.patient(let id)): patients[id] = newValue
            case .term(.practitioner(let id)): practitioners[id] = newValue
            default: others[key] = newValue
            }
        }
    }
}
