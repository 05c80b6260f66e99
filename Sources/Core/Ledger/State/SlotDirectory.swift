internal import Primitives

/// The number under a key, where nearly all keys are those of patients and practitioners.
struct SlotDirectory: Sendable {
    private var people = PersonTable()
    private var others: [StateKey: UInt32] = [:]

    subscript(key: StateKey) -> UInt32? {
        if let person = key.person { people[person] } else { others[key] }
    }

    @inline(__always)
    subscript(person: Person) -> UInt32? { people[person] }

    /// The number of somebody; where there is none, `number` from now on.
    mutating func number(of person: Person, orPut number: UInt32) -> UInt32 {
        people.number(of: person, orPut: number)
    }

    /// The number under a key; where there is none, `number` from now on.
    mutating func number(of key: StateKey, orPut number: UInt32) -> UInt32 {
        if let person = key.person { return people.number(of: person, orPut: number) }
        return SlotDirectory.same(&others[key, default: number])
    }

    /// An access to change, which puts a default, and changes nothing.
    private static func same(_ number: inout UInt32) -> UInt32 { number }
}
