internal import Primitives
internal import Records

/// What the entries of a batch are listed under, laid out where they are read, so that execution
/// need not look at most of them.
struct BatchListing: Sendable {
    /// The patients and practitioners of all entries, in order.
    private(set) var people: [Person] = []
    /// The institutions, other than the issuer, of all entries, in order.
    private(set) var institutions: [InstitutionID] = []
    /// One an entry.
    private(set) var lines: [Line] = []

    struct Line: Sendable {
        let day: Day
        let kind: EntryKind
        let action: AccessHeader.Action?
        /// How many of ``BatchListing/people`` are its subjects.
        let personCount: UInt8
        /// How many of ``BatchListing/institutions`` are.
        let institutionCount: UInt8
        /// Whether it has a body, which may change the state.
        let isEffective: Bool
    }

    init(reservingCapacity entryCount: Int) {
        lines.reserveCapacity(entryCount)
        people.reserveCapacity(2 * entryCount)
    }

    mutating func add(_ entry: borrowing Entry) {
        let before = (people.count, institutions.count)
        for subject in entry.subjects {
            switch subject {
            case .patient(let id): people.append(Person(id: id, isPatient: true))
            case .practitioner(let id): people.append(Person(id: id, isPatient: false))
            case .institution(let id): institutions.append(id)
            case .claim, .prescription: break
            }
        }
        lines.append(
            Line(
                day: entry.eventTime.day, kind: entry.kind, action: entry.access?.action,
                personCount: UInt8(people.count - before.0),
                institutionCount: UInt8(institutions.count - before.1),
                isEffective: entry.body != nil))
    }
}
