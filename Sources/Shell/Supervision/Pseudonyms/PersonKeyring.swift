internal import Primitives
internal import Sealing
internal import Storage

/// The patient keys of a node that supervises, and whose pseudonyms they give in which epoch.
///
/// Keys lie in a store that can forget; what is computed from them stands in memory only.
final class PersonKeyring {
    private let store: PersonKeyStore
    private let database: SupervisionDatabase
    /// How many of the provider's rows were taken.
    private(set) var position: UInt64 = 0

    /// Persons by their places, and what is known of them; nil where the key is gone.
    private var places: [Digest: Int] = [:]
    private var keys: [PatientKey?] = []
    /// The epochs for which pseudonyms were computed.
    private var opened: Set<UInt32> = []
    private var holders: [OpaqueID: Int] = [:]

    private static let markKey = Table.personMark.key([])

    init(store: PersonKeyStore, database: SupervisionDatabase) throws(SupervisionError) {
        self.store = store
        self.database = database
        let mark = try storage { () throws(StorageError) in
            try database.get(PersonKeyring.markKey)
        }
        position = mark?.bigEndianNumber ?? 0
        var persons: [Digest] = []
        try database.scan(.personKey, wrap: SupervisionError.storage) {
            (key, _) throws(SupervisionError) in
            guard let person = Digest(key) else { throw .damaged(table: "person key", key: key) }
            persons.append(person)
            return true
        }
        for person in persons {
            let key = try sealing { () throws(SealingError) in try store.key(of: person) }
            if let key { _ = learn(person, key) }
        }
    }

    /// How many persons' keys are held.
    var count: Int { keys.count { $0 != nil } }

    /// What a page of rows has changed.
    struct Change {
        /// Pseudonyms of the epochs that are open, of persons who are new.
        var learned: [(pseudonym: OpaqueID, person: Int)] = []
        var hasForgotten = false
    }

    /// Takes the next rows of the provider, and returns when they are on the disk.
    ///
    /// Keys are kept before the rows that name them, and destroyed before the rows go: what a
    /// crash leaves is done again by the same rows.
    func take(_ rows: [PersonKeyPage.Row]) throws(SupervisionError) -> Change {
        let fresh = rows.filter { $0.number > position }
        guard let last = fresh.last?.number else { return Change() }
        var held: [Digest: PatientKey] = [:]
        var gone: Set<Digest> = []
        for row in fresh {
            held[row.person] = row.key
            if row.key == nil { gone.insert(row.person) }
        }
        try sealing { () throws(SealingError) in
            try store.forget(gone)
            try store.put(held.map { (person: $0.key, key: $0.value) })
        }
        var group = WriteGroup()
        for person in gone { group.delete(Table.personKey.key(person.bytes)) }
        for person in held.keys { group.put(Table.personKey.key(person.bytes), []) }
        group.put(PersonKeyring.markKey, last.bigEndianBytes)
        try storage { () throws(StorageError) in try database.write(group) }
        position = last
        var change = Change()
        for person in gone { change.hasForgotten = forget(person) || change.hasForgotten }
        for (person, key) in held.sorted(by: { $0.key < $1.key }) {
            change.learned += learn(person, key)
        }
        return change
    }

    private func learn(
        _ person: Digest, _ key: PatientKey
    ) -> [(pseudonym: OpaqueID, person: Int)] {
        guard places[person] == nil else { return [] }
        let place = keys.count
        places[person] = place
        keys.append(key)
        return opened.sorted().map { epoch in
            let pseudonym = key.pseudonym(epoch: epoch)
            holders[pseudonym] = place
            return (pseudonym, place)
        }
    }

    private func forget(_ person: Digest) -> Bool {
        guard let place = places.removeValue(forKey: person) else { return false }
        keys[place] = nil
        holders = holders.filter { $0.value != place }
        return true
    }

    /// Computes the pseudonyms of an epoch, where that was not done, and gives the new ones.
    func open(epoch: UInt32) -> [(pseudonym: OpaqueID, person: Int)] {
        guard opened.insert(epoch).inserted else { return [] }
        var new: [(pseudonym: OpaqueID, person: Int)] = []
        for (place, key) in keys.enumerated() {
            guard let key else { continue }
            let pseudonym = key.pseudonym(epoch: epoch)
            holders[pseudonym] = place
            new.append((pseudonym, place))
        }
        return new
    }

    /// Whose pseudonym it is, in an epoch that is open; nil where no key that is held gives it.
    func person(of pseudonym: OpaqueID) -> Int? { holders[pseudonym] }

    /// What the ledger calls a person in an epoch.
    func pseudonym(of person: Int, epoch: UInt32) -> OpaqueID? {
        keys.indices.contains(person) ? keys[person]?.pseudonym(epoch: epoch) : nil
    }
}
