internal import Ledger
internal import Primitives
internal import Proofs

/// What became of a rule on the ledger, for people and programs.
struct RuleHistoryView: Encodable {
    let rule: String
    /// Whether no vote has changed it.
    let isAsInGenesis: Bool
    /// From the first block on.
    let points: [Point]

    struct Point: Encodable {
        let fromBlock: UInt64
        let since: String
        let inForce: Version?
        let onTrial: Version?
    }

    struct Version: Encodable {
        let hash: String
        let stage: String
        let runners: [String]
        /// Who anchors what it finds.
        let publishers: [String]
        /// The first day of service that it judges.
        let serviceFrom: String?
        let earlier: [Earlier]
    }

    struct Earlier: Encodable {
        let hash: String
        let serviceFrom: String?
    }

    init(_ proven: ProvenRule) {
        self.init(proven.rule, proven.history, isAsInGenesis: proven.isAsInGenesis)
    }

    init(_ rule: String, _ history: RuleHistory, isAsInGenesis: Bool) {
        self.rule = rule
        self.isAsInGenesis = isAsInGenesis
        points = history.points.map { point in
            Point(
                fromBlock: point.from.blocks, since: point.time.description,
                inForce: point.standing.inForce.map(Version.init),
                onTrial: point.standing.trial.map(Version.init))
        }
    }

    var lines: [String] {
        var lines = ["rule \(rule)" + (isAsInGenesis ? ", as the genesis has it" : "")]
        for point in points {
            lines.append("  from block \(point.fromBlock), \(point.since)")
            lines += point.inForce?.lines ?? ["    not in force"]
            lines += point.onTrial?.lines ?? []
        }
        return lines
    }
}

extension RuleHistoryView.Version {
    init(_ version: RuleVersion) {
        hash = version.hash.description
        stage = version.stage.rawValue
        runners = version.runners.map(\.name)
        publishers = version.publishers.map(\.name)
        serviceFrom = version.serviceFrom?.description
        earlier = version.earlier.map {
            RuleHistoryView.Earlier(
                hash: $0.hash.description, serviceFrom: $0.serviceFrom?.description)
        }
    }

    fileprivate var lines: [String] {
        let days = serviceFrom.map { ", for services from \($0)" } ?? ""
        let anchoring = publishers.isEmpty ? "nobody" : publishers.joined(separator: ", ")
        var lines = ["    \(stage): \(hash)\(days)"]
        lines.append(
            "      run by \(runners.joined(separator: ", ")); anchored by \(anchoring)")
        for version in earlier {
            let days = version.serviceFrom.map { ", for services from \($0)" } ?? ""
            lines.append("      before that: \(version.hash)\(days)")
        }
        return lines
    }
}
