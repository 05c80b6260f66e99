internal import NIOCore
internal import NIOSSL
internal import Primitives
internal import Synchronization

/// TLS 1.3 with a certificate on both sides, trusted by pin alone.
///
/// The custom callback takes the place of the whole certificate verification: names, dates and
/// issuers are not looked at. That the other side holds the key of its certificate is still proved
/// by the handshake.
struct PinnedTLS: Sendable {
    private let server: NIOSSLContext
    private let client: NIOSSLContext

    init(_ identity: TLSIdentity) throws(TransportError) {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(
                Array(identity.certificatePEM.utf8))
            let key = try NIOSSLPrivateKey(
                bytes: Array(identity.privateKeyPEM.utf8), format: .pem)
            var settings = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(key))
            PinnedTLS.tighten(&settings)
            server = try NIOSSLContext(configuration: settings)
            settings = TLSConfiguration.makeClientConfiguration()
            settings.certificateChain = certificates.map { .certificate($0) }
            settings.privateKey = .privateKey(key)
            PinnedTLS.tighten(&settings)
            client = try NIOSSLContext(configuration: settings)
        } catch {
            throw .identity("the TLS identity cannot be used: \(error)")
        }
    }

    /// The server's side, which lets in whoever `judge` does not throw at.
    func serverHandler(
        _ judge: @escaping @Sendable (Digest) throws(TransportError) -> Void,
        refused: @escaping @Sendable (TransportError) -> Void
    ) -> NIOSSLServerHandler {
        NIOSSLServerHandler(context: server) { certificates, promise in
            promise.succeed(PinnedTLS.verdict(certificates, judge, refused))
        }
    }

    /// The client's side, which goes on only with whom `judge` does not throw at.
    func clientHandler(
        _ judge: @escaping @Sendable (Digest) throws(TransportError) -> Void,
        refused: @escaping @Sendable (TransportError) -> Void
    ) throws(TransportError) -> NIOSSLClientHandler {
        do {
            return try NIOSSLClientHandler(
                context: client, serverHostname: nil,
                customVerificationCallback: { certificates, promise in
                    promise.succeed(PinnedTLS.verdict(certificates, judge, refused))
                })
        } catch {
            throw .handshake(detail: String(describing: error))
        }
    }

    private static func tighten(_ settings: inout TLSConfiguration) {
        settings.minimumTLSVersion = .tlsv13
        settings.maximumTLSVersion = .tlsv13
        settings.certificateVerification = .noHostnameVerification
        settings.renegotiationSupport = .none
        settings.shutdownTimeout = .seconds(1)
    }

    private static func verdict(
        _ certificates: [NIOSSLCertificate],
        _ judge: (Digest) throws(TransportError) -> Void,
        _ refused: (TransportError) -> Void
    ) -> NIOSSLVerificationResult {
        do throws(TransportError) {
            guard let leaf = certificates.first else {
                throw .noCertificate(detail: "the list is empty")
            }
            try judge(try leaf.pin())
            return .certificateVerified
        } catch {
            refused(error)
            return .failed
        }
    }
}

/// The TLS identity that this node shows to whoever it meets from now on.
final class CurrentTLS: Sendable {
    private let value: Mutex<PinnedTLS>

    init(_ identity: TLSIdentity) throws(TransportError) {
        value = Mutex(try PinnedTLS(identity))
    }

    var tls: PinnedTLS { value.withLock { $0 } }

    func replace(with identity: TLSIdentity) throws(TransportError) {
        let tls = try PinnedTLS(identity)
        value.withLock { $0 = tls }
    }
}
