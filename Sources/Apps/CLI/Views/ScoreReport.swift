internal import Synthesis

/// A scoreboard for people and for programs.
struct ScoreReport: Report {
    let claims: Int
    let planted: Int
    let recallEasy: Wilson
    let recallNear: Wilson
    let recallCamouflaged: Wilson
    let recallOfAll: Wilson
    let precision: Wilson
    let falseCases: Int
    let falsePerThousandClaims: Double?
    let unguarded: [String]
    let patterns: [Scoreboard.Line]

    init(_ board: Scoreboard) {
        claims = board.claims
        planted = board.planted
        recallEasy = board.recall[0]
        recallNear = board.recall[1]
        recallCamouflaged = board.recall[2]
        recallOfAll = board.recallOfAll
        precision = board.precision
        falseCases = board.falseCases
        falsePerThousandClaims = board.falsePerThousandClaims.map { Double($0) / 1_000 }
        unguarded = board.unguarded
        patterns = board.lines
    }

    var lines: [String] {
        var table = Table(
            "pattern", "easy", "near", "camouflaged", "all", "precision", "false", "withdrawn",
            "days", "amount")
        for line in patterns where !line.rules.isEmpty {
            table.add(
                line.pattern, Self.counts(line.easy), Self.counts(line.near),
                Self.counts(line.camouflaged), Self.counts(line.recall),
                Self.percent(line.precision),
                String(line.falseCases), String(line.withdrawn),
                line.daysToDetect.map(String.init) ?? "",
                line.amountPlanted > 0 ? "\(line.amountFound * 100 / line.amountPlanted) %" : "")
        }
        var lines = table.lines + [""]
        lines.append("recall, easy         \(Self.percent(recallEasy))")
        lines.append("recall, near         \(Self.percent(recallNear))")
        lines.append("recall, camouflaged  \(Self.percent(recallCamouflaged))")
        lines.append("recall, all          \(Self.percent(recallOfAll))")
        lines.append("precision            \(Self.percent(precision))")
        if let rate = falsePerThousandClaims {
            lines.append("\(falseCases) false cases in \(claims) claims: \(rate) in 1,000")
        }
        if !unguarded.isEmpty {
            lines.append("planted, and no rule for it: \(unguarded.joined(separator: ", "))")
        }
        return lines
    }

    private static func counts(_ share: Wilson) -> String {
        share.of > 0 ? "\(share.hits)/\(share.of)" : ""
    }

    /// Per cent with its bounds.
    private static func percent(_ share: Wilson) -> String {
        guard let middle = share.share else { return "" }
        return "\(tenths(middle)) % (\(tenths(share.low)) to \(tenths(share.high)))"
    }

    private static func tenths(_ millionths: Int) -> String {
        let tenths = (millionths + 500) / 1_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
