import Foundation
import FoundationNetworking

extension URLSession {
    /// A foreign client that waits: hundreds of tests share the machine's few cores, and none of
    /// them may depend on how soon it is served.
    static func patient(delegate: (any URLSessionDelegate)? = nil) -> URLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 3_600
        return URLSession(configuration: configuration, delegate: delegate, delegateQueue: nil)
    }
}
