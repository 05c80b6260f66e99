/// Values that were made last, as many as together cost no more than a limit.
///
/// The oldest make room one by one: to forget all at once would keep waiting whoever happens to
/// ask just then.
struct RecentValues<Key: Hashable, Value> {
    private struct Kept {
        let value: Value
        let cost: Int
    }

    private let costMax: Int
    private var values: [Key: Kept] = [:]
    /// The keys as they came, from `first` on.
    private var keys: [Key] = []
    private var first = 0
    private var cost = 0

    init(costMax: Int) {
        self.costMax = costMax
    }

    subscript(key: Key) -> Value? { values[key]?.value }

    /// Keeps a value; one that alone costs more than the limit stays until the next comes.
    mutating func keep(_ value: Value, for key: Key, cost: Int = 1) {
        while self.cost + cost > costMax, first < keys.count { forgetOldest() }
        if let former = values.updateValue(Kept(value: value, cost: cost), forKey: key) {
            self.cost -= former.cost
        } else {
            keys.append(key)
        }
        self.cost += cost
    }

    private mutating func forgetOldest() {
        cost -= values.removeValue(forKey: keys[first])?.cost ?? 0
        first += 1
        guard first > keys.count / 2 else { return }
        keys.removeFirst(first)
        first = 0
    }
}
