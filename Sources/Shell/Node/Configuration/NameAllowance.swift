/// How many names an identity provider gives each institution.
///
/// Few, so that nobody can list the people of a region; more while a region is new, and all who
/// are in it are asked for once. In `node.json`: `"names": { "burst": 4096, "perMinute": 6000 }`.
public struct NameAllowance: Codable, Equatable, Sendable {
    /// How many may be asked for at once, after a pause; 4,096 where absent.
    public var burst: Int?
    /// How many a minute in the long run; 6,000 where absent.
    public var perMinute: Int?

    public init(burst: Int? = nil, perMinute: Int? = nil) {
        self.burst = burst
        self.perMinute = perMinute
    }

    /// What either may be.
    static let range = 1...1_000_000_000

    /// What is wrong with it, if anything.
    var problem: String? {
        for (name, count) in [("burst", burst), ("perMinute", perMinute)] {
            guard let count, !Self.range.contains(count) else { continue }
            return "names.\(name) must be 1 to \(Self.range.upperBound), not \(count)"
        }
        return nil
    }
}
