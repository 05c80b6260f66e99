internal import ArgumentParser

/// Cases: what people do with findings, step by step on the ledger.
struct CaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case",
        abstract: "Gather findings in a case, share it, give notice of it, appeal, close it.",
        discussion: """
            A case stands on the ledger under a blinded id: that there is one is known to all, \
            whom it is about to its parties only, until a notice names them. Each step is an \
            entry that names the step before, so that none can be left out or put in later. \
            Regulators, insurers and auditors have cases, each its own.

            Who is given notice gets all that it takes to check the findings and to run their \
            rules again: `custos case show CASE --out FILE` at his own node, and `custos verify`.

            Examples:
              custos case open 3f6c2a91 --words "three pharmacies in a day"
              custos case add 77aa --finding 9b01
              custos case share 77aa --to insurer --basis legal
              custos case notice 77aa --about institution:city-pharmacy --answer-by 2027-01-31
              custos case appeal 77aa --words "the lot was recalled" --node devnet/city-pharmacy
              custos case close 77aa --outcome confirmed --identified "1200.00 USD"
              custos case show 77aa --out notice.case
            """,
        subcommands: [
            Open.self, Add.self, Share.self, Notice.self, Appeal.self, Close.self, Show.self,
        ])
}
