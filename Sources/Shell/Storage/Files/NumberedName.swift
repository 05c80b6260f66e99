internal import Primitives

/// Names of files that are numbered: 16 hexadecimal digits, so that names sort as numbers do, a dot
/// and a suffix.
enum NumberedName {
    static func path(_ number: UInt64, in directory: String, suffix: String) -> String {
        directory + "/" + number.hex + "." + suffix
    }

    /// The number in a name; nil where it is none of these names.
    static func number(_ name: String, suffix: String) -> UInt64? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == suffix, let number = UInt64(parts[0], radix: 16),
            number.hex == parts[0]
        else { return nil }
        return number
    }
}
