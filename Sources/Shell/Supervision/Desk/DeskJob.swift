/// Something that a desk was asked and that takes long: it is done beside everything else.
///
/// On the desk's thread it reads a little at a time; what is to be done with what was read, another
/// thread does, before the job is asked to go on.
public protocol DeskJob: AnyObject {
    /// Reads on, and gives what is to be done elsewhere; nil where all was read.
    func next() throws -> (@Sendable () -> Void)?

    /// The answer, once all was read and done.
    func answer() throws -> [UInt8]
}
