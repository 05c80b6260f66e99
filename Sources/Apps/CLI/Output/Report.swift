internal import ArgumentParser
internal import Foundation

/// What a command has to say: an object for programs, lines for people.
protocol Report: Encodable {
    var lines: [String] { get }
}

/// The flag that every command has.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of text.")
    var json = false

    func show(_ report: some Report) {
        if json {
            print(JSONText.of(report))
        } else {
            for line in report.lines { print(line) }
        }
        fflush(nil)
    }
}

/// JSON on one line, with its keys in order.
enum JSONText {
    static func of(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }
}
