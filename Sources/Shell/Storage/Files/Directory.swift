internal import Glibc

/// Calls on directories and whole files, synced where a name must survive a power cut.
public enum Directory {
    /// Makes `path` and the directories above it, mode 0700, where they are not there.
    ///
    /// Those that are made are on the disk when it returns: what is synced in a directory whose own
    /// name a power cut takes is lost with it.
    public static func make(_ path: String) throws(StorageError) {
        if try makeOne(path) { return }
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw StorageError(errno: ENOENT, path: path, "make directory")
        }
        try make(String(path[..<slash]))
        guard try makeOne(path) else {
            throw StorageError(errno: ENOENT, path: path, "make directory")
        }
    }

    /// Makes a directory where it is not there; false where the one above it is not there either.
    private static func makeOne(_ path: String) throws(StorageError) -> Bool {
        guard unsafe mkdir(path, 0o700) == 0 else {
            switch errno {
            case EEXIST: return true
            case ENOENT: return false
            default: throw StorageError(errno: errno, path: path, "make directory")
            }
        }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        try sync(parent.isEmpty ? "/" : parent)
        return true
    }

    /// The names in `path`, sorted, without `.` and `..`.
    public static func names(in path: String) throws(StorageError) -> [String] {
        guard let stream = unsafe opendir(path) else {
            throw StorageError(errno: errno, path: path, "list")
        }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let item = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &item.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    public static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// How many bytes the files in `path` have together; 0 where it cannot be read.
    public static func byteCount(of path: String) -> Int {
        guard let names = try? names(in: path) else { return 0 }
        var total = 0
        for name in names {
            var status = stat()
            if unsafe stat(path + "/" + name, &status) == 0 { total += Int(status.st_size) }
        }
        return total
    }

    public static func remove(_ path: String) throws(StorageError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw StorageError(errno: errno, path: path, "remove")
        }
    }

    /// Removes a directory in which nothing is left.
    public static func removeEmpty(_ path: String) throws(StorageError) {
        guard unsafe rmdir(path) == 0 || errno == ENOENT else {
            throw StorageError(errno: errno, path: path, "remove")
        }
    }

    /// Gives the file `name` of `directory` another name; synced by ``sync(_:)``.
    public static func rename(
        _ name: String, to newName: String, in directory: String
    ) throws(StorageError) {
        let path = directory + "/" + name
        guard unsafe Glibc.rename(path, directory + "/" + newName) == 0 else {
            throw StorageError(errno: errno, path: path, "rename")
        }
    }

    /// Returns when names made or removed in `path` are on the disk.
    public static func sync(_ path: String) throws(StorageError) {
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError(errno: errno, path: path, "open") }
        defer { _ = Glibc.close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StorageError(errno: errno, path: path, "sync")
        }
    }

    /// Puts `bytes` into the file `name` of `directory`, wholly or not at all, mode 0600.
    public static func replace(
        _ name: String, in directory: String, with bytes: [UInt8]
    ) throws(StorageError) {
        let path = directory + "/" + name
        let draft = path + ".new"
        let file = try File(draft, flags: O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(bytes, at: 0)
        try file.sync()
        try rename(name + ".new", to: name, in: directory)
        try sync(directory)
    }
}
