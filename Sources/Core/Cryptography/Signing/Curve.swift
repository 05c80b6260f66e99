internal import CSecp256k1

/// The one secp256k1 context of the process.
///
/// It is made once, never written to again (no randomisation: signing must not depend on the
/// process), and shared by all threads, which the library allows for constant use.
@safe enum Curve {
    private static let created = Context()

    static var context: OpaquePointer { unsafe created.pointer }

    // Sendable by the contract above; the pointer is written once, before it is shared.
    @safe private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer

        init() {
            guard let pointer = unsafe secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE))
            else {
                preconditionFailure("libsecp256k1 found no memory for its context")
            }
            unsafe self.pointer = pointer
        }
    }
}
