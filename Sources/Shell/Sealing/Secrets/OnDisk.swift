internal import Storage

/// Runs `body` and gives its failures the form that this room's callers expect.
func onDisk<Result: ~Copyable>(
    _ body: () throws(StorageError) -> Result
) throws(SealingError) -> Result {
    do throws(StorageError) {
        return try body()
    } catch {
        throw .storage(error)
    }
}
