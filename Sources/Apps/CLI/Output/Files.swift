internal import Foundation

/// Files, with errors that say which one and why.
enum Files {
    static func read(_ path: String) throws(Failure) -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            let why = isFolder(path) ? "it is a folder" : reason(error)
            throw Failure(.file, "cannot read \(path): \(why)")
        }
    }

    static func readText(_ path: String) throws(Failure) -> String {
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw Failure(.file, "\(path) is not UTF-8 text")
        }
        return text
    }

    /// Writes a file in one step: whoever reads it sees all of it or none.
    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do {
            try Data(bytes).write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw Failure(.file, "cannot write \(path): \(reason(error))")
        }
    }

    /// Puts a whole file in the place of another.
    static func move(_ path: String, to place: String) throws(Failure) {
        guard unsafe rename(path, place) == 0 else {
            throw Failure(.file, "cannot move \(path) to \(place)")
        }
    }

    /// Removes a file, where there is one.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a new file that only its owner may read; one that is there already stays.
    static func writeSecret(_ text: String, to path: String) throws(Failure) {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Failure(.file, "\(path) is there already; a key is never written over")
        }
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw Failure(.file, "cannot write \(path)") }
    }

    /// Makes a folder and those above it; a private one is its owner's alone.
    static func makeFolder(_ path: String, isPrivate: Bool = false) throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: isPrivate ? [.posixPermissions: 0o700] : nil)
        } catch {
            throw Failure(.file, "cannot make the folder \(path): \(reason(error))")
        }
    }

    /// The absolute path of `name`, which counts from the folder of the file at `path`.
    static func place(_ name: String, beside path: String) -> String {
        if name.hasPrefix("/") { return URL(filePath: name).standardizedFileURL.path }
        return URL(filePath: path).absoluteURL.deletingLastPathComponent().appending(path: name)
            .standardizedFileURL.path
    }

    /// The absolute path of what counts from the folder that this program runs in.
    static func absolute(_ path: String) -> String {
        URL(filePath: path).absoluteURL.standardizedFileURL.path
    }

    private static func isFolder(_ path: String) -> Bool {
        (try? URL(filePath: path).resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
    }

    static func isThere(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    /// Why a file could not be read or written, in the system's words.
    static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? error as NSError).localizedDescription
    }
}
