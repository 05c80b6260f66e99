internal import Primitives
internal import Records

/// What the state map says about members and staff, in a form that can be asked.
struct Registry: Sendable {
    var governance: Governance
    private(set) var credentials: [OpaqueID: RegisteredCredential]

    init(_ governance: Governance, credentials: [OpaqueID: RegisteredCredential] = [:]) {
        self.governance = governance
        self.credentials = credentials
    }

    mutating func register(_ credential: RegisteredCredential) {
        credentials[credential.body.credential] = credential
    }
}
