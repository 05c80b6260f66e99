internal import Primitives

/// What stands under a key, where nearly all keys are those of patients and practitioners.
///
/// Theirs are two words, found without the other cases of ``StateKey``.
struct SlotDirectory<Value: Sendable>: Sendable {
    private var patients: [OpaqueID: Value] = [:]
    private var practitioners: [OpaqueID: Value] = [:]
    private var others: [StateKey: Value] = [:]

    /// What stands under a key; where there is nothing, `value` from now on.
    @inline(__always)
    mutating func value(of key: StateKey, orPut value: Value) -> Value {
        switch key {
        case .term(.patient(let id)): SlotDirectory.same(&patients[id, default: value])
        case .term(.practitioner(let id)): SlotDirectory.same(&practitioners[id, default: value])
        default: SlotDirectory.same(&others[key, default: value])
        }
    }

    /// An access to change, which puts a default, and changes nothing.
    private static func same(_ value: inout Value) -> Value { value }

    subscript(key: StateKey) -> Value? {
        @inline(__always)
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
