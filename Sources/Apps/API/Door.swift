public import Interop
public import Logging
public import Node
public import Storage
public import Transport

/// A node's HTTP door: health, metrics, screening, statements of third parties.
///
/// It stands where the node's configuration says, and asks the node from within its process.
/// Without a token it answers to this machine only.
public final class Door: Sendable {
    /// The port that it listens on.
    public let port: Int
    private let server: HTTPServer

    private init(_ server: HTTPServer, port: Int) {
        self.server = server
        self.port = port
    }

    /// Opens the door that the configuration asks for; nil where it asks for none.
    ///
    /// - Throws: ``DoorError``; nothing listens then.
    public static func open(
        _ configuration: NodeConfiguration, of node: Node, logger: Logger
    ) async throws(DoorError) -> Door? {
        guard let settings = configuration.http else { return nil }
        let host = settings.host ?? "127.0.0.1"
        let isLoopback = host == "127.0.0.1" || host == "::1" || host == "localhost"
        let token = try settings.token.map(readToken)
        guard isLoopback || token != nil else { throw .tokenMissing(host: host) }
        let assignment = try assignment(settings, of: node)
        let router = Router(routes(of: node, assignment), token: token, isLoopback: isLoopback)
        let server = HTTPServer { await router.answer($0) }
        do throws(TransportError) {
            let port = try await server.start(host: host, port: settings.port)
            logger.info("the HTTP door stands on \(host):\(port)")
            return Door(server, port: port)
        } catch {
            await server.stop()
            throw .transport(error)
        }
    }

    /// Closes the door; answers under way are cut off.
    public func close() async {
        await server.stop()
    }

    /// Every route of the door.
    private static func routes(of node: Node, _ assignment: Assignment) -> [Route] {
        HealthRoutes(node: node).all + StatementRoutes(node: node).all + [
            MetricsRoute(node: node).route,
            ScreenRoute(node: node, assignment: assignment).route,
        ]
    }

    /// Which institution a screened claim's organisations are; this one, where nothing says so.
    private static func assignment(
        _ settings: NodeConfiguration.HTTPDoor, of node: Node
    ) throws(DoorError) -> Assignment {
        guard let path = settings.assignment else {
            return Assignment(spreading: [node.institution], insurer: node.institution)
        }
        do throws(InteropError) {
            return try Assignment(path: path)
        } catch {
            throw .assignment(error)
        }
    }

    private static func readToken(_ path: String) throws(DoorError) -> String {
        let bytes: [UInt8]
        let isOpen: Bool
        do throws(StorageError) {
            bytes = try SmallFile.read(path, atMost: 4_096)
            isOpen = try SmallFile.isOpenToOthers(path)
        } catch {
            throw .storage(error)
        }
        guard !isOpen else { throw .tokenOpen(path) }
        let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        guard token.utf8.count >= tokenBytesMin else { throw .tokenShort(path) }
        return token
    }

    private static let tokenBytesMin = 16
}

/// Why the door does not open.
public enum DoorError: Error, Equatable, Sendable {
    case transport(TransportError)
    case storage(StorageError)
    /// A door that other machines reach must ask for a token.
    case tokenMissing(host: String)
    /// Others than the owner may read the file with the token.
    case tokenOpen(String)
    case tokenShort(String)
    /// The file that says which institution an organisation is cannot be used.
    case assignment(InteropError)
}

extension DoorError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .transport(let error): "the HTTP door does not open: \(error)"
        case .storage(let error): "the HTTP door's token cannot be read: \(error)"
        case .tokenMissing(let host):
            "an HTTP door on \(host) is reached from other machines, so it needs http.token, a "
                + "file with what requests must bear; or leave http.host out"
        case .tokenOpen(let path):
            "others may read the HTTP door's token \(path); chmod 600 would be right"
        case .assignment(let error): "the HTTP door's assignment: \(error)"
        case .tokenShort(let path): "the HTTP door's token \(path) has fewer than 16 characters"
        }
    }
}
