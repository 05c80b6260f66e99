/// The links between nodes, each with its own weather.
struct SimulatedNetwork {
    let nodeCount: Int
    /// Links on which nothing passes, counted by how many faults cut them.
    private var cuts: [Int]
    /// Links on which everything waits until this time.
    private var clogs: [Int64]
    var lossPercent = 0
    var duplicationPercent = 0
    var replayPercent = 0
    /// How long a message may travel, in milliseconds.
    var delayMax: Int64 = 8

    init(nodeCount: Int) {
        self.nodeCount = nodeCount
        cuts = Array(repeating: 0, count: nodeCount * nodeCount)
        clogs = Array(repeating: 0, count: nodeCount * nodeCount)
    }

    func isCut(_ from: Int, _ to: Int) -> Bool { cuts[from * nodeCount + to] > 0 }

    /// When a message that is sent now gets onto the link.
    func opens(_ from: Int, _ to: Int, at now: Int64) -> Int64 {
        max(now, clogs[from * nodeCount + to])
    }

    mutating func cut(_ links: [(from: Int, to: Int)]) {
        for link in links { cuts[link.from * nodeCount + link.to] += 1 }
    }

    mutating func mend(_ links: [(from: Int, to: Int)]) {
        for link in links { cuts[link.from * nodeCount + link.to] -= 1 }
    }

    mutating func clog(_ links: [(from: Int, to: Int)], until time: Int64) {
        for link in links {
            let place = link.from * nodeCount + link.to
            clogs[place] = max(clogs[place], time)
        }
    }

    /// Fair weather on every link.
    mutating func clear() {
        self = SimulatedNetwork(nodeCount: nodeCount)
    }

    /// All links between the two groups, both ways.
    func between(_ group: [Int]) -> [(from: Int, to: Int)] {
        links { group.contains($0) != group.contains($1) }
    }

    func links(where isMeant: (Int, Int) -> Bool) -> [(from: Int, to: Int)] {
        var links: [(from: Int, to: Int)] = []
        for from in 0..<nodeCount {
            for to in 0..<nodeCount where from != to && isMeant(from, to) {
                links.append((from, to))
            }
        }
        return links
    }
}
