internal import Glibc
public import NIOCore
internal import Synchronization

/// Counts the connections of those who have not said who they are, and turns further ones away.
///
/// Each takes a descriptor until it is closed for its silence: without a bound strangers could take
/// them all, and the next file that the node has to open would be its end.
public final class Doorkeeper: Sendable {
    private struct State {
        var count = 0
        var byAddress: [String: Int] = [:]
    }

    private let most: Int
    private let mostOfAddress: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - most: how many there may be.
    ///   - mostOfAddress: how many of them may come from one address.
    public init(most: Int, mostOfAddress: Int = .max) {
        self.most = most
        self.mostOfAddress = mostOfAddress
    }

    /// A part of the descriptors that this process may have.
    public static func descriptors(oneIn part: Int) -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1_024 / part
        }
        return Int(clamping: limit.rlim_cur) / part
    }

    /// Lets a connection in until it is closed, or its visit ended before; nil where there are too
    /// many.
    public func admit(_ channel: any Channel) -> Visit? {
        let visit = admit(from: channel.remoteAddress?.ipAddress ?? "")
        if let visit { channel.closeFuture.whenComplete { _ in visit.end() } }
        return visit
    }

    /// Lets somebody in from an address until the visit ends; nil where there are too many.
    func admit(from address: String) -> Visit? {
        let isIn = state.withLock { state in
            let ofAddress = state.byAddress[address, default: 0]
            guard state.count < most, ofAddress < mostOfAddress else { return false }
            state.count += 1
            state.byAddress[address] = ofAddress + 1
            return true
        }
        guard isIn else { return nil }
        return Visit { self.leave(address) }
    }

    private func leave(_ address: String) {
        state.withLock { state in
            state.count -= 1
            let left = state.byAddress[address, default: 1] - 1
            state.byAddress[address] = left > 0 ? left : nil
        }
    }

    /// A connection that is counted.
    public final class Visit: Sendable {
        private let isOver = Mutex(false)
        private let leave: @Sendable () -> Void

        init(_ leave: @escaping @Sendable () -> Void) {
            self.leave = leave
        }

        /// Counts it no more: who it is, is known now.
        public func end() {
            let wasOver = isOver.withLock { isOver in
                defer { isOver = true }
                return isOver
            }
            if !wasOver { leave() }
        }
    }
}
