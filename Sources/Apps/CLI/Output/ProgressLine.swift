internal import Foundation

/// What goes on, on one line of standard error that is written over; nothing where that is a file.
enum ProgressLine {
    private static let isTerminal = isatty(STDERR_FILENO) == 1

    static func show(_ text: String) {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K\(text.suffix(100))".utf8))
    }

    static func end() {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
    }
}
