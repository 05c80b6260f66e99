/// Finds what somebody who mistyped a name may have meant.
public enum NearestName {
    /// The candidate with the fewest edits from `name`, or nil where none is close.
    ///
    /// Close means at most a third of the letters, and at least one edit is always allowed.
    public static func of(_ name: String, in candidates: [String]) -> String? {
        let wanted = Array(name.utf8.prefix(64))
        var best: (edits: Int, name: String)?
        for candidate in candidates where candidate != name {
            let edits = distance(wanted, Array(candidate.utf8.prefix(64)))
            if best.map({ edits < $0.edits }) ?? true { best = (edits, candidate) }
        }
        guard let best, best.edits <= max(1, wanted.count / 3) else { return nil }
        return best.name
    }

    /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var edits = min(
                    previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1,
                    current[column] + 1)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    edits = min(edits, before[column - 1] + 1)
                }
                current.append(edits)
            }
            before = previous
            previous = current
        }
        return previous[right.count]
    }
}
