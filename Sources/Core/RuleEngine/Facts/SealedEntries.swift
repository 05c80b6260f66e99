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

        /// Whether an entry may be about the party: it names it, or nobody of the kind.
        func fits(_ entry: SealedEntry) -> Bool {
            switch self {
            case .patient(let id): entry.patient.map { $0 == id } ?? true
            case .practitioner(let id): entry.practitioner.map { $0 == id } ?? true
            case .institution(let name): entry.issuer.name == name
            }
        }
    }

    private var ofKind = Array(repeating: Kind(), count: FactKind.allCases.count)

    private struct Kind: Sendable {
        var entries: [SealedEntry] = []
        var all = Places()
        var ofPatient: [OpaqueID: Places] = [:]
        var ofNoPatient = Places()
        var ofPractitioner: [OpaqueID: Places] = [:]
        var ofNoPractitioner = Places()
        var ofIssuer: [String: Places] = [:]

        mutating func add(_ entry: SealedEntry) {
            entries.append(entry)
            all.put(entries)
            if let patient = entry.patient {
                ofPatient[patient, default: Places()].put(entries)
            } else {
                ofNoPatient.put(entries)
            }
            if let practitioner = entry.practitioner {
                ofPractitioner[practitioner, default: Places()].put(entries)
            } else {
                ofNoPractitioner.put(entries)
            }
            ofIssuer[entry.issuer.name, default: Places()].put(entries)
        }

        /// The entries that may be about the party, any where it is nil, in lists by leaf.
        func lists(_ party: Party?) -> [Places] {
            switch party {
            case nil: [all]
            case .patient(let id): [ofPatient[id], ofNoPatient].compactMap { $0 }
            case .practitioner(let id): [ofPractitioner[id], ofNoPractitioner].compactMap { $0 }
            case .institution(let name): [ofIssuer[name]].compactMap { $0 }
            }
        }
    }

    /// Places of entries, in the order of their leaves.
    private struct Places: Sendable {
        private(set) var places: [Int32] = []
        /// The latest time of the entries up to each: it never falls, so that those from a time on
        /// are found without a look at what is older.
        private var latest: [Timestamp] = []

        /// Puts in the place of the last entry.
        mutating func put(_ entries: [SealedEntry]) {
            let place = entries.count - 1
            let leaf = entries[place].leafIndex
            var end = places.count
            while end > 0, entries[Int(places[end - 1])].leafIndex > leaf { end -= 1 }
            places.insert(Int32(truncatingIfNeeded: place), at: end)
            latest.removeSubrange(end...)
            for place in places[end...] {
                let time = entries[Int(place)].time
                latest.append(max(latest.last ?? time, time))
            }
        }

        /// The places from the first entry on that has reached a time; `has` says whether a time
        /// has, and later ones have where earlier ones do.
        func from(_ has: (Timestamp) -> Bool) -> ArraySlice<Int32> {
            var (low, high) = (0, latest.count)
            while low < high {
                let middle = (low + high) / 2
                if has(latest[middle]) { high = middle } else { low = middle + 1 }
            }
            return places[low...]
        }
    }

    /// How many entries are looked at before it is taken that one of them matters.
    private static let looksMax = 32

    mutating func add(_ entry: SealedEntry) {
        ofKind[entry.kind.index].add(entry)
    }

    func isEmpty(kind: Int) -> Bool { ofKind[kind].entries.isEmpty }

    /// Whether an entry of a kind may be about the party, any where it is nil, and matter to a
    /// window: true also where there are too many to look at.
    ///
    /// `reached`: whether a time is one from which on entries may matter; of later ones it holds.
    func mayConcern(
        kind: Int, _ party: Party?, reached: (Timestamp) -> Bool,
        _ matters: (SealedEntry) -> Bool
    ) -> Bool {
        let kind = ofKind[kind]
        guard !kind.entries.isEmpty else { return false }
        for list in kind.lists(party) {
            let places = list.from(reached)
            for place in places.prefix(SealedEntries.looksMax)
            where matters(kind.entries[Int(place)]) {
                return true
            }
            if places.count > SealedEntries.looksMax { return true }
        }
        return false
    }

    /// The first leaves, at most so many, of entries of a kind that may be about the party, any
    /// where it is nil, and for which `matters` holds, which it does of none before `reached`.
    func leaves(
        kind: Int, _ party: Party?, atMost limit: Int, reached: (Timestamp) -> Bool,
        _ matters: (SealedEntry) -> Bool
    ) -> [UInt64] {
        let kind = ofKind[kind]
        var leaves: [UInt64] = []
        for list in kind.lists(party) {
            var count = 0
            for place in list.from(reached) {
                let entry = kind.entries[Int(place)]
                guard matters(entry) else { continue }
                leaves.append(entry.leafIndex)
                count += 1
                if count == limit { break }
            }
        }
        return Array(leaves.sorted().prefix(limit))
    }
}
