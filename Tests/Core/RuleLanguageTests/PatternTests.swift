import Testing

@testable import RuleLanguage

@Suite("Patterns")
struct PatternTests {
    @Test(
        "patterns match anywhere in the text, unless they are anchored",
        arguments: [
            ("a", "bab", true), ("^a", "ba", false), ("a$", "ba", true), ("^$", "", true),
            ("(^| )(24|25)( |$)", "GT 25", true), ("(^| )(24|25)( |$)", "250", false),
            ("a|bc", "xbcx", true), ("a.c", "abc", true), ("a.c", "ac", false),
            ("^[A-C][0-9]{2}$", "B17", true), ("^[A-C][0-9]{2}$", "B172", false),
            ("^[^0-9]+$", "abc", true), ("^[^0-9]+$", "a1", false), ("^a{2,3}$", "aaaa", false),
            ("^a{2,}$", "aaaa", true), ("^(ab)*$", "ababab", true), ("^(ab)?c", "c", true),
            ("\\d+\\.\\d", "x3.5", true), ("\\.", "x", false), ("^\\w+$", "a_1", true),
            ("é", "café", true), ("^.$", "é", true), ("(?:a|b)c", "bc", true), ("", "any", true),
        ])
    func matching(source: String, text: String, matches: Bool) throws {
        #expect(try Pattern(source).matches(text) == matches)
    }

    @Test(
        "what is no pattern is told with its place",
        arguments: [
            ("(a", "a '(' without its ')'"), ("a)", "a ')' too many"), ("*a", "nothing to repeat"),
            ("a{3,2}", "a count that ends before it begins"), ("a{x}", "no number after '{'"),
            ("(?=a)", "a kind of group that is not in the subset"), ("a\\", "at its end"),
        ])
    func errors(source: String, message: String) {
        do throws(PatternError) {
            _ = try Pattern(source)
            Issue.record("\(source) was taken")
        } catch {
            #expect(error.description.contains(message), "\(error)")
        }
    }

    @Test("patterns on which a backtracking matcher takes for ever end at once")
    func linear() throws {
        let text = String(repeating: "a", count: 2_000)
        #expect(try Pattern("^(a+)+$").matches(text))
        #expect(try !Pattern("^(a+)+$").matches(text + "b"))
        #expect(try !Pattern("(a|aa)*c").matches(text))
    }
}
