internal import Primitives
internal import Storage

/// What happened to patient keys at the identity provider, numbered from 1: made, or destroyed.
///
/// Supervising nodes take the rows in their order, each from the one after the last it has, so
/// that none misses a key, and each hears of a destroyed one. A row is on the disk before the
/// pseudonyms that follow from its key leave the provider.
final class PersonRoster {
    private let database: SupervisionDatabase
    /// The number of the last row.
    private(set) var last: UInt64

    struct Row: Hashable {
        let number: UInt64
        let person: Digest
        /// Whether the key was destroyed.
        let isStruck: Bool
    }

    init(database: SupervisionDatabase) throws(SupervisionError) {
        self.database = database
        last = try storage { () throws(StorageError) in UInt64(try database.count(.person)) }
    }

    /// Adds a row for each person whose key was made and who has none that says so.
    func enlist(_ persons: [Digest]) throws(SupervisionError) {
        try add(persons, isStruck: false)
    }

    /// Adds a row for each person whose key is to be destroyed.
    func strike(_ persons: [Digest]) throws(SupervisionError) {
        try add(persons, isStruck: true)
    }

    private func add(_ persons: [Digest], isStruck: Bool) throws(SupervisionError) {
        var group = WriteGroup()
        var next = last
        var seen: Set<Digest> = []
        for person in persons where seen.insert(person).inserted {
            guard try standing(of: person) != isStruck else { continue }
            next += 1
            let flag: UInt8 = isStruck ? 1 : 0
            group.put(Table.person.key(next.bigEndianBytes), person.bytes + [flag])
            group.put(Table.personPlace.key(person.bytes), next.bigEndianBytes + [flag])
        }
        guard next > last else { return }
        try storage { () throws(StorageError) in try database.write(group) }
        last = next
    }

    /// Whether the last row about a person says that its key was destroyed; nil without a row.
    private func standing(of person: Digest) throws(SupervisionError) -> Bool? {
        try storage { () throws(StorageError) in
            try database.get(Table.personPlace.key(person.bytes))?.last.map { $0 == 1 }
        }
    }

    /// The rows after a number, at most `limit`.
    func rows(after number: UInt64, limit: Int) throws(SupervisionError) -> [Row] {
        var rows: [Row] = []
        guard number < last, limit > 0 else { return [] }
        try database.scan(
            .person, from: (number + 1).bigEndianBytes, wrap: SupervisionError.storage
        ) { (key, value) throws(SupervisionError) in
            guard let number = key.bigEndianNumber, value.count == Digest.byteCount + 1,
                let person = Digest(Array(value.dropLast())), let flag = value.last
            else { throw .damaged(table: "person", key: key) }
            rows.append(Row(number: number, person: person, isStruck: flag == 1))
            return rows.count < limit
        }
        return rows
    }

    /// The persons whose last row says that their keys were destroyed.
    func struck() throws(SupervisionError) -> Set<Digest> {
        var struck: Set<Digest> = []
        try database.scan(.personPlace, wrap: SupervisionError.storage) {
            (key, value) throws(SupervisionError) in
            guard let person = Digest(key) else {
                throw .damaged(table: "person place", key: key)
            }
            if value.last == 1 { struck.insert(person) }
            return true
        }
        return struck
    }
}
