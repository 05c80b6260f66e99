internal import Primitives
internal import Records

/// The sealed entries that the engine was told of, by kind of fact and by whom they name.
///
/// Most windows look for rows of one patient, practitioner or institution, and most sealed entries
/// are of others.
struct SealedEntries: Sendable {
    /// Whose rows a window looks for; nil where it looks for anybody's, or for whom is not known.
    enum Party: Sendable {
        case patient(OpaqueID)
        case practitioner(OpaqueID)
        /// By the name of its id.
        case institution(String)
    }

    private var ofKind = Array(repeating: Kind(), count: FactKind.allCases.count)

    private struct Kind: Sendable {
        var entries: [SealedEntry] = []
        /// Places in `entries`, by leaf, as in all lists of places.
        var all: [Int32] = []
        var ofPatient: [OpaqueID: [Int32]] = [:]
        var ofNoPatient: [Int32] = []
        var ofPractitioner: [OpaqueID: [Int32]] = [:]
        var ofNoPractitioner: [Int32] = []
        var ofIssuer: [String: [Int32]] = [:]

        mutating func add(_ entry: SealedEntry) {
            entries.append(entry)
            let known = entries
            Kind.put(known, into: &all)
            if let patient = entry.patient {
                Kind.put(known, into: &ofPatient[patient, default: []])
            } else {
                Kind.put(known, into: &ofNoPatient)
            }
            if let practitioner = entry.practitioner {
                Kind.put(known, into: &ofPractitioner[practitioner, default: []])
            } else {
                Kind.put(known, into: &ofNoPractitioner)
            }
            Kind.put(known, into: &ofIssuer[entry.issuer.name, default: []])
        }

        /// Puts the place of the last entry into a list, which stays in the order of leaves.
        private static func put(_ entries: [SealedEntry], into list: inout [Int32]) {
            let place = entries.count - 1
            let leaf = entries[place].leafIndex
            var end = list.count
            while end > 0, entries[Int(list[end - 1])].leafIndex > leaf { end -= 1 }
            list.insert(Int32(truncatingIfNeeded: place), at: end)
        }
    }

    mutating func add(_ entry: SealedEntry) {
        ofKind[entry.kind.index].add(entry)
    }

    func isEmpty(kind: Int) -> Bool { ofKind[kind].entries.isEmpty }

    /// Whether an entry of a kind may be about the party; any where it is nil.
    func mayConcern(kind: Int, _ party: Party?) -> Bool {
        guard !ofKind[kind].entries.isEmpty else { return false }
        switch party {
        case nil: return true
        case .patient(let id):
            return !ofKind[kind].ofNoPatient.isEmpty || ofKind[kind].ofPatient[id] != nil
        case .practitioner(let id):
            return !ofKind[kind].ofNoPractitioner.isEmpty
                || ofKind[kind].ofPractitioner[id] != nil
        case .institution(let name): return ofKind[kind].ofIssuer[name] != nil
        }
    }

    /// The first leaves, at most so many, of entries of a kind that may be about the party, any
    /// where it is nil, and for which `matters` holds.
    func leaves(
        kind: Int, _ party: Party?, atMost limit: Int, _ matters: (SealedEntry) -> Bool
    ) -> [UInt64] {
        let kind = ofKind[kind]
        let lists: [[Int32]] =
            switch party {
            case nil: [kind.all]
            case .patient(let id): [kind.ofPatient[id] ?? [], kind.ofNoPatient]
            case .practitioner(let id): [kind.ofPractitioner[id] ?? [], kind.ofNoPractitioner]
            case .institution(let name): [kind.ofIssuer[name] ?? []]
            }
        var leaves: [UInt64] = []
        for list in lists {
            var count = 0
            for place in list where count < limit {
                let entry = kind.entries[Int(place)]
                guard matters(entry) else { continue }
                leaves.append(entry.leafIndex)
                count += 1
            }
        }
        return Array(leaves.sorted().prefix(limit))
    }
}
